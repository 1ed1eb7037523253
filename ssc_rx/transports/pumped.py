"""A connection that a web framework keeps: it has to be awaited, and tells nothing.

Two tasks move what it carries: one awaits what the peer sends, the other hands over what
was written. They begin at `attach`; `on_closed` comes when both have ended.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from typing import Any

from websockets.http11 import Request

from ssc_rx.errors import LinkLostError, PeerProtocolError
from ssc_rx.events import CloseInfo
from ssc_rx.logs import logger_of
from ssc_rx.message import MessageType
from ssc_rx.ports import Outgoing, Receiver
from ssc_rx.transports.clock import clock_of
from ssc_rx.transports.ending import lost_error

__all__ = ["Pumped"]

logger = logger_of(__name__)

MESSAGES_PER_TURN = 64
"""What is delivered before others get a turn of the loop, however much waits."""
TURN_S = 0.002
"""Seconds of delivering after which they get one, however little it was."""
CANCELLATION_S = 0.5
"""A framework that ignores it is left behind."""


class Pumped(ABC):
    """Between a socket and a framework's connection, whose calls a subclass makes.

    Args:
        request: The opening request.
        max_size: Bytes that a message may have; `None` for any number.
    """

    can_ping = False
    can_abort = False
    can_pause = False
    can_join = False
    hosted = True

    def __init__(self, request: Request | None, max_size: int | None) -> None:
        self._loop = asyncio.get_running_loop()
        self._now = clock_of(self._loop)
        self._max_size = max_size
        self._receiver: Receiver | None = None
        self._reading: asyncio.Task[None] | None = None
        self._resumed: asyncio.Future[None] | None = None  # while reading is paused
        self._woken: asyncio.Future[None] | None = None  # while it has nothing to write
        self._outgoing: deque[Outgoing] = deque()
        self._pings: deque[bytes] = deque()
        self._close: tuple[int, str] | None = None
        self._error: Exception | None = None
        self._aborted = False
        self._over = False  # nothing more can be written
        self._missed = False  # somebody wanted to write when it was not writable
        self._waits = False  # reading has begun, and is not delivering
        self._violated = False  # nothing more is to be delivered
        self._broken = False  # and nobody was told yet
        self.request = request
        self.remote_address: Any = None
        self.subprotocol: str | None = None

    # What a framework can do: the part of a subclass

    @abstractmethod
    async def _receive(self) -> tuple[MessageType, bytes] | CloseInfo:
        """The next message or PONG, or how the connection ended."""

    @abstractmethod
    async def _send(self, type: MessageType, payload: bytes) -> None:
        """Send a message; returns when there is room for another one."""

    @abstractmethod
    async def _send_close(self, code: int, reason: str) -> None:
        """Start the closing handshake."""

    def _cut(self) -> None:  # noqa: B027
        """Cut the connection at once, where that can be done."""

    # ports.Transport

    @property
    def writable(self) -> bool:
        taken = not (self._outgoing or self._close or self._over)
        if not taken:
            self._missed = True
        return taken

    def attach(self, receiver: Receiver) -> None:
        begins = self._receiver is None
        self._receiver = receiver
        if begins:
            reading = self._read_to_the_end()
            self._reading = self._loop.create_task(
                reading, name="ssc-rx reads from a web server"
            )

    def write(self, batch: Sequence[Outgoing]) -> None:
        if not self._over:
            self._outgoing.extend(batch)
            self._wake()

    def ping(self, payload: bytes) -> None:
        if not self._over:
            self._pings.append(payload)
            self._wake()

    def close(self, code: int, reason: str) -> None:
        if self._close is None and not self._over:
            self._close = code, reason
            self._wake()

    def abort(self) -> None:
        if self._aborted:
            return
        self._aborted = self._over = True
        self._cut()
        if self._reading is not None and self._waits:
            self._reading.cancel()  # else it sees for itself

    def pause_reading(self) -> None:
        if self._resumed is None and not self._aborted:
            self._resumed = self._loop.create_future()

    def resume_reading(self) -> None:
        resumed, self._resumed = self._resumed, None
        if resumed is not None and not resumed.done():
            resumed.set_result(None)
        self._loop.call_soon(self._tell_broken)

    # Reading

    async def _read_to_the_end(self) -> None:
        writing = self._loop.create_task(
            self._write_on(), name="ssc-rx writes to a web server"
        )
        ended: CloseInfo | Exception | None = None
        self._waits = True
        try:
            if not self._aborted:
                ended = await self._read_on()
        except Exception as error:  # of a framework
            ended = error
        finally:
            self._over = True
            self._broken = False
            writing.cancel()
            try:
                await asyncio.wait([writing], timeout=CANCELLATION_S)
            finally:
                assert self._receiver is not None
                self._receiver.on_closed(self._ended(ended))

    async def _read_on(self) -> CloseInfo | None:
        """Deliver until the connection ends; how it did, unless it was aborted."""
        messages, spent = 0, 0.0
        while True:
            received = await self._receive()
            if self._resumed is not None:
                await self._until_resumed()
            receiver = self._receiver
            assert receiver is not None
            if isinstance(received, CloseInfo):
                if received.by == "peer" and self._close is None:
                    self._over = True
                    receiver.on_closing(None)
                    await self._until_resumed()
                return received
            begun = self._now()
            receiver.on_data(begun)
            self._deliver(receiver, *received)
            if self._aborted:
                return None
            if self._resumed is not None:
                await self._until_resumed()
            messages, spent = messages + 1, spent + self._now() - begun
            if messages == MESSAGES_PER_TURN or spent > TURN_S:
                await asyncio.sleep(0)
                messages, spent = 0, 0.0

    async def _until_resumed(self) -> None:
        while self._resumed is not None:
            await self._resumed

    def _deliver(self, receiver: Receiver, type: MessageType, payload: bytes) -> None:
        self._waits = False
        if self._violated:
            pass
        elif type is MessageType.PONG:
            receiver.on_pong(payload)
        elif self._max_size is not None and len(payload) > self._max_size:
            self._error = PeerProtocolError(
                f"the peer sent a message over max_message_size={self._max_size}"
            )
            self._violated = True
            self.close(1009, "message too big")
            receiver.on_closing(self._error)
        else:
            receiver.on_message(type, payload)
        self._waits = True

    def _ended(self, ended: CloseInfo | Exception | None) -> CloseInfo:
        error = self._error
        if self._close is not None:
            heard = isinstance(ended, CloseInfo) and ended.by != "lost"
            return CloseInfo(*self._close, "us", heard and error is None, error)
        if isinstance(ended, CloseInfo):
            return ended
        if error is None:
            error = (
                LinkLostError("the connection was cut off")
                if ended is None
                else lost_error(ended)
            )
        return CloseInfo(1006, "", "lost", False, error)

    # Writing

    def _wake(self) -> None:
        if self._woken is not None and not self._woken.done():
            self._woken.set_result(None)

    async def _write_on(self) -> None:
        """Hand over what is written, as fast as the server takes it."""
        try:
            while True:
                if self._pings:
                    await self._send(MessageType.PING, self._pings.popleft())
                elif self._outgoing:
                    item = self._outgoing[0]
                    await self._send(item.type, item.payload)
                    self._outgoing.popleft()
                    if self._missed and not self._outgoing:
                        self._tell_writable()
                elif self._close is not None:
                    await self._send_close(*self._close)
                    return
                else:
                    self._woken = self._loop.create_future()
                    await self._woken
        except Exception as error:  # of a framework, of whatever type
            self._broke(error)

    def _tell_writable(self) -> None:
        if self.writable and self._receiver is not None:
            self._missed = False
            self._receiver.on_writable()

    def _broke(self, error: Exception) -> None:
        """It takes no more; what the peer sent before is still read, and its Close."""
        logger.debug("a web server takes no more of a connection", exc_info=error)
        if self._close is None and self._error is None:
            self._error = lost_error(error)
        self._over = self._broken = True
        self._outgoing.clear()
        self._tell_broken()

    def _tell_broken(self) -> None:
        if self._broken and self._resumed is None and self._receiver is not None:
            self._broken = False
            self._receiver.on_closing(None)
