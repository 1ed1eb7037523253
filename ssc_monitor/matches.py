"""`Matches`: which lines of the stream a filter wants, found a few at a time. Pure."""

from bisect import bisect_left
from collections import deque
from collections.abc import Callable
from typing import Protocol

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.ring import Ring

__all__ = ["Held", "Lines", "Matches"]


class Lines(Protocol):
    """Entries by absolute index: a ring, or a copy of one."""

    @property
    def first(self) -> int:
        """Index of the oldest."""
        ...

    @property
    def end(self) -> int:
        """Index after the newest."""
        ...

    def __getitem__(self, index: int) -> Entry: ...


class Held:
    """A copy of a ring: what a paused view shows."""

    __slots__ = ("_entries", "end", "first")

    def __init__(self, ring: Ring[Entry]) -> None:
        self.first, self.end = ring.first, ring.end
        self._entries = ring.slice(self.first, self.end)

    def __getitem__(self, index: int) -> Entry:
        if not self.first <= index < self.end:
            raise IndexError(index)
        return self._entries[index - self.first]


class Matches:
    """Positions of the entries that match, from `first` to `end`.

    A position stays an entry's for as long as it is in the ring: eviction moves `first`,
    and older entries that are found later get smaller ones.

    Args:
        lines: Where the entries are.
        wanted: Which of them; `None` for all.
    """

    def __init__(self, lines: Lines, wanted: Callable[[Entry], bool] | None) -> None:
        self._lines = lines
        self._wanted = wanted
        # Of each entry that matches: its index, and the messages not sampled since the
        # one before it.
        self._found: deque[list[int]] = deque()
        self._base = 0
        self._low = self._high = lines.end
        self._missing = 0  # since the newest that matches

    @property
    def first(self) -> int:
        """Position of the oldest."""
        return self._lines.first if self._wanted is None else self._base

    @property
    def end(self) -> int:
        """Position after the newest."""
        if self._wanted is None:
            return self._lines.end
        return self._base + len(self._found)

    @property
    def complete(self) -> bool:
        """Whether every entry was looked at."""
        if self._wanted is None:
            return True
        return self._low <= self._lines.first and self._high == self._lines.end

    def at(self, position: int) -> tuple[Entry, int]:
        """An entry, and how many messages before it were not sampled."""
        if self._wanted is None:
            entry = self._lines[position]
            return entry, entry.missing
        index, missing = self._found[position - self._base]
        return self._lines[index], missing

    def position_of(self, index: int) -> int:
        """Position of the first entry whose index isn't smaller; `end` if none is."""
        if self._wanted is None:
            return max(self.first, min(index, self.end))
        return self._base + bisect_left(self._found, [index])

    def advance(self, most: int, more: Callable[[], bool] = lambda: True) -> bool:
        """Look at so many more entries, new ones first; whether something changed.

        Args:
            most: How many at most.
            more: Whether there is time for another one: an expression may be costly.
        """
        if self._wanted is None:
            return False
        lines, found = self._lines, self._found
        first, before = lines.first, (self._base, len(found))
        while found and found[0][0] < first:
            found.popleft()
            self._base += 1
        self._high = max(self._high, first)
        self._low = max(self._low, first)
        newer = self._newer(most, more)
        most -= newer
        if most > 0 and (not newer or more()):
            self._older(most, more)
        return (self._base, len(found)) != before

    def _newer(self, most: int, more: Callable[[], bool]) -> int:
        lines, wanted, found = self._lines, self._wanted, self._found
        assert wanted is not None
        start = self._high
        end = min(lines.end, start + most)
        for index in range(start, end):
            entry = lines[index]
            self._missing += entry.missing
            if wanted(entry):
                found.append([index, self._missing])
                self._missing = 0
            self._high = index + 1
            if not more():
                break
        return self._high - start

    def _older(self, most: int, more: Callable[[], bool]) -> None:
        lines, wanted, found = self._lines, self._wanted, self._found
        assert wanted is not None
        end = max(lines.first, self._low - most)
        for index in range(self._low - 1, end - 1, -1):
            entry = lines[index]
            if wanted(entry):
                found.appendleft([index, entry.missing])
                self._base -= 1
            elif found:
                found[0][1] += entry.missing
            else:
                self._missing += entry.missing
            self._low = index
            if not more():
                break
