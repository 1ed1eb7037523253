"""A pool as its monitor sees it."""

from collections.abc import Callable

from ssc_rx.core.registry import Registry
from ssc_rx.core.stats import PoolStats
from ssc_rx.events import Event
from ssc_rx.sockets import Socket
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
        events: Stream[Event],
        writes: Writes,
        without_sockets: Callable[[], PoolStats],
    ) -> None:
        self.name = name
        self.events = events
        self.writes = writes
        self.without_sockets = without_sockets
        self._registry = registry

    def sockets(self) -> list[Socket]:
        """Those in the pool now."""
        return list(self._registry)

    def socket(self, id: str) -> Socket | None:
        """The one that has this ID."""
        return self._registry.entries.get(id)
