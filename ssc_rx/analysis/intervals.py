"""Time cut into intervals, by the wall clock: of 60 seconds, each begins with a minute."""

import math
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept
from ssc_rx.errors import InvalidOptionError

__all__ = ["Intervals", "check_seconds"]

A = TypeVar("A")


class Intervals(Generic[A]):
    """What each ID has gathered in the interval that is open.

    It is closed by the first message of a later one, of whatever ID. A message that comes
    late, with a time before the open interval, counts in that: none is lost, and the
    same messages in the same order always make the same intervals.

    Args:
        every: Seconds; intervals begin at multiples of it since 1970, UTC.
        new: Makes what an ID gathers.
        bound: How many IDs an interval has. For more, the one that was silent longest is
            closed early.
        tally: Where these are counted.
    """

    def __init__(
        self, every: float, new: Callable[[], A], bound: int, tally: Tally
    ) -> None:
        self._every = every
        self._new = new
        self._gathered: Kept[str, tuple[int, A]] = Kept(bound, tally)
        self._index: int | None = None
        self._count = 0

    def at(self, time: float) -> Iterator[tuple[str, float, A]]:
        """Time goes on; gives what it closes: IDs, the interval's begin, the gathered."""
        index = math.floor(time / self._every)
        if self._index is None or index > self._index:
            closed = self.close()
            self._index = index
            return closed
        return iter(())

    def of(self, id: str) -> tuple[A, tuple[str, float, A] | None]:
        """What an ID gathers in the open interval, and who was closed early for it."""
        found = self._gathered.get(id)
        if found is not None:
            return found[1], None
        self._count += 1
        gathered = self._new()
        early = self._gathered.put(id, (self._count, gathered))
        if early is None:
            return gathered, None
        return gathered, (early[0], self._begin, early[1][1])

    def close(self) -> Iterator[tuple[str, float, A]]:
        """What was gathered, in order of the IDs' first messages."""
        begin = self._begin
        gathered = self._gathered.take_all(lambda item: item[1][0])
        return ((id, begin, of_id) for id, (_, of_id) in gathered)

    @property
    def _begin(self) -> float:
        return (self._index or 0) * self._every


def check_seconds(name: str, seconds: object) -> None:
    """Refuse what is no time.

    Raises:
        InvalidOptionError: If it is no positive, finite number.
    """
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, (int, float))
        or not 0 < seconds < math.inf
    ):
        raise InvalidOptionError(
            f"{name} must be a positive number of seconds, not {seconds!r}"
        )
