"""What one run comes to: figures, or the reason why there are none."""

from dataclasses import dataclass

__all__ = ["Failed", "Result"]


class Failed(Exception):
    """A run gave no figure; the text says why."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run found out; times are of the measured messages alone.

    Attributes:
        cpu_us: Microseconds of CPU per message, of the subject.
        system_us: The part of them spent in the kernel; many systems only sample it.
        messages_per_s: Messages in a second of wall time.
        wall_s: Seconds that the measured messages took.
        subject_use: Share of a core that the subject used.
        load_use: Share of a core that the load used.
        load_cpu_us: Microseconds of CPU per message, of the load.
        dispatch_us: Microseconds per message inside the calls that write; 0 for reading.
        load_bound: Whether the load may have been what limited it.
    """

    cpu_us: float
    system_us: float
    messages_per_s: float
    wall_s: float
    subject_use: float
    load_use: float
    load_cpu_us: float
    dispatch_us: float
    load_bound: bool
