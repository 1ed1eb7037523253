"""The last message of each ID, as a table."""

import math
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["Latest"]


class Latest:
    """The fold of `ops.latest`."""

    def __init__(self, every: float | None, max_ids: int, tally: Tally) -> None:
        self._every = every
        self._table: Kept[str, Message] = Kept(max_ids, tally)
        self._interval = -math.inf

    def take(self, message: Message) -> Iterator[Mapping[str, Message]]:
        """See one more."""
        if self._every is None:
            self._table.put(message.id, message)
            yield self._shown()
            return
        interval = math.floor(message.time / self._every)
        if interval > self._interval:
            self._interval = interval
            yield from self.end()
        self._table.put(message.id, message)

    def end(self) -> Iterator[Mapping[str, Message]]:
        """There is no more."""
        if self._every is not None and len(self._table):
            yield self._shown()

    def _shown(self) -> Mapping[str, Message]:
        return MappingProxyType(self._table.copy())
