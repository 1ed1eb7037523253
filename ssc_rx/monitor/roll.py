"""The roll: which number and which name stand for a socket on the wire."""

from ssc_rx.monitor.redaction import redacted_id
from ssc_rx.monitor.wire import SocketHead
from ssc_rx.ports import WatchedSocket

__all__ = ["Roll"]

MAX_NAMES = 20_000
"""Redacted names that are remembered, so that the same ID gets the same one again."""


class Roll:
    """Gives each socket a number that is never used again, and a redacted name.

    Two IDs that differ only in what is redacted get different names.
    """

    def __init__(self) -> None:
        self._heads: dict[WatchedSocket, SocketHead] = {}
        self._by_number: dict[int, WatchedSocket] = {}
        self._names: dict[str, str] = {}
        self._namesakes: dict[str, int] = {}
        self._last = 0

    def head(self, socket: WatchedSocket) -> SocketHead:
        """Its number, name and kind; from the first time on the same."""
        head = self._heads.get(socket)
        if head is None:
            self._last += 1
            name = self.name(socket.id)
            options = socket.options
            head = SocketHead(
                number=self._last,
                id=name,
                kind=socket.kind,
                outbox_messages=options.outbox.messages,
                outbox_bytes=options.outbox.bytes,
                overflow=str(options.outbox.overflow.value),
                ping_timeout=options.ping_timeout,
            )
            self._heads[socket] = head
            self._by_number[self._last] = socket
        return head

    def socket(self, number: int) -> WatchedSocket | None:
        """Whose number this is; `None` if it has left."""
        return self._by_number.get(number)

    def forget(self, socket: WatchedSocket) -> None:
        """It has left the pool."""
        head = self._heads.pop(socket, None)
        if head is not None:
            del self._by_number[head.number]

    def clear(self) -> None:
        """Nobody looks any more; numbers that were given are not given again."""
        self._heads.clear()
        self._by_number.clear()

    def name(self, id: str) -> str:
        """How viewers know the sockets of this ID."""
        name = redacted_id(id)
        if name == id:
            return name
        known = self._names.get(id)
        if known is None:
            n = self._namesakes[name] = self._namesakes.get(name, 0) + 1
            known = name if n == 1 else f"{name} ({n})"
            if len(self._names) >= MAX_NAMES:
                self._names.clear()
                self._namesakes.clear()
            self._names[id] = known
        return known
