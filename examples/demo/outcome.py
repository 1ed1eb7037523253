"""What is left of a run, to be reported and checked."""

import os
import sys
from dataclasses import dataclass

from examples.demo.pipe import Report, Seen
from examples.demo.record import Record
from ssc_rx import PoolStats

__all__ = ["Outcome", "no_child_left"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run, seen from both processes.

    Attributes:
        record: What this process saw of its pool.
        report: What the other process counted.
        seen: What an attached viewer saw when nothing was under way; `None` if none was.
        true: The pool's own snapshot at that time.
        last: The pool's last snapshot, taken after it stopped.
        seconds: How long the desk worked.
        exit_code: How the other process ended.
        no_child_left: Whether this process has no child any more.
        tasks_left: Names of asyncio tasks that outlived the run.
    """

    record: Record
    report: Report
    seen: Seen | None
    true: PoolStats
    last: PoolStats
    seconds: float
    exit_code: int | None
    no_child_left: bool
    tasks_left: tuple[str, ...]


def no_child_left() -> bool:
    """Whether the operating system knows no child of this process."""
    if sys.platform == "win32":
        return True  # it can't be asked; the exit code has to do
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False
