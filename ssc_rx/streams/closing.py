"""What one socket receives, for those who want to be told by `on_error` how it ended."""

from typing import Any, cast

from reactivex import abc

from ssc_rx.errors import SocketEndedError
from ssc_rx.events import CloseInfo
from ssc_rx.message import Message
from ssc_rx.streams.hub import Hub
from ssc_rx.streams.stream import Home, Stream

__all__ = ["FailOnClose", "SocketHub"]


class SocketHub(Hub[Message]):
    """`socket.messages`.

    Attributes:
        end: How the socket ended; set before it completes.
    """

    def __init__(self, id: str, home: Home) -> None:
        super().__init__("socket.messages", home)
        self.id = id
        self.end: CloseInfo | None = None

    @property
    def failure(self) -> SocketEndedError | None:
        """What its end is for those who call it one; `None` if it was to be expected."""
        end = self.end
        if end is None or end.expected:
            return None
        failure = SocketEndedError(self.id, end.code, end.reason)
        failure.__cause__ = end.error
        return failure


class FailOnClose(Stream[Message]):
    """The same, but that it fails where the socket ended unexpectedly."""

    def __init__(self, hub: SocketHub) -> None:
        super().__init__()
        self.home = hub.home
        self._hub = hub

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[Message],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        ends = _Ends(self._hub, observer)
        return self._hub.attach(cast("abc.ObserverBase[Any]", ends))


class _Ends:
    """Passes messages on, and decides at the end."""

    def __init__(self, hub: SocketHub, observer: abc.ObserverBase[Message]) -> None:
        self._hub = hub
        self._observer = observer
        self.on_next = observer.on_next
        self.on_error = observer.on_error

    def on_completed(self) -> None:
        if (failure := self._hub.failure) is None:
            self._observer.on_completed()
        else:
            self._observer.on_error(failure)
