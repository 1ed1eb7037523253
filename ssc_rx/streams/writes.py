"""`Writes`: a Subject to write to, that no source can break and no socket can fail."""

from collections.abc import Callable

from reactivex import abc

from ssc_rx.message import Data, Message
from ssc_rx.streams.hub import Hub
from ssc_rx.streams.stream import Home

__all__ = ["Writes"]


class Writes(Hub[Message], abc.ObserverBase[Data | Message]):
    """An Observer of what is to be written, and an Observable of what was accepted.

    Unlike a `reactivex.Subject` it is ended by no source that completes or fails, and
    it never raises into a source: a refused write is a `WriteRefused` event, a source that
    failed a `SourceFailed` event.
    """

    def __init__(
        self,
        name: str,
        home: Home,
        route: Callable[[Data | Message], None],
        id: str = "",
    ) -> None:
        super().__init__(name, home)
        self._route = route
        self._id = id

    def on_next(self, value: Data | Message) -> None:
        """Write a value; from any thread, as other threads hop to the event loop."""
        self._route(value)

    def on_error(self, error: Exception) -> None:
        """A source failed, which is a `SourceFailed` event; others go on."""
        self.home.listener.source_failed(self.name, self._id, error)

    def on_completed(self) -> None:
        """A source completed: it writes no more; others go on."""
