"""A measured stretch of a process: its CPU time, from the operating system."""

import os
import resource
import time
from dataclasses import dataclass

__all__ = ["Span", "pin", "start_span"]


@dataclass(frozen=True, slots=True)
class Span:
    """What a process used.

    Attributes:
        wall_s: Seconds that passed.
        cpu_s: Seconds of CPU, user and system, of this process alone.
        system_s: The part of them spent in the kernel; many systems only sample it.
    """

    wall_s: float
    cpu_s: float
    system_s: float


@dataclass(frozen=True, slots=True)
class _Started:
    wall: float
    user: float
    system: float

    def stop(self) -> Span:
        """What was used since the start."""
        end = start_span()
        system_s = end.system - self.system
        return Span(end.wall - self.wall, end.user - self.user + system_s, system_s)


def start_span() -> _Started:
    """Begin to measure."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return _Started(time.perf_counter(), usage.ru_utime, usage.ru_stime)


def pin(core: int | None) -> None:
    """Keep this process on one CPU, where the system can do that."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
