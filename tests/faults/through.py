"""Sockets whose connection goes through a fault proxy, and what tests say of them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from ssc_rx import CloseInfo, LinkLostError, Pool, Socket, SocketClosed
from tests.fault_proxy import FaultProxy, Stream
from tests.peers import websocket_server
from tests.recorder import Recorder


class Far:
    """The peer: a plain websockets connection that reads all the time."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.texts: list[str] = []
        self._changed = asyncio.Event()
        self.reading = asyncio.create_task(self._read(), name="far end")

    async def _read(self) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for message in self.connection:
                self.texts.append(str(message))
                self._changed.set()

    async def reach(self, n: int) -> None:
        """Wait until it has read `n` messages; the test's time limit bounds it."""
        while len(self.texts) < n:
            self._changed.clear()
            await self._changed.wait()

    async def leave(self) -> None:
        """Be gone, whatever state it is in."""
        self.connection.transport.abort()
        await self.reading


@dataclass(frozen=True, slots=True)
class Through:
    """A socket of the pool, its peer, and the proxy between them.

    Attributes:
        to_pool: The proxy's name for what the pool reads.
        from_pool: The proxy's name for what the pool writes.
    """

    socket: Socket
    far: Far
    proxy: FaultProxy
    to_pool: Stream
    from_pool: Stream


Kind = Callable[..., AbstractAsyncContextManager[Through]]


@asynccontextmanager
async def dialled(
    pool: Pool, id: str = "faulty", **options: Any
) -> AsyncIterator[Through]:
    """A server socket."""
    arrived: asyncio.Future[Far] = asyncio.get_running_loop().create_future()

    async def handle(connection: ServerConnection) -> None:
        far = Far(connection)
        arrived.set_result(far)
        await far.reading

    async with websocket_server(handle) as url, FaultProxy(url) as proxy:
        socket = await pool.add_server_socket(proxy.url, id=id, **options)
        far = await arrived
        try:
            yield Through(socket, far, proxy, "downstream", "upstream")
        finally:
            await far.leave()


@asynccontextmanager
async def accepted(
    pool: Pool, id: str = "faulty", **options: Any
) -> AsyncIterator[Through]:
    """A client socket."""
    async with (
        pool.serve(id=lambda _: id, **options) as server,
        FaultProxy(server.url) as proxy,
    ):
        far = Far(await connect_to(proxy.url))
        try:
            yield Through(pool[id], far, proxy, "upstream", "downstream")
        finally:
            await far.leave()


KINDS: dict[str, Kind] = {"server socket": dialled, "client socket": accepted}


async def connect_to(url: str) -> Connection:
    """A plain websockets client."""
    return await connect(url, ping_interval=None, close_timeout=0.5, proxy=None)


class Healthy:
    """A socket to an echo, beside those that suffer."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self._echoed: asyncio.Queue[str] = asyncio.Queue()
        socket.messages.subscribe(lambda message: self._echoed.put_nowait(message.text))

    async def echoes(self, rounds: int = 10) -> None:
        """It still does, each message once and in order."""
        for n in range(rounds):
            self.socket.write(str(n))
            assert await self._echoed.get() == str(n)
        assert self._echoed.empty()


CLOSE_TIMEOUT_S = 0.2
"""Of the sockets that suffer."""
BUSY_S = 4.0
"""What a busy machine may add to a bound, and not more."""


def within(seconds: float) -> asyncio.Timeout:
    """A bound that `docs/behaviour.md` gives."""
    return asyncio.timeout(seconds + BUSY_S)


async def end_of(heard: Recorder, id: str = "faulty") -> CloseInfo:
    return (await heard.event(SocketClosed, id=id)).info


def texts(heard: Recorder, id: str = "faulty") -> list[str]:
    return [message.text for message in heard.messages if message.id == id]


async def received(heard: Recorder, n: int, id: str = "faulty") -> list[str]:
    """Wait until `n` messages came from a socket."""
    await heard.messages.until(lambda: len(texts(heard, id)) >= n)
    return texts(heard, id)


def assert_lost(info: CloseInfo) -> None:
    """The link went without a Close frame."""
    assert (info.code, info.by, info.clean) == (1006, "lost", False)
    assert isinstance(info.error, LinkLostError)


async def fill(through: Through, messages: int) -> None:
    """Write to a peer that reads nothing, until so many have to wait for it."""
    while through.socket.stats.queued < messages:
        through.socket.write("x" * 50_000)
        await asyncio.sleep(0)


async def both_ways(through: Through, heard: Recorder, sent: list[str]) -> None:
    """Send these texts from either end; all come to the other, in order."""
    for text in sent:
        through.socket.write(text)
        await through.far.connection.send(text)
    await through.far.reach(len(sent))
    assert through.far.texts == sent
    assert await received(heard, len(sent)) == sent
