"""Numbers that should follow each other, and what happens if they don't."""

from collections.abc import Iterator
from dataclasses import dataclass

from ssc_rx.analysis.fields import Key, value
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["SequenceGap", "SequenceGaps"]


@dataclass(frozen=True, slots=True)
class SequenceGap:
    """A number of an ID that isn't the one after the last.

    Attributes:
        id: The ID.
        time: Of the message: UNIX seconds.
        expected: The number after the last one.
        got: The number that came.
        missed: How many are missing between; 0 where it went back, as when a sender
            repeats itself or begins anew.
    """

    id: str
    time: float
    expected: int
    got: int
    missed: int


class SequenceGaps:
    """The fold of `ops.sequence_gaps`."""

    def __init__(self, key: Key, max_ids: int, tally: Tally) -> None:
        self._value = value(key)
        self._next: Kept[str, int] = Kept(max_ids, tally)
        self._tally = tally

    def take(self, message: Message) -> Iterator[SequenceGap]:
        """See one more."""
        if (got := _whole(self._value(message))) is None:
            self._tally.skipped += 1
            return
        id = message.id
        expected = self._next.get(id)
        self._next.put(id, got + 1)
        if expected is not None and got != expected:
            missed = max(0, got - expected)
            yield SequenceGap(id, message.time, expected, got, missed)

    def end(self) -> Iterator[SequenceGap]:
        """There is no more."""
        return iter(())


def _whole(number: object) -> int | None:
    """Exact, as numbers of 64 bits are no exact `float`."""
    if isinstance(number, int) and not isinstance(number, bool):
        return number
    if isinstance(number, float) and number.is_integer():
        return int(number)
    if isinstance(number, str) and number.isdecimal() and len(number) < 100:
        return int(number)
    return None
