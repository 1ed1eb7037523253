"""The far end of a connection: websockets' Sans-I/O protocol, and nothing of ours."""

import asyncio
import itertools
import socket
import struct
from collections.abc import Callable, Sequence
from typing import Protocol, cast

from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

__all__ = ["FarEnd", "Owner", "cut", "dial", "leave"]

LAST_TURNS = 5
LEAVE_S = 5.0
_open: set["FarEnd"] = set()  # of this process
_DATA = (Opcode.TEXT, Opcode.BINARY)
_CUT = struct.pack("ii", 1, 0)


def cut(transport: asyncio.BaseTransport) -> None:
    """End a connection at once, with a TCP reset: what is under way is lost."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.fileno() != -1:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _CUT)
    cast(asyncio.Transport, transport).abort()


class Owner(Protocol):
    """What hears of a far end."""

    def requested(self, far: "FarEnd", path: str) -> None:
        """A client of it asks for an upgrade; `far.answer()` gives it."""

    def opened(self, far: "FarEnd") -> None:
        """It is open."""

    def received(self, far: "FarEnd", frames: Sequence[Frame]) -> None:
        """Whole messages came."""

    def closed(self, far: "FarEnd") -> None:
        """The connection is gone; the last call."""


class FarEnd(asyncio.Protocol):
    """A peer of the pool.

    Attributes:
        owner: Who hears of it.
        read_raw: Gets what is read from now on, as it is, if set.
        transport: Its connection.
    """

    def __init__(self, protocol: ServerProtocol | ClientProtocol, owner: Owner) -> None:
        self._protocol = protocol
        self._request: Request | None = None
        self.owner = owner
        self.read_raw: Callable[[bytes], object] | None = None
        self.transport: asyncio.Transport

    @classmethod
    def accepts(cls, owner: Owner) -> "FarEnd":
        """One that waits for the pool's opening handshake."""
        return cls(ServerProtocol(max_size=None), owner)

    @property
    def clean(self) -> bool:
        """Whether both sides have sent a Close frame."""
        protocol = self._protocol
        return protocol.close_rcvd is not None and protocol.close_sent is not None

    @property
    def close_code(self) -> int | None:
        """The code of the pool's Close frame; `None` without one."""
        received = self._protocol.close_rcvd
        return None if received is None else int(received.code)

    @property
    def writable(self) -> bool:
        """Whether messages may be sent."""
        return self._protocol.state is State.OPEN and not self.transport.is_closing()

    def answer(self) -> None:
        """Open the connection that was requested."""
        assert isinstance(self._protocol, ServerProtocol)
        assert self._request is not None
        if self.transport.is_closing():
            return
        self._protocol.send_response(self._protocol.accept(self._request))
        self._send()
        self.owner.opened(self)

    def send(self, payloads: Sequence[tuple[Opcode, bytes]]) -> None:
        """Send messages in one write."""
        protocol = self._protocol
        for opcode, payload in payloads:
            if opcode is Opcode.TEXT:
                protocol.send_text(payload)
            else:
                protocol.send_binary(payload)
        self.transport.write(b"".join(protocol.data_to_send()))

    def close(self, code: int) -> None:
        """Send a Close frame."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code)
            self._send()

    def kill(self) -> None:
        """Reset the connection."""
        cut(self.transport)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        _open.add(self)
        if isinstance(self._protocol, ClientProtocol):
            self._protocol.send_request(self._protocol.connect())
            self._send()

    def data_received(self, data: bytes) -> None:
        if self.read_raw is not None:
            self.read_raw(data)
            return
        self._protocol.receive_data(data)
        frames: list[Frame] = []
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._request = event
                self.owner.requested(self, event.path)
            elif isinstance(event, Response):
                if self._protocol.handshake_exc is None:
                    self.owner.opened(self)
            elif event.opcode in _DATA:
                assert event.fin  # the pool sends messages whole
                frames.append(event)
        if frames:
            self.owner.received(self, frames)
        self._send()

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        _open.discard(self)
        self._protocol.receive_eof()
        self._protocol.data_to_send()
        self.owner.closed(self)

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if self.transport.is_closing():
                continue
            if data:
                self.transport.write(data)
            elif self.transport.can_write_eof():
                self.transport.write_eof()


async def leave() -> None:
    """Cut what is open yet, and let it go, with those who were just accepted."""
    async with asyncio.timeout(LEAVE_S):
        for turn in itertools.count():
            for far in list(_open):
                far.kill()
            if not _open and turn >= LAST_TURNS:
                return
            await asyncio.sleep(0)


async def dial(
    url: str, owner: Owner, path: str = "/", receive_buffer_bytes: int | None = None
) -> FarEnd:
    """Connect to the pool's server; the opening handshake is still to come.

    `receive_buffer_bytes` bounds what the operating system keeps for a peer that doesn't
    read; `None`: as the system likes.
    """
    uri = parse_uri(url + path)
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    try:
        sock.setblocking(False)
        if receive_buffer_bytes is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        await loop.sock_connect(sock, (uri.host, uri.port))
    except BaseException:
        sock.close()
        raise
    _, far = await loop.create_connection(
        lambda: FarEnd(ClientProtocol(uri, max_size=None), owner), sock=sock
    )
    return far
