"""Whether a process grows: what it held at first, and what it holds later."""

from collections.abc import Sequence

from tests.soak.verdict import Verdict
from tests.soak.words import Footprint

__all__ = ["judge"]

MOST_GROWTH = {
    "tasks": 0,
    "descriptors": 0,
    "timers": 0,
    "observers": 0,
    # The pool's timer forgets the deadlines of sockets that are gone by the hundred, and
    # with them what they held: these two go up and down.
    "objects": 5_000,
    "blocks": 15_000,
    # Pages that an allocator has taken in a busy moment are seldom given back.
    "memory_bytes": 4 * 1024 * 1024,
}
"""By how much the last reading may be above the first. Whatever is kept of each socket
adds up to more in a thousand cycles: some objects, a hundred blocks, kilobytes."""


def judge(held: Sequence[Footprint], verdict: Verdict) -> None:
    """Nothing may grow from the first reading on."""
    for what, most in MOST_GROWTH.items():
        readings: list[int] = [getattr(each, what) for each in held]
        verdict.figures.append(f"{what}: {', '.join(f'{n:,}' for n in readings)}")
        if readings[-1] > readings[0] + most:
            verdict.faults.append(f"{what} grew: {readings}")
