"""A pool as its monitor sees it."""

from collections.abc import Callable, Iterable, Iterator

from ssc_rx.core.registry import Registry
from ssc_rx.core.stats import PoolStats
from ssc_rx.events import Event
from ssc_rx.message import Message
from ssc_rx.sockets import Socket
from ssc_rx.streams.hub import Hub, MessageHub
from ssc_rx.streams.stream import Stream
from ssc_rx.streams.writes import Writes

__all__ = ["WatchedPool"]


class WatchedPool:
    """Implements `ports.Watched`, of what a pool is made of.

    Attributes:
        name: The pool's.
        events: The pool's.
        writes: The pool's.
        without_sockets: Gives the pool's counts less those of the sockets in it.
    """

    def __init__(
        self,
        *,
        name: str,
        registry: Registry[Socket],
        messages: MessageHub,
        groups: Callable[[], Iterable[Hub[Message]]],
        events: Stream[Event],
        writes: Writes,
        without_sockets: Callable[[], PoolStats],
    ) -> None:
        self.name = name
        self.events = events
        self.writes = writes
        self.without_sockets = without_sockets
        self._registry = registry
        self._messages = messages
        self._groups = groups

    def sockets(self) -> list[Socket]:
        """Those in the pool now."""
        return list(self._registry)

    def socket(self, id: str) -> Socket | None:
        """The one that has this ID."""
        return self._registry.entries.get(id)

    def message_hubs(self) -> Iterator[tuple[str, Hub[Message]]]:
        """What subscribers subscribe to; `pool.messages` comes first."""
        yield "", self._messages
        yield from list(self._messages.named.items())
        for hub in self._groups():
            yield "", hub
        for socket in list(self._registry):
            if (own := socket.hub) is not None and own.observed:
                yield socket.id, own
