"""The clock of an event loop, read finely."""

import asyncio
import time
from collections.abc import Callable

__all__ = ["clock_of"]

_SAME_CLOCK_S = 0.1


def clock_of(loop: asyncio.AbstractEventLoop) -> Callable[[], float]:
    """A clock on which the loop's timers run; seconds.

    uvloop's own `time()` counts in milliseconds; the operating system's monotonic clock
    is behind it, as it is behind asyncio's. A loop with a time of its own (in a test) is
    asked itself.
    """
    if abs(loop.time() - time.monotonic()) < _SAME_CLOCK_S:
        return time.monotonic
    return loop.time
