"""`Endings`: why sockets that aren't open aren't, from the pool's events. Pure."""

from ssc_monitor.model.story import tell
from ssc_rx.monitor import wire

__all__ = ["Endings"]

CAPACITY = 4096

_TELLING = ("SocketClosed", "DialFailed", "ReconnectScheduled")
_CLEARING = ("SocketOpened", "SocketOpening")


class Endings:
    """The last thing that kept each socket from being open.

    Attributes:
        version: Grows with each change.
    """

    def __init__(self) -> None:
        self.version = 0
        self._texts: dict[str, str] = {}

    def take(self, event: wire.Event) -> None:
        """Learn from an event."""
        if event.name in _TELLING:
            self._texts.pop(event.id, None)
            # Beside the state, "closed" would be said twice.
            self._texts[event.id] = tell(event).text.removeprefix("closed ")
            if len(self._texts) > CAPACITY:
                del self._texts[next(iter(self._texts))]
        elif event.name in _CLEARING:
            self._texts.pop(event.id, None)
        else:
            return
        self.version += 1

    def of(self, raw_id: str) -> str:
        """Why the socket of that ID isn't open, visible; empty if that isn't known."""
        return self._texts.get(raw_id, "")
