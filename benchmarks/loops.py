"""The event loops that a run may be on."""

import asyncio
from collections.abc import Callable
from importlib.util import find_spec

from benchmarks.job import LoopName

__all__ = ["new_loop", "uvloop_installed"]


def uvloop_installed() -> bool:
    """Whether uvloop can be measured, and drive the load."""
    return find_spec("uvloop") is not None


def new_loop(name: LoopName) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes an event loop of that name."""
    if name == "uvloop":
        import uvloop

        return uvloop.new_event_loop
    return asyncio.new_event_loop
