"""Who is in the pool: one socket to an ID, found by look-up, removed by identity.

An ID that is taken may have newcomers: they are opened under a reservation, and whichever
is open first has the ID once its rivals have left: who had it, and who came before.
"""

from collections.abc import Iterator
from typing import Generic, TypeVar

from ssc_rx.errors import (
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    TooManySocketsError,
    UnknownSocketError,
)

__all__ = ["Registry", "check_id"]

T = TypeVar("T")


def check_id(id: object) -> str:
    """Let a socket's ID through.

    Raises:
        InvalidIdError: If it isn't a string.
        EmptyIdError: If it is empty.
    """
    if not isinstance(id, str):
        raise InvalidIdError(id)
    if not id:
        raise EmptyIdError
    return id


class Registry(Generic[T]):
    """The sockets of a pool by ID, in the order in which they came.

    Attributes:
        entries: Who has which ID.
        max_sockets: How many may have one; a newcomer to a taken ID is none more.
    """

    __slots__ = ("_newcomers", "entries", "max_sockets")

    def __init__(self, max_sockets: int | None = None) -> None:
        self.entries: dict[str, T] = {}
        self.max_sockets = max_sockets
        self._newcomers: dict[str, list[T]] = {}

    def admit(self, id: str, *, replace: bool = False) -> None:
        """Check that a newcomer may have this ID; with `replace`, be it a taken one.

        Raises:
            InvalidIdError, EmptyIdError, DuplicateIdError, TooManySocketsError
        """
        taken = check_id(id) in self.entries
        if taken and not replace:
            raise DuplicateIdError(id)
        most = self.max_sockets
        if most is not None and len(self.entries) >= most and not taken:
            raise TooManySocketsError(most)

    def add(self, id: str, entry: T, *, replace: bool = False) -> None:
        """Give `id` to `entry`, or reserve it where it is taken; raises like `admit`."""
        self.admit(id, replace=replace)
        if id in self.entries:
            self._newcomers.setdefault(id, []).append(entry)
        else:
            self.entries[id] = entry

    def rivals(self, id: str, entry: T) -> list[T]:
        """Who is to make room for this entry, now that it is open."""
        holder = self.entries[id]
        if holder is entry:
            return []
        newcomers = self._newcomers[id]
        return [holder, *newcomers[: newcomers.index(entry)]]

    def remove(self, id: str, entry: T) -> bool:
        """This very entry leaves: the ID is free, or that of the first newcomer.

        Tells whether it was here.
        """
        newcomers = self._newcomers.get(id, [])
        if self.entries.get(id) is entry:
            del self.entries[id]  # a newcomer's place in the order is another
            if newcomers:
                self.entries[id] = newcomers.pop(0)
        elif entry in newcomers:
            newcomers.remove(entry)
        else:
            return False
        if not newcomers:
            self._newcomers.pop(id, None)
        return True

    def everyone(self) -> list[T]:
        """Who has an ID, and who waits for one."""
        waiting = (one for some in self._newcomers.values() for one in some)
        return [*self.entries.values(), *waiting]

    def get(self, id: str) -> T:
        """Find by ID.

        Raises:
            InvalidIdError, EmptyIdError: If it can't be an ID.
            UnknownSocketError: If nobody has it.
        """
        try:
            return self.entries[id]
        except (KeyError, TypeError):
            raise UnknownSocketError(check_id(id)) from None

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and id in self.entries

    def __iter__(self) -> Iterator[T]:
        """Iterate over a copy: entries may come and go meanwhile."""
        return iter(list(self.entries.values()))

    def ids(self) -> list[str]:
        return list(self.entries)
