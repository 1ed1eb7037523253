"""One WebSocket connection over TCP, TLS or a Unix socket, in either direction.

An `asyncio.Protocol` around the Sans-I/O protocol of websockets: that one parses,
negotiates and answers; the link moves the bytes. How it reads is in `reading`.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, cast

from websockets.client import ClientProtocol
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.protocol import Event, Side, State
from websockets.server import ServerProtocol

from ssc_rx.errors import LinkLostError, PeerProtocolError
from ssc_rx.ports import Outgoing, Receiver
from ssc_rx.transports.framing import masked_frame, unmasked_frame
from ssc_rx.transports.reading import Reading

__all__ = ["HIGH_WATER_BYTES", "Link"]

HIGH_WATER_BYTES = 64 * 1024
"""Bytes in the operating system's and asyncio's hands before the outbox has to wait."""
MAX_UNSENT_CONTROL_BYTES = 1024 * 1024
"""Automatic PONGs that may wait for a peer that doesn't read, until it is cut off."""

_TEXT, _BINARY, _PING, _PONG = Opcode.TEXT, Opcode.BINARY, Opcode.PING, Opcode.PONG


class Link(Reading):
    """A connection, from its opening handshake to its end.

    Reading is paused between the handshake and `attach`, so that what arrives early,
    be it together with the handshake, is delivered in order and nothing is lost.
    """

    __slots__ = (
        "_answer",
        "_deflates",
        "_masked",
        "_paused",
        "_unsent_control_bytes",
        "request",
    )

    can_ping = can_abort = can_pause = can_join = True
    hosted = False

    def __init__(
        self, protocol: ServerProtocol | ClientProtocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(protocol, loop)
        self._masked = protocol.side is Side.CLIENT
        self._answer: asyncio.Future[Event | None] | None = None
        self._deflates = False
        self._paused = False
        self._unsent_control_bytes = 0
        self.request: Request | None = None

    @property
    def writable(self) -> bool:
        """Whether a write would be taken now."""
        return self._writable

    @property
    def remote_address(self) -> Any:
        """The peer's address, as `socket.getpeername` gives it."""
        return self.transport.get_extra_info("peername")

    @property
    def subprotocol(self) -> str | None:
        """The negotiated subprotocol."""
        return self._protocol.subprotocol

    # The opening handshake: what its two directions share

    async def _handshake_event(self) -> Event | None:
        """The peer's half of the opening handshake; `None` if the connection ended."""
        if self._early:
            return self._early.pop(0)
        if self._closed is not None:
            return None
        self._answer = self._loop.create_future()
        try:
            return await self._answer
        finally:
            self._answer = None

    # ports.Transport

    def attach(self, receiver: Receiver) -> None:
        """Deliver to `receiver` from the next turn of the loop on."""
        begins = self._receiver is None
        self._receiver = receiver
        if begins:
            self._deflates = bool(self._protocol.extensions)
            self._update_writable()
            self._loop.call_soon(self._begin)

    def write(self, batch: Sequence[Outgoing]) -> None:
        """Send messages in one write to the transport below."""
        if self._deflates:
            send = self._sender_of()
            for item in batch:
                send[item.type](item.payload)
            data = b"".join(self._protocol.data_to_send())
        elif self._masked:  # each frame has a mask of its own (RFC 6455 section 5.3)
            data = b"".join([masked_frame(item.type, item.payload) for item in batch])
        elif len(batch) == 1:
            data = batch[0].wire or _shared_wire(batch[0])
        elif batch[0].wire:
            data = _shared_run(batch)
        else:
            data = b"".join([item.wire or _shared_wire(item) for item in batch])
        self._write(data)

    def _sender_of(self) -> dict[int, Callable[[bytes], None]]:
        protocol = self._protocol
        return {
            _TEXT: protocol.send_text,
            _BINARY: protocol.send_binary,
            _PING: protocol.send_ping,
            _PONG: protocol.send_pong,
        }

    def ping(self, payload: bytes) -> None:
        """Send a PING past the queue."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_ping(payload)
            self._send_protocol_data()

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake, if it hasn't begun."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._writable = False
            self._send_protocol_data()

    def abort(self) -> None:
        """Cut the connection at once; what is held back is not delivered any more."""
        self._drop_unread()
        self._cut()

    def _cut(self) -> None:
        self._paused = True
        self._writable = False
        self.transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.set_write_buffer_limits(HIGH_WATER_BYTES)

    def _update_writable(self) -> None:
        self._writable = not self._paused and self._protocol.state is State.OPEN

    def pause_writing(self) -> None:
        self._paused = True
        self._writable = False

    def resume_writing(self) -> None:
        self._paused = False
        self._update_writable()
        self._unsent_control_bytes = 0
        if self._receiver is not None:
            self._receiver.on_writable()

    def connection_lost(self, exc: Exception | None) -> None:
        self._paused = True
        super().connection_lost(exc)
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    def _receive_early(self, events: list[Event]) -> None:
        """Before a receiver is attached: the handshake, then what came with it."""
        if events:
            self.transport.pause_reading()
            self._early += events
        answer = self._answer
        if answer is None or answer.done():
            return
        if self._early:
            answer.set_result(self._early.pop(0))
        elif self._protocol.handshake_exc is not None:  # it can't be read
            answer.set_result(None)

    # Writing

    def _write(self, data: bytes) -> None:
        transport = self.transport
        try:
            transport.write(data)
        except Exception as exc:  # uvloop raises RuntimeError on a closed transport
            self._broken(exc)
        else:
            if transport.is_closing():  # asyncio found it broken, and only logs that
                self._writable = False

    def _send_protocol_data(self) -> None:
        if self._loss is not None:  # there is nobody to send it to
            self._protocol.data_to_send()
            return
        for data in self._protocol.data_to_send():
            if data:
                self._write(data)
                if self._paused:
                    self._unsent_control_bytes += len(data)
                    if self._unsent_control_bytes > MAX_UNSENT_CONTROL_BYTES:
                        self._broken(None)
                        return
            elif self.transport.can_write_eof():
                try:
                    self.transport.write_eof()
                except Exception as exc:
                    self._broken(exc)
            else:
                self.transport.close()

    def _broken(self, exc: Exception | None) -> None:
        if self._error is None:
            if exc is None:
                self._error = PeerProtocolError(
                    "the peer sent pings and read no pongs: "
                    f"{MAX_UNSENT_CONTROL_BYTES} bytes of them waited"
                )
            else:
                self._error = LinkLostError(f"the connection can't be written: {exc}")
                self._error.__cause__ = exc
        self._cut()


def _shared_wire(item: Outgoing) -> bytes:
    """The frame of an accepted connection, which others of its kind may send as it is."""
    item.wire = unmasked_frame(item.type, item.payload)
    return item.wire


_last_run: tuple[Sequence[Outgoing], bytes] = ((), b"")
"""What several broadcasts of one turn left for the last peer, and their frames, joined."""


def _shared_run(batch: Sequence[Outgoing]) -> bytes:
    """As `_shared_wire`, of several: others have the same broadcasts in their outbox."""
    global _last_run
    run, data = _last_run
    if batch != run:
        data = b"".join([item.wire or _shared_wire(item) for item in batch])
        _last_run = batch, data
    return data
