"""A bounded table: who was silent longest makes room."""

from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from ssc_rx.analysis.fold import Tally
from ssc_rx.errors import InvalidOptionError

__all__ = ["Kept", "check_bound"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """What is remembered by key, of at most so many keys.

    Args:
        bound: How many keys.
        tally: Where it is counted who was forgotten.
    """

    __slots__ = ("_bound", "_items", "_tally")

    def __init__(self, bound: int, tally: Tally) -> None:
        self._bound = bound
        self._tally = tally
        self._items: dict[K, V] = {}  # in order of last use

    def __len__(self) -> int:
        return len(self._items)

    def __contains__(self, key: K) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[K]:
        return iter(self._items)

    def get(self, key: K) -> V | None:
        """What is remembered; this one is used now."""
        items = self._items
        if key not in items:
            return None
        value = items[key] = items.pop(key)
        return value

    def put(self, key: K, value: V) -> tuple[K, V] | None:
        """Remember it; gives who was forgotten for it, and what."""
        items = self._items
        if key in items:
            del items[key]
        items[key] = value
        if len(items) <= self._bound:
            return None
        self._tally.evicted += 1
        oldest = next(iter(items))
        return oldest, items.pop(oldest)

    def copy(self) -> dict[K, V]:
        """All of it."""
        return self._items.copy()

    def take_all(self, order: Callable[[tuple[K, V]], float]) -> list[tuple[K, V]]:
        """All of it, which is forgotten."""
        items, self._items = self._items, {}
        return sorted(items.items(), key=order)


def check_bound(name: str, bound: object) -> None:
    """Refuse a bound that is none.

    Raises:
        InvalidOptionError: If it is no whole number of 1 or more.
    """
    if isinstance(bound, bool) or not isinstance(bound, int) or bound < 1:
        raise InvalidOptionError(
            f"{name} must be a whole number of 1 or more, not {bound!r}"
        )
