"""From the runs of a row to a line of the report."""

import statistics
from dataclasses import dataclass, field

from benchmarks.bar import Quartiles, Status, quartiles
from benchmarks.job import LoopName
from benchmarks.result import Result
from benchmarks.rows import Row

__all__ = ["Line", "Round"]


@dataclass(frozen=True, slots=True)
class Round:
    """Both sides of a row in the same round; there may be no baseline."""

    contender: Result
    baseline: Result | None

    @property
    def results(self) -> tuple[Result, ...]:
        """Of both, or of the one."""
        if self.baseline is None:
            return (self.contender,)
        return (self.contender, self.baseline)

    @property
    def differences(self) -> list[str]:
        """What of the sockets was not set alike, so that no ratio is due."""
        if self.baseline is None:
            return []
        ours, theirs = self.contender.settings, self.baseline.settings
        return [
            f"{name}: {ours.get(name)} and {theirs.get(name)}"
            for name in ours | theirs
            if ours.get(name) != theirs.get(name) and not name.endswith("connections")
        ]


@dataclass(slots=True)
class Line:
    """A row on one event loop.

    Attributes:
        row: What was measured.
        loop: On which event loop.
        rounds: What was found.
        failure: Why there are not enough rounds; "" if there are.
        installed: Whether what it needs is there.
    """

    row: Row
    loop: LoopName
    rounds: list[Round] = field(default_factory=list[Round])
    failure: str = ""
    installed: bool = True

    @property
    def figures(self) -> list[float]:
        """Of each round."""
        return [self.row.figure(r.contender, r.baseline) for r in self.rounds]

    @property
    def figure(self) -> Quartiles:
        """Of the rounds' figures."""
        return quartiles(self.figures)

    @property
    def contender(self) -> float:
        """Median of what is compared, of the contender."""
        return statistics.median(self.row.value(r.contender) for r in self.rounds)

    @property
    def baseline(self) -> float | None:
        """The same of the baseline, if there is one."""
        found = [self.row.value(r.baseline) for r in self.rounds if r.baseline]
        return statistics.median(found) if found else None

    @property
    def load_use(self) -> float:
        """The most that the load ever used, as a share of a core."""
        return max(result.load_use for r in self.rounds for result in r.results)

    @property
    def idle(self) -> float:
        """The most that a subject ever waited, as a share of the time."""
        return max(result.idle for r in self.rounds for result in r.results)

    @property
    def queued(self) -> float:
        """The most that other processes held a subject up, as a share of the time."""
        return max(result.queued for r in self.rounds for result in r.results)

    @property
    def differences(self) -> list[str]:
        """How the sockets of both sides differ; empty if they don't."""
        return list(dict.fromkeys(d for r in self.rounds for d in r.differences))

    @property
    def valid(self) -> bool:
        """Whether there is a figure: nothing is shown of what was measured badly."""
        bad = ("not installed", "failed", "unequal", "load-bound")
        return self.status not in bad

    @property
    def status(self) -> Status:
        """Whether the bar was reached, or why that can't be said."""
        if not self.installed:
            return "not installed"
        if self.failure or not self.rounds:
            return "failed"
        if self.differences:
            return "unequal"
        if sum(any(x.load_bound for x in r.results) for r in self.rounds) * 2 > len(
            self.rounds
        ):
            return "load-bound"
        return self.row.bar.status(self.figure)
