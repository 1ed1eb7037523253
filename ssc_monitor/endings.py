"""`Endings`: why sockets that aren't open aren't, from the pool's events. Pure."""

from ssc_monitor.model.story import awaited, tell
from ssc_rx.monitor import wire

__all__ = ["Endings"]

CAPACITY = 4096

_TELLING = ("SocketClosed", "DialFailed", "ReconnectScheduled")
_CLEARING = ("SocketOpened", "SocketOpening")


class Endings:
    """The last thing that kept each socket from being open, and how each ended.

    Attributes:
        version: Grows with each change.
    """

    def __init__(self) -> None:
        self.version = 0
        self._shut: dict[str, wire.Event] = {}
        self._ended: dict[str, wire.Event] = {}

    def clear(self) -> None:
        """Forget all."""
        self._shut.clear()
        self._ended.clear()
        self.version += 1

    def take(self, event: wire.Event) -> None:
        """Learn from an event."""
        if event.name in _TELLING:
            _keep(self._shut, event.id, event)
            if event.name == "SocketClosed":
                _keep(self._ended, event.id, event)
        elif event.name in _CLEARING:
            self._shut.pop(event.id, None)
        else:
            return
        self.version += 1

    def of(self, raw_id: str, now: float, *, gone: bool) -> str:
        """Why the socket of an ID isn't open, visible; empty if that isn't known.

        Args:
            raw_id: Its ID as it came.
            now: UNIX seconds, by the pool's clock.
            gone: Whether it left the pool: another may have its ID by now.
        """
        event = self._shut.get(raw_id)
        if gone and (event is None or event.name != "DialFailed"):
            event = self._ended.get(raw_id)
        if event is None:
            return ""
        if event.name == "ReconnectScheduled":
            return awaited(event, now)
        # Beside the state, "closed" would be said twice.
        return tell(event).text.removeprefix("closed ")


def _keep(events: dict[str, wire.Event], id: str, event: wire.Event) -> None:
    events.pop(id, None)
    events[id] = event
    if len(events) > CAPACITY:
        del events[next(iter(events))]
