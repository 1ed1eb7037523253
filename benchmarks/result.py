"""What one run comes to: figures, or the reason why there are none."""

from dataclasses import dataclass
from typing import Any

from benchmarks.job import Job

__all__ = ["Failed", "NotInstalled", "Result", "result_of"]

MAX_LOAD_USE = 0.8
"""Share of a core from which on a load may be what limits a burst."""
MAX_IDLE = 0.15
"""Share of the time that a subject may have waited for a load without a clock."""
MIN_PACE = 0.95
"""Share of its rate that a load with a clock has to keep."""


class Failed(Exception):
    """A run gave no figure; the text says why."""


class NotInstalled(Failed):
    """What was to be measured isn't there."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one run found out; times are of the measured messages alone.

    Attributes:
        cpu_us: Microseconds of CPU per message, of the subject.
        system_us: The part of them spent in the kernel; many systems only sample it.
        messages_per_s: Messages in a second of wall time.
        wall_s: Seconds that the measured messages took.
        subject_use: Share of a core that the subject used.
        idle: Share of the time in which the subject had nothing to do.
        queued: Share in which it had something to do, and another process had its CPU.
        load_use: Share of a core that the load used.
        load_cpu_us: Microseconds of CPU per message, of the load.
        memory_kib: What a socket occupies when idle; 0 where that isn't measured.
        lag_p99_ms: How late the loop was, the 99th percentile; 0 where not measured.
        memory_growth_kib: What a long run ended with more; 0 where not measured.
        load_bound: Whether the load may have been what limited it.
        settings: How the sockets of both processes were set; the same for both sides of
            a row, or there is no ratio.
    """

    cpu_us: float
    system_us: float
    messages_per_s: float
    wall_s: float
    subject_use: float
    idle: float
    queued: float
    load_use: float
    load_cpu_us: float
    memory_kib: float
    lag_p99_ms: float
    memory_growth_kib: float
    load_bound: bool
    settings: dict[str, str]


def result_of(job: Job, subject: dict[str, Any], load: dict[str, Any]) -> Result:
    """From what both processes report.

    Raises:
        Failed: If a message is missing, or one came too much.
    """
    if not subject["messages"] == load["messages"] == job.total:
        raise Failed(
            f"of {job.total} messages the subject counted {subject['messages']}, "
            f"the load {load['messages']}"
        )
    per_message = 1e6 / job.measured
    idle = 1 - (subject["cpu_s"] + subject["queued_s"]) / subject["wall_s"]
    messages_per_s = job.measured / subject["wall_s"]
    return Result(
        cpu_us=subject["cpu_s"] * per_message,
        system_us=subject["system_s"] * per_message,
        messages_per_s=messages_per_s,
        wall_s=subject["wall_s"],
        subject_use=subject["cpu_s"] / subject["wall_s"],
        idle=max(0.0, idle),
        queued=subject["queued_s"] / subject["wall_s"],
        load_use=load["cpu_s"] / load["wall_s"],
        load_cpu_us=load["cpu_s"] * per_message,
        memory_kib=subject.get("memory_kib", 0.0),
        lag_p99_ms=subject.get("lag_p99_ms", 0.0),
        memory_growth_kib=subject.get("memory_growth_kib", 0.0),
        load_bound=_load_bound(job, idle, load),
        settings={f"subject {name}": v for name, v in subject["settings"].items()}
        | {f"load {name}": v for name, v in load["settings"].items()},
    )


def _load_bound(job: Job, idle: float, load: dict[str, Any]) -> bool:
    if job.rate_per_s:
        return bool(job.measured < MIN_PACE * job.rate_per_s * load["sending_s"])
    if job.kind not in ("burst", "echo"):
        return False
    # While another program has its CPU, it is the machine that the subject waits for.
    load_use = load["cpu_s"] / load["wall_s"]
    load_queued = load["queued_s"] / load["wall_s"]
    return bool(load_use > MAX_LOAD_USE or idle - load_queued > MAX_IDLE)
