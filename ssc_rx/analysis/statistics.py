"""Numbers as statistics of windows, by time or by count."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from ssc_rx.analysis.fields import Key, numbers
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.intervals import Intervals
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["Statistics", "StatisticsByCount", "StatisticsByTime"]


@dataclass(frozen=True, slots=True)
class Statistics:
    """A number of an ID in a window.

    Attributes:
        id: The ID.
        start: UNIX seconds: begin of the interval, or the time of the first message of a
            window that goes by count.
        count: How many numbers there were.
        mean: Their mean.
        min: The lowest.
        max: The highest.
        std: The standard deviation of a sample (n - 1), as in polars and pandas; `None`
            of a single number.
    """

    id: str
    start: float
    count: int
    mean: float
    min: float
    max: float
    std: float | None


class _Moments:
    """By Welford's method (Technometrics 4, 1962), which doesn't lose its digits."""

    __slots__ = ("begin", "count", "high", "low", "mean", "squares")

    def __init__(self, begin: float = 0.0) -> None:
        self.begin = begin
        self.count = 0
        self.mean = self.squares = 0.0
        self.low, self.high = math.inf, -math.inf

    def put(self, number: float) -> None:
        """One more."""
        self.count += 1
        off = number - self.mean
        self.mean += off / self.count
        self.squares += off * (number - self.mean)
        self.low = min(self.low, number)
        self.high = max(self.high, number)


class StatisticsByTime:
    """The fold of `ops.statistics(key, every=...)`."""

    def __init__(self, key: Key, every: float, max_ids: int, tally: Tally) -> None:
        self._numbers = numbers(key)
        self._intervals = Intervals(every, _Moments, max_ids, tally)
        self._tally = tally

    def take(self, message: Message) -> Iterator[Statistics]:
        """See one more."""
        for closed in self._intervals.at(message.time):
            yield _statistics(*closed)
        if (found := self._numbers(message)) is None:
            self._tally.skipped += 1
            return
        moments, early = self._intervals.of(message.id)
        moments.put(found[0])
        if early is not None:
            yield _statistics(*early)

    def end(self) -> Iterator[Statistics]:
        """There is no more."""
        for closed in self._intervals.close():
            yield _statistics(*closed)


class StatisticsByCount:
    """The fold of `ops.statistics(key, n=...)`."""

    def __init__(self, key: Key, n: int, max_ids: int, tally: Tally) -> None:
        self._numbers = numbers(key)
        self._n = n
        self._windows: Kept[str, _Moments] = Kept(max_ids, tally)
        self._tally = tally

    def take(self, message: Message) -> Iterator[Statistics]:
        """See one more."""
        if (found := self._numbers(message)) is None:
            self._tally.skipped += 1
            return
        id, windows = message.id, self._windows
        moments = windows.get(id)
        if moments is None or moments.count == self._n:
            moments = _Moments(message.time)
            early = windows.put(id, moments)
            if early is not None and early[1].count < self._n:
                yield _statistics(early[0], early[1].begin, early[1])
        moments.put(found[0])
        if moments.count == self._n:
            yield _statistics(id, moments.begin, moments)

    def end(self) -> Iterator[Statistics]:
        """There is no more: windows that aren't full."""
        for id, moments in self._windows.take_all(lambda item: item[1].begin):
            if moments.count < self._n:
                yield _statistics(id, moments.begin, moments)


def _statistics(id: str, start: float, of: _Moments) -> Statistics:
    std = math.sqrt(of.squares / (of.count - 1)) if of.count > 1 else None
    return Statistics(id, start, of.count, of.mean, of.low, of.high, std)
