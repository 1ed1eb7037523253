"""Fan-in: a side reads from many sockets, a tally counts what comes out."""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Protocol

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.span import Span, start_span
from benchmarks.wire import TEXT_BYTES

__all__ = ["Reading", "read"]

DIALS_AT_ONCE = 64


class Reading(Protocol):
    """What a side has to be able to do."""

    def on_size(self, on_size: Callable[[int], None]) -> None:
        """Filter the texts that begin with "{", map them to sizes in bytes, tell these."""

    async def start(self) -> None:
        """Get ready for dialling."""

    async def dial(self, url: str, id: str) -> None:
        """Open one socket and read it, from now on."""

    def check(self, job: Job) -> None:
        """Raise if anything was lost."""


class _Tally:
    """Counts messages; at the ends of phases it starts and stops the span."""

    def __init__(self, job: Job, acks: AckWriter) -> None:
        self._job = job
        self._acks = acks
        self._next = job.step
        self._started = start_span()
        self._done: asyncio.Future[Span] = asyncio.get_running_loop().create_future()
        self.count = 0
        self.bytes = 0

    def add(self, size: int) -> None:
        """One message came; called for each, so it is short."""
        self.count += 1
        self.bytes += size
        if self.count == self._next:
            self._step()

    def _step(self) -> None:
        self._next += self._job.step
        if self.count == self._job.warmup:
            self._started = start_span()
        elif self.count == self._job.total:
            self._done.set_result(self._started.stop())
        self._acks.arrived(self.count)

    async def run(self) -> Span:
        """Let the messages come; returns what the measured ones cost."""
        self._acks.ready()
        span = await self._done
        if self.bytes != self.count * TEXT_BYTES:
            raise RuntimeError(f"{self.count} messages of {self.bytes} bytes in all")
        return span


async def read(job: Job, side: Reading, pipe: int) -> dict[str, float]:
    """Dial the load, and read all it sends."""
    tally = _Tally(job, AckWriter(pipe, job.step))
    side.on_size(tally.add)
    await side.start()
    url = f"ws://127.0.0.1:{int(sys.stdin.readline())}/"
    for first in range(0, job.sockets, DIALS_AT_ONCE):
        numbers = range(first, min(first + DIALS_AT_ONCE, job.sockets))
        await asyncio.gather(*(side.dial(url, f"feed-{n}") for n in numbers))
    span = await tally.run()
    side.check(job)
    return {"messages": tally.count, **asdict(span)}
