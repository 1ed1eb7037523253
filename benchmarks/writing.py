"""Writing: a side writes to the sockets it accepted, never ahead of its readers."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict
from typing import Protocol

from benchmarks.acks import AckReader
from benchmarks.job import Job
from benchmarks.shaping import shape_sockets
from benchmarks.span import start_span
from benchmarks.wire import TEXT

__all__ = ["Serving", "Writing", "write", "write_all"]

IDS_PER_TURN = 10
"""IDs that are written to in one turn of the loop, each once unless `job.repeat` says
otherwise: then nothing is joined."""

Turn = Callable[[], Awaitable[None]]


class Serving(Protocol):
    """What a side has to be able to do that is connected to."""

    async def serve(self) -> int:
        """Let sockets in, from now on; returns the port."""
        ...

    def ids(self) -> list[str]:
        """The IDs of the sockets that were let in."""
        ...

    async def write(self, ids: list[str], text: str) -> None:
        """Write to each of these sockets, one after the other."""

    def check(self, job: Job) -> None:
        """Raise if anything was lost, refused or dropped."""


class Writing(Serving, Protocol):
    """What a side has to be able to do that writes of its own accord."""

    async def write_all(self, text: str) -> None:
        """Write to all sockets."""


async def write_all(job: Job, side: Writing, pipe: int) -> dict[str, object]:
    """`job.repeat` messages to all in each turn of the loop."""
    times = range(job.repeat)

    async def turn() -> None:
        for _ in times:
            await side.write_all(TEXT)

    return await _run(job, side, pipe, turn, job.sockets * job.repeat)


async def write(job: Job, side: Writing, pipe: int) -> dict[str, object]:
    """Messages by ID, the IDs in rotation."""
    pieces = _rotation(job, side)

    async def turn() -> None:
        await side.write(next(pieces), TEXT)

    return await _run(job, side, pipe, turn, IDS_PER_TURN * job.repeat)


def _rotation(job: Job, side: Writing) -> Iterator[list[str]]:
    """The IDs, a turn's worth at a time, over and over."""

    def pieces() -> Iterator[list[str]]:
        ids = side.ids()[: job.written]
        for first in range(0, len(ids), IDS_PER_TURN):
            yield ids[first : first + IDS_PER_TURN] * job.repeat

    return itertools.cycle(pieces())


async def _run(
    job: Job, side: Writing, pipe: int, turn: Turn, per_turn: int
) -> dict[str, object]:
    acks = AckReader(pipe, job.step)
    print(await side.serve(), flush=True)
    await acks.until_ready()
    if len(side.ids()) != job.sockets:
        raise RuntimeError(f"{len(side.ids())} of {job.sockets} sockets are open")
    settings = shape_sockets()
    await _phase(job, acks, turn, per_turn, 0, job.warmup)
    started = start_span()
    await _phase(job, acks, turn, per_turn, job.warmup, job.total)
    span = started.stop()
    side.check(job)
    return {"messages": job.total, "settings": settings, **asdict(span)}


async def _phase(
    job: Job, acks: AckReader, turn: Turn, per_turn: int, sent: int, until: int
) -> None:
    """Write until all has arrived."""
    while sent < until:
        await turn()
        sent += per_turn
        await asyncio.sleep(0)
        while sent + per_turn - acks.acked > job.window:
            await acks.news()
    await acks.until(until)
