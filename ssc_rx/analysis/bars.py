"""Numbers as bars: where they opened and closed, and what was between."""

from collections.abc import Iterator
from dataclasses import dataclass

from ssc_rx.analysis.fields import Key, numbers
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.intervals import Intervals
from ssc_rx.message import Message

__all__ = ["Bar", "Bars"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A number of an ID over an interval, such as a price.

    Attributes:
        id: The ID.
        start: Begin of the interval: UNIX seconds.
        open: The first number.
        high: The highest.
        low: The lowest.
        close: The last.
        volume: The sum of what `volume=` names; 0 if it names nothing.
        count: How many messages there were.
    """

    id: str
    start: float
    open: float
    high: float
    low: float
    close: float
    volume: float
    count: int


class _Growing:
    __slots__ = ("close", "count", "high", "low", "open", "volume")

    def __init__(self) -> None:
        self.count = 0
        self.open = self.high = self.low = self.close = self.volume = 0.0

    def put(self, number: float, volume: float) -> None:
        """One more."""
        if not self.count:
            self.open = self.high = self.low = number
        elif number > self.high:
            self.high = number
        elif number < self.low:
            self.low = number
        self.close = number
        self.volume += volume
        self.count += 1


class Bars:
    """The fold of `ops.bars`."""

    def __init__(
        self, key: Key, volume: Key | None, every: float, max_ids: int, tally: Tally
    ) -> None:
        self._numbers = numbers(key, volume)
        self._intervals = Intervals(every, _Growing, max_ids, tally)
        self._tally = tally

    def take(self, message: Message) -> Iterator[Bar]:
        """See one more."""
        for closed in self._intervals.at(message.time):
            yield _bar(*closed)
        if (found := self._numbers(message)) is None:
            self._tally.skipped += 1
            return
        growing, early = self._intervals.of(message.id)
        growing.put(found[0], found[1])
        if early is not None:
            yield _bar(*early)

    def end(self) -> Iterator[Bar]:
        """There is no more."""
        for closed in self._intervals.close():
            yield _bar(*closed)


def _bar(id: str, start: float, of: _Growing) -> Bar:
    return Bar(id, start, of.open, of.high, of.low, of.close, of.volume, of.count)
