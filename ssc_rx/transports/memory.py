"""Two ends in one process, without a port: same order and calls as a real link."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from ssc_rx.errors import LinkLostError, PeerProtocolError
from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType
from ssc_rx.ports import Outgoing, Receiver
from ssc_rx.transports.clock import clock_of

__all__ = ["MESSAGES_PER_TURN", "ROOM_BYTES", "MemoryTransport", "memory_pair"]

MESSAGES_PER_TURN = 512
"""What one end delivers before others get a turn of the loop, as a link does."""
ROOM_BYTES = 64 * 1024
"""What an end takes in that nobody reads, as the buffers of a connection do."""
_HEADER_BYTES = 2


class MemoryTransport:
    """One end; what is written to it arrives at the other in a later turn of the loop.

    Attributes:
        stalled: Set it to let the *other* end's writes pile up: this peer "reads" no
            more, and `writable` of the other end is False until it is cleared.
        answers: Whether it answers PING and Close frames; a peer that doesn't is mute.
        room_bytes: How much may wait here, unread, before the other end is unwritable;
            64 KiB by default. With 0 it is so until all was read.
        max_message_size: A longer message is the other end's breach (1009); `None`, the
            default, lets all pass.
    """

    can_ping = can_abort = can_pause = True
    can_join = False
    hosted = False

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        self._loop = loop
        self._now = clock_of(loop)
        self._receiver: Receiver | None = None
        self._inbox: deque[tuple[MessageType | None, bytes]] = deque()
        self._held_bytes = 0
        self._turn: asyncio.Handle | None = None
        self._sent: CloseInfo | None = None
        self._closed: CloseInfo | None = None
        self._paused = False
        self._aborted = False
        self._stalled = False
        self.peer: MemoryTransport
        self.answers = True
        self.room_bytes = ROOM_BYTES
        self.max_message_size: int | None = None
        self.remote_address: Any = ("memory", name)
        self.subprotocol: str | None = None
        self.request: Any = None

    @property
    def writable(self) -> bool:
        return not (self.peer._full or self._sent or self._closed)

    @property
    def _full(self) -> bool:
        return self._stalled or self._held_bytes > self.room_bytes

    @property
    def stalled(self) -> bool:
        return self._stalled

    @stalled.setter
    def stalled(self, value: bool) -> None:
        self._stalled = value
        if not self._full:
            self._tell_writable()
        self._wake()

    # ports.Transport

    def attach(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._wake()

    def write(self, batch: Sequence[Outgoing]) -> None:
        for item in batch:
            self._post(item.type, item.payload)

    def ping(self, payload: bytes) -> None:
        self._post(MessageType.PING, payload)

    def close(self, code: int, reason: str) -> None:
        if self._sent is None and self._closed is None:
            self._sent = CloseInfo(code, reason)
            self._post(MessageType.CLOSE, code.to_bytes(2, "big") + reason.encode())

    def abort(self) -> None:
        lost = LinkLostError("the other end was cut off")
        self.peer._lose(CloseInfo(1006, "", "lost", False, lost))
        sent = self._sent
        self._aborted = True
        self._inbox.clear()
        self._held_bytes = 0
        self._wake()
        self._lose(
            CloseInfo(sent.code, sent.reason, "us", False)
            if sent is not None
            else CloseInfo(1006, "", "lost", False, LinkLostError("aborted"))
        )

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._wake()

    def break_rules(self, reason: str) -> None:
        """Send what RFC 6455 forbids: the other end fails the connection with 1002."""
        self._post(None, reason.encode())

    # The other end

    def _post(self, type: MessageType | None, payload: bytes) -> None:
        peer = self.peer
        peer._inbox.append((type, payload))
        peer._held_bytes += len(payload) + _HEADER_BYTES
        peer._wake()

    def _tell_writable(self) -> None:
        if (receiver := self.peer._receiver) is not None:
            self._loop.call_soon(receiver.on_writable)

    def _wake(self) -> None:
        if self._turn is None and self._receiver is not None:
            self._turn = self._loop.call_soon(self._read)

    def _read(self) -> None:
        self._turn = None
        receiver = self._receiver
        if receiver is None:  # told of its end in an earlier turn
            return
        if self._aborted:
            self._inbox.clear()
            self._held_bytes = 0
        was_full = self._full
        if self._inbox and not (self._paused or self._stalled):
            receiver.on_data(self._now())
        for _ in range(MESSAGES_PER_TURN):
            if not self._inbox or self._paused or self._stalled:
                break
            type, payload = self._inbox.popleft()
            self._held_bytes -= len(payload) + _HEADER_BYTES
            receiver = self._receiver or receiver  # may be another than before
            if type is None:
                self._fail(1002, payload.decode(), receiver)
            elif type in (MessageType.TEXT, MessageType.BINARY):
                limit = self.max_message_size
                if limit is not None and len(payload) > limit:
                    reason = f"a message over max_message_size={limit}"
                    self._fail(1009, reason, receiver)
                else:
                    receiver.on_message(type, payload)
            elif type == MessageType.PONG:
                receiver.on_pong(payload)
            elif self.answers:
                self._answer(type, payload, receiver)
        if was_full and not self._full:
            self._tell_writable()
        if self._paused and not self._aborted:
            return
        if self._inbox and not self._stalled:
            self._wake()
        elif self._closed is not None:
            receiver.on_closed(self._closed)
            self._receiver = None

    def _answer(self, type: MessageType, payload: bytes, receiver: Receiver) -> None:
        if type == MessageType.PING:
            self._post(MessageType.PONG, payload)
            return
        code, reason = int.from_bytes(payload[:2], "big"), payload[2:].decode()
        if self._sent is not None:  # the answer to our own Close
            self.peer._lose(CloseInfo(code, reason, "peer"))
            self._lose(CloseInfo(self._sent.code, self._sent.reason, "us"))
        else:
            self._sent = CloseInfo(code, reason, "peer")
            receiver.on_closing(None)
            self._post(MessageType.CLOSE, payload)

    def _fail(self, code: int, reason: str, receiver: Receiver) -> None:
        """The other end broke the protocol: nothing more is read (section 7.1.7)."""
        error = PeerProtocolError(f"the peer broke the protocol: {reason}")
        self._inbox.clear()
        self._held_bytes = 0
        self._sent = CloseInfo(code, reason)
        receiver.on_closing(error)
        self.peer._lose(CloseInfo(code, reason, "peer"))
        self._lose(CloseInfo(code, reason, "us", False, error))

    def _lose(self, info: CloseInfo) -> None:
        if self._closed is None:
            self._closed = info
            self._wake()


def memory_pair() -> tuple[MemoryTransport, MemoryTransport]:
    """Two connected transports on the running event loop."""
    loop = asyncio.get_running_loop()
    one, other = MemoryTransport(loop, "one"), MemoryTransport(loop, "other")
    one.peer, other.peer = other, one
    return one, other
