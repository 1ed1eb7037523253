"""Writing: a side writes to the sockets it accepted, never ahead of its readers."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from typing import Protocol

from benchmarks.acks import AckReader
from benchmarks.job import Job
from benchmarks.span import start_span
from benchmarks.wire import TEXT

__all__ = ["Writing", "write", "write_all"]

WRITES_PER_TURN = 10
"""Writes by ID in one turn of the loop: no socket gets two, so nothing is joined."""

Turn = Callable[[], Awaitable[None]]


class Writing(Protocol):
    """What a side has to be able to do."""

    async def serve(self) -> int:
        """Let sockets in, from now on; returns the port."""
        ...

    def ids(self) -> list[str]:
        """The IDs of the sockets that were let in."""
        ...

    async def write_all(self, text: str) -> None:
        """Write to all sockets."""

    async def write(self, ids: list[str], text: str) -> None:
        """Write to each of these sockets, one after the other."""

    def check(self, job: Job) -> None:
        """Raise if anything was lost, refused or dropped."""


async def write_all(job: Job, side: Writing, pipe: int) -> dict[str, float]:
    """One message to all in each turn of the loop."""

    async def turn() -> None:
        await side.write_all(TEXT)

    return await _run(job, side, pipe, turn, job.sockets)


async def write(job: Job, side: Writing, pipe: int) -> dict[str, float]:
    """Messages by ID, the IDs in rotation."""
    pieces = _rotation(side)

    async def turn() -> None:
        await side.write(next(pieces), TEXT)

    return await _run(job, side, pipe, turn, WRITES_PER_TURN)


def _rotation(side: Writing) -> Iterator[list[str]]:
    """The IDs, a turn's worth at a time, over and over."""

    def pieces() -> Iterator[list[str]]:
        ids = side.ids()
        for first in range(0, len(ids), WRITES_PER_TURN):
            yield ids[first : first + WRITES_PER_TURN]

    return itertools.cycle(pieces())


async def _run(
    job: Job, side: Writing, pipe: int, turn: Turn, per_turn: int
) -> dict[str, float]:
    acks = AckReader(pipe, job.step)
    print(await side.serve(), flush=True)
    await acks.until_ready()
    if len(side.ids()) != job.sockets:
        raise RuntimeError(f"{len(side.ids())} of {job.sockets} sockets are open")
    await _phase(job, acks, turn, per_turn, 0, job.warmup)
    started = start_span()
    dispatch_s = await _phase(job, acks, turn, per_turn, job.warmup, job.total)
    span = started.stop()
    side.check(job)
    return {"messages": job.total, "dispatch_s": dispatch_s, **asdict(span)}


async def _phase(
    job: Job, acks: AckReader, turn: Turn, per_turn: int, sent: int, until: int
) -> float:
    """Write until all has arrived; returns the seconds spent in the side's own calls."""
    dispatch_s = 0.0
    while sent < until:
        before = time.perf_counter()
        await turn()
        dispatch_s += time.perf_counter() - before
        sent += per_turn
        await asyncio.sleep(0)
        while sent + per_turn - acks.acked > job.window:
            await acks.news()
    await acks.until(until)
    return dispatch_s
