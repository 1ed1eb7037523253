"""What a row has to reach, and what may be said about it."""

import statistics
from dataclasses import dataclass
from typing import Literal

__all__ = ["Bar", "Quartiles", "Sense", "Status", "quartiles"]

Sense = Literal["at least", "at most"]
Status = Literal[
    "goal shown",
    "floor shown",
    "not shown",
    "missed",
    "measured",
    "load-bound",
    "unequal",
    "not installed",
    "failed",
]


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
class Bar:
    """Two marks for a figure.

    Attributes:
        sense: Which side of a mark is the good one.
        floor: Must be reached; `None`: the figure is there for comparison.
        goal: Is aimed at.
    """

    sense: Sense
    floor: float | None = None
    goal: float | None = None

    def status(self, found: Quartiles) -> Status:
        """A mark is shown if three quarters of the figures reach it."""
        if self.floor is None:
            return "measured"
        if self.goal is not None and self._reached(found, self.goal, surely=True):
            return "goal shown"
        if self._reached(found, self.floor, surely=True):
            return "floor shown"
        possible = self._reached(found, self.floor, surely=False)
        return "not shown" if possible else "missed"

    def _reached(self, found: Quartiles, mark: float, *, surely: bool) -> bool:
        if self.sense == "at least":
            return (found.lower if surely else found.upper) >= mark
        return (found.upper if surely else found.lower) <= mark
