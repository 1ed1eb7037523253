"""Fan-in for minutes: whether memory stays flat, and how late the loop is meanwhile."""

import asyncio
import statistics
import time

from benchmarks.job import Job
from benchmarks.reading import Reading, read
from benchmarks.span import resident_bytes

__all__ = ["soak"]

LOOK_EVERY_S = 0.01
MEMORY_EVERY = 100
"""Looks at the loop for one at the memory."""


class _Watch:
    """Looks at the loop a hundred times a second, while messages come."""

    def __init__(self) -> None:
        self.lags_s: list[float] = []
        self.resident: list[int] = []

    async def run(self) -> None:
        looks = 0
        while True:
            due = time.perf_counter() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self.lags_s.append(max(0.0, time.perf_counter() - due))
            if looks % MEMORY_EVERY == 0:
                self.resident.append(resident_bytes())
            looks += 1


async def soak(job: Job, side: Reading, pipe: int) -> dict[str, object]:
    """Read as in a sparse row; the time in which sockets are opened is left out."""
    watch = _Watch()
    watching: list[asyncio.Task[None]] = []

    def begin() -> None:
        watching.append(asyncio.create_task(watch.run(), name="looks at the loop"))

    found = await read(job, side, pipe, begin)
    watching[0].cancel()
    percentiles = statistics.quantiles(watch.lags_s, n=100)
    fifth = max(1, len(watch.resident) // 5)
    grown = statistics.median(watch.resident[-fifth:]) - statistics.median(
        watch.resident[fifth : 2 * fifth] or watch.resident[:1]
    )
    return found | {
        "lag_p99_ms": percentiles[98] * 1000,
        "memory_growth_kib": grown / 1024,
    }
