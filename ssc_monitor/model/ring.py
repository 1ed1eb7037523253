"""A bounded history whose entries keep their index for ever."""

from collections.abc import Iterator
from typing import Generic, TypeVar

__all__ = ["Ring"]

T = TypeVar("T")


class Ring(Generic[T]):
    """The last `capacity` of all values appended; each has an absolute index from 0.

    Args:
        capacity: How many values are kept; older ones are evicted.
    """

    __slots__ = ("_capacity", "_cleared", "_end", "_items")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: list[T] = []
        self._end = self._cleared = 0

    def append(self, value: T) -> int:
        """Add a value; returns its absolute index."""
        index = self._end
        if len(self._items) < self._capacity:
            self._items.append(value)
        else:
            self._items[(index - self._cleared) % self._capacity] = value
        self._end = index + 1
        return index

    def clear(self) -> None:
        """Evict all; indexes go on."""
        self._items = []
        self._cleared = self._end

    @property
    def capacity(self) -> int:
        """How many values are kept."""
        return self._capacity

    @property
    def first(self) -> int:
        """Index of the oldest value kept; `end` if there is none."""
        return self._end - len(self._items)

    @property
    def end(self) -> int:
        """Index that the next value will have."""
        return self._end

    @property
    def evicted(self) -> int:
        """How many values are no longer kept."""
        return self.first

    def slice(self, first: int, end: int) -> list[T]:
        """A copy of the values with first <= index < end that are still kept."""
        first = max(first, self.first)
        count = min(end, self._end) - first
        if count <= 0:
            return []
        start = (first - self._cleared) % self._capacity
        items = self._items[start : start + count]
        return items + self._items[: count - len(items)]

    def __getitem__(self, index: int) -> T:
        """The value with that absolute index.

        Raises:
            IndexError: If it is evicted, or not there yet.
        """
        if not self.first <= index < self._end:
            raise IndexError(f"{index} is not in [{self.first}, {self._end})")
        return self._items[(index - self._cleared) % self._capacity]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        """Oldest first, over a copy."""
        return iter(self.slice(self.first, self._end))
