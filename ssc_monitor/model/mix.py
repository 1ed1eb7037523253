"""Which sockets' messages are shown: one alone, or all but those that are muted. Pure."""

from collections.abc import Iterable

import msgspec

from ssc_monitor.model.sockets import SocketView
from ssc_rx.monitor import wire

__all__ = ["Mix"]


class Mix(msgspec.Struct, frozen=True):
    """Sockets by their IDs, so that it holds when the program is started anew.

    Attributes:
        solo: The visible ID of the one that is heard alone; empty for none.
        muted: The visible IDs of those that aren't heard.
    """

    solo: str = ""
    muted: frozenset[str] = frozenset()

    def hears(self, id: str) -> bool:
        """Whether messages of a socket are shown."""
        return id == self.solo if self.solo else id not in self.muted

    def with_solo(self, id: str) -> "Mix":
        """This one alone; or not alone any more."""
        return Mix("" if id == self.solo else id, self.muted)

    def with_muted(self, id: str) -> "Mix":
        """This one muted, or not any more."""
        return Mix(self.solo, self.muted ^ {id})

    def mark(self, id: str) -> str:
        """A letter for its row."""
        return "S" if id == self.solo else "M" if id in self.muted else " "

    def narrowed(
        self, selection: wire.Selection, sockets: Iterable[SocketView]
    ) -> wire.Selection:
        """A selection of those messages only: the others get the samples."""
        if self.solo:
            numbers = (s.number for s in sockets if s.id == self.solo and not s.gone)
            return msgspec.structs.replace(selection, numbers=tuple(numbers))
        if self.muted:
            numbers = (s.number for s in sockets if s.id in self.muted and not s.gone)
            return msgspec.structs.replace(selection, muted=tuple(numbers))
        return selection

    def __bool__(self) -> bool:
        return bool(self.solo or self.muted)
