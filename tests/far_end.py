"""The far end of a socket on the memory transport."""

from collections.abc import Callable
from typing import Any

from ssc_rx import MessageType
from ssc_rx.ports import Outgoing
from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.memory import MemoryTransport

__all__ = ["AddPeer", "Peer"]


class Peer:
    """The far end of a socket of the pool."""

    def __init__(self, transport: MemoryTransport) -> None:
        self.transport = transport
        self.heard = RecordingReceiver()
        transport.attach(self.heard)

    def send(self, text: str) -> None:
        """Write one TEXT message to the pool."""
        self.transport.write([Outgoing(MessageType.TEXT, text.encode())])

    def send_bytes(self, payload: bytes) -> None:
        """Write one BINARY message to the pool."""
        self.transport.write([Outgoing(MessageType.BINARY, payload)])

    async def heard_texts(self, n: int) -> list[str]:
        await self.heard.until(lambda: len(self.heard.texts) >= n)
        return self.heard.texts


AddPeer = Callable[..., Any]
