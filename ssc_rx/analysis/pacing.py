"""How fast messages come: their rates, and the time between them."""

from collections.abc import Iterator
from dataclasses import dataclass

from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.intervals import Intervals
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["Gap", "Gaps", "Rate", "Rates"]


@dataclass(frozen=True, slots=True)
class Gap:
    """The time between two messages of an ID.

    Attributes:
        id: The ID.
        time: Of the later one: UNIX seconds.
        seconds: Since the one before.
    """

    id: str
    time: float
    seconds: float


class Gaps:
    """The fold of `ops.gaps`."""

    def __init__(self, max_ids: int, tally: Tally) -> None:
        self._last: Kept[str, float] = Kept(max_ids, tally)

    def take(self, message: Message) -> Iterator[Gap]:
        """See one more."""
        id, time = message.id, message.time
        before = self._last.get(id)
        self._last.put(id, time)
        if before is not None:
            yield Gap(id, time, time - before)

    def end(self) -> Iterator[Gap]:
        """There is no more."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Rate:
    """What came of an ID in an interval.

    Attributes:
        id: The ID.
        start: Begin of the interval: UNIX seconds.
        messages: How many came.
        bytes: How many, of their payloads.
        messages_per_s: On average.
    """

    id: str
    start: float
    messages: int
    bytes: int
    messages_per_s: float


class _Count:
    __slots__ = ("bytes", "messages")

    def __init__(self) -> None:
        self.messages = self.bytes = 0


class Rates:
    """The fold of `ops.rates`."""

    def __init__(self, every: float, max_ids: int, tally: Tally) -> None:
        self._every = every
        self._intervals = Intervals(every, _Count, max_ids, tally)

    def take(self, message: Message) -> Iterator[Rate]:
        """See one more."""
        for closed in self._intervals.at(message.time):
            yield self._rate(*closed)
        count, early = self._intervals.of(message.id)
        count.messages += 1
        count.bytes += len(message.payload)
        if early is not None:
            yield self._rate(*early)

    def end(self) -> Iterator[Rate]:
        """There is no more."""
        for closed in self._intervals.close():
            yield self._rate(*closed)

    def _rate(self, id: str, start: float, count: _Count) -> Rate:
        messages = count.messages
        return Rate(id, start, messages, count.bytes, messages / self._every)
