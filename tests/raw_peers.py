"""Both kinds of socket, with the raw streams of their peer: it may send any bytes."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from websockets.asyncio.server import ServerConnection

from ssc_rx import Pool, Socket
from tests.peers import open_client, shake_hands, tcp_server, websocket_server

__all__ = [
    "KINDS",
    "Kind",
    "RawPeer",
    "accepted",
    "as_peer_of",
    "dialled",
    "taken_over",
]

RawPeer = tuple[Socket, asyncio.StreamReader, asyncio.StreamWriter]
Kind = Callable[..., AbstractAsyncContextManager[RawPeer]]


@asynccontextmanager
async def dialled(
    pool: Pool, id: str = "peer", *, extensions: str | None = None
) -> AsyncIterator[RawPeer]:
    """A server socket, and the raw streams of its peer."""
    arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    arrived = asyncio.get_running_loop().create_future()
    leave = asyncio.Event()

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        agreed = [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
        await shake_hands(reader, writer, headers=agreed)
        arrived.set_result((reader, writer))
        await leave.wait()

    async with tcp_server(behave) as url:
        socket = await pool.add_server_socket(url, id=id)
        try:
            yield (socket, *await arrived)
        finally:
            leave.set()


@asynccontextmanager
async def accepted(
    pool: Pool, id: str = "peer", *, extensions: str | None = None
) -> AsyncIterator[RawPeer]:
    """A client socket, and the raw streams of its peer."""
    offered = [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
    async with pool.serve(id=lambda _: id) as server:
        reader, writer, answer = await open_client(server.url, "/", *offered)
        try:
            assert " 101 " in answer
            yield pool[id], reader, writer
        finally:
            writer.transport.abort()


@asynccontextmanager
async def taken_over(
    pool: Pool, id: str = "peer", *, extensions: str | None = None
) -> AsyncIterator[RawPeer]:
    """A client socket that a route handler of websockets handed over."""

    async def handle(connection: ServerConnection) -> None:
        async with pool.add_client_socket(id, connection) as socket:
            opened.set_result(socket)
            await socket.wait_closed()

    opened: asyncio.Future[Socket] = asyncio.get_running_loop().create_future()
    offered = [f"Sec-WebSocket-Extensions: {extensions}"] if extensions else []
    limits: dict[str, object] = {
        "compression": "deflate" if extensions else None,
    }
    async with websocket_server(handle, **limits) as url:
        reader, writer, answer = await open_client(url, "/", *offered)
        try:
            assert " 101 " in answer
            yield await opened, reader, writer
        finally:
            writer.transport.abort()


KINDS: dict[str, Kind] = {
    "server socket": dialled,
    "client socket": accepted,
    "client socket of a handler": taken_over,
}


def as_peer_of(socket: Socket, frames: bytes) -> bytes:
    """Whole unmasked frames, as this socket's peer has to send them.

    Clients mask theirs (RFC 6455 section 5.1); here with a mask of zeros.
    """
    if socket.kind == "server":
        return frames
    out = bytearray()
    while frames:
        length = frames[1] & 0x7F
        head = 2 + {126: 2, 127: 8}.get(length, 0)
        size = int.from_bytes(frames[2:head], "big") if head > 2 else length
        out += frames[:1] + bytes([frames[1] | 0x80]) + frames[2:head] + bytes(4)
        out += frames[head : head + size]
        frames = frames[head + size :]
    return bytes(out)
