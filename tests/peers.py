"""Peers of every character, on real sockets of this machine."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from websockets.asyncio.server import ServerConnection, serve
from websockets.utils import accept_key

Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Handler = Callable[[ServerConnection], Awaitable[None]]


async def echo(connection: ServerConnection) -> None:
    """Send everything back."""
    async for message in connection:
        await connection.send(message)


async def silent(connection: ServerConnection) -> None:
    """Say nothing, but answer pings and closes."""
    await connection.wait_closed()


@asynccontextmanager
async def websocket_server(
    handler: Handler = echo, **options: object
) -> AsyncIterator[str]:
    """A real websockets server; gives its URL."""
    quiet: dict[str, object] = {"ping_interval": None, "close_timeout": 0.5} | options
    async with serve(handler, "127.0.0.1", 0, **quiet) as server:  # type: ignore[arg-type]
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}"


@asynccontextmanager
async def tcp_server(behave: Streams) -> AsyncIterator[str]:
    """A TCP server that behaves as it likes; gives the ws:// URL to reach it."""
    tasks: set[asyncio.Task[None]] = set()
    ended = False

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await behave(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            if not ended:  # else asyncio.streams takes it for a failure of ours
                raise
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(run, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}"
    finally:
        ended = True
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def shake_hands(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    more: bytes = b"",
    *,
    headers: Sequence[str] = (),
) -> None:
    """Answer an opening handshake properly, with `more` in the same segment."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(
        line.split(": ", 1)[1]
        for line in request.split("\r\n")
        if line.lower().startswith("sec-websocket-key")
    )
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        b"Connection: Upgrade\r\nSec-WebSocket-Accept: "
        + "\r\n".join([accept_key(key), *headers]).encode()
        + b"\r\n\r\n"
        + more
    )


async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Shake hands, then neither read nor answer anything."""
    await shake_hands(reader, writer)
    await asyncio.get_running_loop().create_future()


async def open_client(
    url: str, path: str = "/", *headers: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, str]:
    """A raw client that asks for an upgrade; gives its streams and the answer."""
    host, _, port = url.removeprefix("ws://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    answer = (await reader.readuntil(b"\r\n\r\n")).decode()
    return reader, writer, answer


def text_frame(text: str) -> bytes:
    """An unmasked TEXT frame of less than 126 bytes."""
    payload = text.encode()
    return bytes([0x81, len(payload)]) + payload


def masked(frame: bytes) -> bytes:
    """The same short frame as a client sends it, with a mask of zeros."""
    return bytes([frame[0], frame[1] | 0x80]) + bytes(4) + frame[2:]
