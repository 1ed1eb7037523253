"""A measured stretch of a process: its CPU time, from the operating system."""

import os
import resource
import time
from dataclasses import dataclass

__all__ = ["Span", "pin", "resident_bytes", "start_span"]


@dataclass(frozen=True, slots=True)
class Span:
    """What a process used.

    Attributes:
        wall_s: Seconds that passed.
        cpu_s: Seconds of CPU, user and system, of this process alone.
        system_s: The part of them spent in the kernel; many systems only sample it.
        queued_s: Seconds it could have run and another process had the CPU; 0 where the
            system doesn't tell.
    """

    wall_s: float
    cpu_s: float
    system_s: float
    queued_s: float


@dataclass(frozen=True, slots=True)
class _Started:
    wall: float
    user: float
    system: float
    queued: float

    def stop(self) -> Span:
        """What was used since the start."""
        end = start_span()
        system_s = end.system - self.system
        return Span(
            end.wall - self.wall,
            end.user - self.user + system_s,
            system_s,
            end.queued - self.queued,
        )


def start_span() -> _Started:
    """Begin to measure."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return _Started(time.perf_counter(), usage.ru_utime, usage.ru_stime, _queued_s())


def _queued_s() -> float:
    try:
        with open("/proc/self/schedstat") as file:
            return int(file.read().split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


def resident_bytes() -> int:
    """The memory that this process occupies.

    Raises:
        RuntimeError: On a system that doesn't tell.
    """
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        raise RuntimeError("memory can only be measured on Linux") from None


def pin(core: int | None) -> None:
    """Keep this process on one CPU, where the system can do that."""
    if core is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
