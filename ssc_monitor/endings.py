"""`Endings`: why sockets that aren't open aren't, from the pool's events. Pure."""

from ssc_monitor.model.story import tell
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
        self._shut: dict[str, str] = {}
        self._ended: dict[str, str] = {}

    def take(self, event: wire.Event) -> None:
        """Learn from an event."""
        if event.name in _TELLING:
            # Beside the state, "closed" would be said twice.
            text = tell(event).text.removeprefix("closed ")
            _keep(self._shut, event.id, text)
            if event.name == "SocketClosed":
                _keep(self._ended, event.id, text)
        elif event.name in _CLEARING:
            self._shut.pop(event.id, None)
        else:
            return
        self.version += 1

    def of(self, raw_id: str, *, gone: bool) -> str:
        """Why the socket of an ID isn't open, visible; empty if that isn't known.

        Args:
            raw_id: Its ID as it came.
            gone: Whether it left the pool: another may have its ID by now.
        """
        return (self._ended if gone else self._shut).get(raw_id, "")


def _keep(texts: dict[str, str], id: str, text: str) -> None:
    texts.pop(id, None)
    texts[id] = text
    if len(texts) > CAPACITY:
        del texts[next(iter(texts))]
