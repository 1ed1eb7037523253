"""The connection that a `websockets.asyncio.server` handler receives.

It is taken over: from then on a `Link` reads and writes its TCP connection, as if
`Pool.serve` had accepted it, and the websockets object only hears of its end. What it
had received before is delivered first. The handler must not call `recv` or `send` on it.
"""

import asyncio
import contextlib
from typing import TYPE_CHECKING, cast

from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State

from ssc_rx.errors import LinkLostError
from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport
from ssc_rx.transports.link import Link

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

__all__ = ["matches", "open", "refuse", "request"]


def matches(connection: object) -> bool:
    """Whether it is websockets' asyncio server connection, by its shape."""
    return all(
        hasattr(connection, name)
        for name in ("protocol", "transport", "recv", "keepalive_task", "request")
    )


def request(connection: "ServerConnection") -> Request | None:
    """The opening request."""
    return connection.request


async def open(connection: "ServerConnection", options: Options) -> Transport:
    """Take the connection over."""
    connection.protocol.max_message_size = options.max_message_size
    received = await _received_so_far(connection)
    return _TakenOver(connection, received)


async def refuse(connection: "ServerConnection", refusal: Refusal) -> None:
    """Nothing: it was accepted already, and is left to its handler."""


async def _received_so_far(connection: "ServerConnection") -> list[Frame]:
    """The messages that wait in the connection; none of them half received."""
    frames: list[Frame] = []
    try:
        while True:
            data = _receive_now(connection)
            if data is None:
                if connection.protocol.current_size is None:
                    return frames
                data = await connection.recv()  # its other fragments are still to come
            if isinstance(data, str):
                frames.append(Frame(Opcode.TEXT, data.encode()))
            else:
                frames.append(Frame(Opcode.BINARY, data))
    except ConnectionClosed:
        return frames


def _receive_now(connection: "ServerConnection") -> str | bytes | None:
    """A message that is there already; the event loop gets no turn meanwhile.

    With a turn, as in a `recv()` with a time limit, a message could come between the
    last look and the change of hands, and be lost.
    """
    receiving = connection.recv()
    try:
        receiving.send(None)
    except StopIteration as received:
        return cast("str | bytes", received.value)
    with contextlib.suppress(asyncio.CancelledError):
        receiving.throw(asyncio.CancelledError())  # recv() may be cancelled safely
    return None


class _TakenOver(Link):
    __slots__ = ("_connection",)

    def __init__(self, connection: "ServerConnection", received: list[Frame]) -> None:
        super().__init__(connection.protocol, connection.loop)
        self._connection = connection
        self._early += received
        self.request = connection.request
        if connection.keepalive_task is not None:  # the pool owns keepalive
            connection.keepalive_task.cancel()
            connection.keepalive_task = None
        if connection.state is State.CLOSED:
            self.transport = connection.transport
            super()._gone(None)
        else:
            self.connection_made(connection.transport)
            connection.transport.set_protocol(self)
            self.transport.pause_reading()
            self._paused = connection.paused
            self._take_over_ending()

    def _take_over_ending(self) -> None:
        """The peer, or the application, may have begun to close it already."""
        protocol = self._protocol
        if protocol.state is State.OPEN:
            return
        if protocol.close_rcvd is None and protocol.parser_exc is None:
            self._error = LinkLostError("the connection was being closed already")
        self._end()

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._connection.paused:
            self._connection.resume_writing()  # the application may wait in send()

    @property
    def writable(self) -> bool:
        # websockets' own server may have begun to close it, as when it shuts down.
        return self._writable and self._protocol.state is State.OPEN

    def _gone(self, exc: Exception | None) -> None:
        super()._gone(exc)
        self._connection.connection_lost(exc)
