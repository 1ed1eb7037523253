"""From the runs of a row to a line of the report."""

import statistics
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.job import LoopName
from benchmarks.result import Result
from benchmarks.rows import Row

__all__ = ["Line", "Quartiles", "Round", "Status", "quartiles"]

Status = Literal["shown", "not shown", "missed", "load-bound", "failed"]


@dataclass(frozen=True, slots=True)
class Quartiles:
    """The middle of some values, and how far they scatter."""

    lower: float
    median: float
    upper: float


def quartiles(values: list[float]) -> Quartiles:
    """The quartiles of at least one value."""
    if len(values) == 1:
        return Quartiles(values[0], values[0], values[0])
    lower, median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return Quartiles(lower, median, upper)


@dataclass(frozen=True, slots=True)
class Round:
    """Both sides, one right after the other."""

    pool: Result
    baseline: Result

    @property
    def ratio(self) -> float:
        """Above 1, the contender is cheaper."""
        return self.baseline.cpu_us / self.pool.cpu_us


@dataclass(slots=True)
class Line:
    """A row on one event loop.

    Attributes:
        row: What was measured.
        loop: On which event loop.
        rounds: What was found.
        failure: Why there are not enough rounds; "" if there are.
    """

    row: Row
    loop: LoopName
    rounds: list[Round] = field(default_factory=list[Round])
    failure: str = ""

    @property
    def ratio(self) -> Quartiles:
        """Of the rounds' ratios."""
        return quartiles([round.ratio for round in self.rounds])

    @property
    def pool_us(self) -> float:
        """Median CPU microseconds per message of the pool."""
        return statistics.median(round.pool.cpu_us for round in self.rounds)

    @property
    def baseline_us(self) -> float:
        """Median CPU microseconds per message of the baseline."""
        return statistics.median(round.baseline.cpu_us for round in self.rounds)

    @property
    def dispatch_us(self) -> float:
        """Median microseconds per message inside the pool's calls that write."""
        return statistics.median(round.pool.dispatch_us for round in self.rounds)

    @property
    def load_use(self) -> float:
        """The most that the load ever used, as a share of a core."""
        return max(max(r.pool.load_use, r.baseline.load_use) for r in self.rounds)

    @property
    def status(self) -> Status:
        """Whether the bar was reached."""
        if self.failure:
            return "failed"
        if any(r.pool.load_bound or r.baseline.load_bound for r in self.rounds):
            return "load-bound"
        if self.ratio.lower >= self.row.bar:
            return "shown"
        return "missed" if self.ratio.upper < self.row.bar else "not shown"
