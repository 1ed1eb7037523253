"""Fan-in: a side reads from many sockets, a tally counts what comes out."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.shaping import shape_sockets
from benchmarks.tally import Tally

__all__ = ["Reading", "dial_all", "read", "url_of_load"]

DIALS_AT_ONCE = 64


class Reading(Protocol):
    """What a side has to be able to do."""

    def observe(self, tally: Tally) -> None:
        """Tell the tally of every message, through what `job.subscriber` names."""

    async def start(self) -> None:
        """Get ready for dialling."""

    async def dial(self, url: str, id: str) -> None:
        """Open one socket and read it, from now on."""

    def check(self, job: Job) -> None:
        """Raise if anything was lost."""


def url_of_load() -> str:
    """Where the load listens: the parent process says it."""
    return f"ws://127.0.0.1:{int(sys.stdin.readline())}/"


async def dial_all(side: Reading, url: str, numbers: range) -> None:
    """Open sockets with these numbers, some at once."""
    for first in range(numbers.start, numbers.stop, DIALS_AT_ONCE):
        some = range(first, min(first + DIALS_AT_ONCE, numbers.stop))
        await asyncio.gather(*(side.dial(url, f"feed-{n}") for n in some))


async def read(
    job: Job, side: Reading, pipe: int, on_open: Callable[[], None] = lambda: None
) -> dict[str, object]:
    """Dial the load, call `on_open`, and read all it sends."""
    tally = Tally(job, AckWriter(pipe, job.step))
    side.observe(tally)
    await side.start()
    await dial_all(side, url_of_load(), range(job.sockets))
    settings = shape_sockets()
    on_open()
    span = await tally.run()
    side.check(job)
    return {"messages": tally.count, "settings": settings, **asdict(span)}
