"""Echoing: a side that is connected to gives back what it gets."""

from dataclasses import asdict
from typing import Protocol

from benchmarks.acks import AckReader
from benchmarks.job import Job
from benchmarks.shaping import shape_sockets
from benchmarks.span import start_span
from benchmarks.wire import TEXT
from benchmarks.writing import Serving

__all__ = ["Echoing", "echo"]


class Echoing(Serving, Protocol):
    """What a side has to be able to do."""

    def echoed(self) -> int:
        """How many messages it gave back."""
        ...


async def echo(job: Job, side: Echoing, pipe: int) -> dict[str, object]:
    """Echo the warm-up's messages, then, at a word of this side, the measured ones."""
    acks = AckReader(pipe, job.step)
    print(await side.serve(), flush=True)
    await acks.until_ready()
    if len(side.ids()) != job.sockets:
        raise RuntimeError(f"{len(side.ids())} of {job.sockets} sockets are open")
    settings = shape_sockets()
    await acks.until(job.warmup)
    started = start_span()
    await side.write(side.ids()[:1], TEXT)  # tells the load to go on
    await acks.until(job.total)
    span = started.stop()
    side.check(job)
    return {"messages": side.echoed(), "settings": settings, **asdict(span)}
