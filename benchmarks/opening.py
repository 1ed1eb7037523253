"""Opening sockets in either direction: what one costs, and what it occupies when idle."""

import asyncio
import gc
from dataclasses import asdict

from benchmarks.acks import AckReader, AckWriter
from benchmarks.job import Job
from benchmarks.reading import Reading, dial_all, url_of_load
from benchmarks.shaping import shape_sockets
from benchmarks.span import Span, resident_bytes, start_span
from benchmarks.tally import Tally
from benchmarks.wire import TEXT
from benchmarks.writing import Serving

__all__ = ["accept", "dial"]

SETTLE_S = 0.5
"""Until what an opening leaves behind (tasks, timers, buffers) is gone."""


async def accept(job: Job, side: Serving, pipe: int) -> dict[str, object]:
    """Let in the warm-up's sockets, then those that are measured."""
    acks = AckReader(pipe, job.step)
    print(await side.serve(), flush=True)
    await acks.until_ready()
    memory = await _settled_bytes()
    started = start_span()
    await side.write(side.ids()[:1], TEXT)  # tells the load to go on
    await acks.until(job.measured)
    return await _found(job, len(side.ids()), started.stop(), memory)


async def dial(job: Job, side: Reading, pipe: int) -> dict[str, object]:
    """Dial the warm-up's sockets, then those that are measured."""
    acks = AckWriter(pipe, job.step)
    side.observe(Tally(job, acks))
    await side.start()
    url = url_of_load()
    await dial_all(side, url, range(job.warmup))
    memory = await _settled_bytes()
    started = start_span()
    await dial_all(side, url, range(job.warmup, job.total))
    found = await _found(job, job.total, started.stop(), memory)
    acks.ready()
    return found


async def _found(job: Job, opened: int, span: Span, before: int) -> dict[str, object]:
    grown = await _settled_bytes() - before
    return {
        "messages": opened,
        "settings": shape_sockets(),
        "memory_kib": grown / job.measured / 1024,
        **asdict(span),
    }


async def _settled_bytes() -> int:
    await asyncio.sleep(SETTLE_S)
    gc.collect()
    return resident_bytes()
