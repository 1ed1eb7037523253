"""Who is in the pool: one socket to an ID, found by look-up, removed by identity."""

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
    """The sockets of a pool by ID, in the order in which they came."""

    __slots__ = ("entries", "max_sockets")

    def __init__(self, max_sockets: int | None = None) -> None:
        self.entries: dict[str, T] = {}
        self.max_sockets = max_sockets

    def admit(self, id: str) -> None:
        """Check that a newcomer may have this ID.

        Raises:
            InvalidIdError, EmptyIdError, DuplicateIdError, TooManySocketsError
        """
        check_id(id)
        if id in self.entries:
            raise DuplicateIdError(id)
        if self.max_sockets is not None and len(self.entries) >= self.max_sockets:
            raise TooManySocketsError(self.max_sockets)

    def add(self, id: str, entry: T) -> None:
        """Give `id` to `entry`; raises like `admit`."""
        self.admit(id)
        self.entries[id] = entry

    def remove(self, id: str, entry: T) -> bool:
        """Free the ID if it is this very entry's; tell whether it was."""
        if self.entries.get(id) is not entry:
            return False
        del self.entries[id]
        return True

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
