"""An event loop whose time passes only when nothing is left to do."""

import asyncio
import selectors
from typing import Any


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Waiting takes no time: the clock jumps to the next timer.

    For tests without sockets: time would jump while bytes are on their way.
    """

    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_Jumping(self.pass_time))

    def time(self) -> float:
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Time passes, as if something had blocked the loop."""
        self._now += seconds


class _Jumping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """A selector that lets time jump instead of waiting."""

    def __init__(self, jump: Any) -> None:
        super().__init__()
        self._jump = jump

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("everything waits, and no timer will ever change that")
        ready = super().select(0)
        if not ready and timeout > 0:
            self._jump(timeout)
        return ready
