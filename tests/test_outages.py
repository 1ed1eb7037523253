"""Servers that refuse, die and come back, on real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from ssc_rx import (
    DialError,
    DialFailed,
    Message,
    Pool,
    Reconnect,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
)
from tests.assertions import assert_accounted, assert_delivered, assert_nothing_left
from tests.peers import echo, shake_hands, silent, tcp_server, websocket_server
from tests.recorder import Recorder, Seen

SOON = Reconnect(min_delay=0.01, max_delay=0.05)
LATER = Reconnect(min_delay=60, max_delay=60, jitter=lambda: 1.0)


@pytest.fixture
async def pool(make_pool: Callable[..., Pool]) -> Pool:
    """A running pool that dials again soon."""
    pool = make_pool(ping_interval=None, close_timeout=1.0, reconnect=SOON)
    await pool.start()
    return pool


@asynccontextmanager
async def server_at(port: int, handler: Any = echo) -> AsyncIterator[int]:
    """A server on a port of our choice, if it isn't 0."""
    async with serve(handler, "127.0.0.1", port, close_timeout=0.5) as server:
        yield next(iter(server.sockets)).getsockname()[1]


async def test_a_server_dies_and_returns_on_the_same_port(
    pool: Pool, heard: Recorder
) -> None:
    async with server_at(0) as port:
        socket = await pool.add_server_socket(f"ws://127.0.0.1:{port}", id="x")
        own = Seen(socket.messages)
        pool.write(Message.of("x", "one"))
        await own.reach(1)
    scheduled = await heard.event(ReconnectScheduled)
    assert scheduled.info is not None
    assert scheduled.info.code == 1001
    await heard.event(DialFailed)
    with pytest.raises(SocketClosedError, match="reconnecting"):
        socket.write("refused")
    send = asyncio.ensure_future(pool.send(Message.of("x", "two")))
    async with server_at(port):
        opened = await heard.event(SocketOpened, generation=2)
        assert opened.gap is not None
        assert opened.gap > 0
        await send
        await own.reach(2)
        assert_delivered(heard.messages, "x", "one", "two")
        assert_accounted(pool)
        await socket.close()
    assert own.completed
    assert len(heard.of(SocketClosed)) == 1


def answering(*answers: bytes) -> Callable[..., Any]:
    """A server that gives these answers, each to one request, then WebSockets."""
    left = list(answers)

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if not left:
            await shake_hands(reader, writer)
            await reader.read()
            return
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + left.pop(0) + b"Content-Length: 0\r\n\r\n")
        await reader.read()

    return behave


@pytest.mark.parametrize("status", [b"429 Too Many Requests", b"503 Busy"])
async def test_retry_after_is_a_lower_bound(
    pool: Pool, heard: Recorder, status: bytes
) -> None:
    busy = status + b"\r\nRetry-After: 86400\r\n"
    async with tcp_server(answering(busy)) as url:
        async with websocket_server(lambda c: c.close(1012, "restart")) as first:
            urls = iter([first, url])
            await pool.add_server_socket(lambda: next(urls), id="x")
            failed = await heard.event(ReconnectScheduled, info=None)
        assert isinstance(failed.error, DialError)
        assert failed.error.retry_after == 86_400
        assert 86_400 <= failed.delay <= 86_400 + SOON.max_delay
        assert pool["x"].state == "reconnecting"
        await pool.remove_socket("x")


async def test_a_403_is_the_end(pool: Pool, heard: Recorder) -> None:
    async with (
        tcp_server(answering(b"403 Forbidden\r\n")) as forbidden,
        websocket_server(lambda c: c.close(1012, "restart")) as first,
    ):
        urls = iter([first, forbidden])
        socket = await pool.add_server_socket(lambda: next(urls), id="x")
        info = await socket.wait_closed()
    assert (info.code, info.reason) == (1012, "restart")
    assert [type(e) for e in heard.events][2:] == [
        ReconnectScheduled,
        DialFailed,
        SocketClosed,
    ]
    assert pool.list() == []


@pytest.mark.parametrize(
    ("code", "again"), [(1000, True), (1012, True), (4000, True), (1008, False)]
)
async def test_what_a_close_code_says(
    pool: Pool, heard: Recorder, code: int, again: bool
) -> None:
    async def close_once(connection: ServerConnection) -> None:
        seen.append(connection)
        if len(seen) == 1:
            await connection.close(code, "because")
        await connection.wait_closed()

    seen: list[ServerConnection] = []
    async with websocket_server(close_once) as url:
        socket = await pool.add_server_socket(url)
        if again:
            await heard.event(SocketOpened, generation=2)
            assert socket.state == "open"
        else:
            assert (await socket.wait_closed()).reason == "because"
            assert len(seen) == 1


async def test_a_peer_that_breaks_the_protocol_is_not_dialled_again(
    pool: Pool, heard: Recorder
) -> None:
    async def rude(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer, more=b"\xff\xff")
        await reader.read()

    async with tcp_server(rude) as url:
        socket = await pool.add_server_socket(url)
        assert (await socket.wait_closed()).code == 1002
    assert heard.of(ReconnectScheduled) == []


async def test_on_open_logs_in_at_every_opening(pool: Pool, heard: Recorder) -> None:
    async def guarded(connection: ServerConnection) -> None:
        heard_texts.append(str(await connection.recv()))
        await connection.send("welcome")
        heard_texts.append(str(await connection.recv()))
        if len(heard_texts) < 6:
            connection.transport.abort()
            return
        heard_texts.append(str(await connection.recv()))
        all_heard.set()

    async def log_in(socket: Socket) -> None:
        welcome = asyncio.get_running_loop().create_future()
        with socket.messages.subscribe(lambda m: welcome.set_result(m.text)):
            socket.write(f"token {next(tokens)}")
            await welcome
        socket.write("subscribe")

    heard_texts: list[str] = []
    all_heard = asyncio.Event()
    tokens = iter(range(9))
    async with websocket_server(guarded) as url:
        await pool.add_server_socket(url, id="x", on_open=log_in)
        await heard.event(SocketOpened, generation=3)
        await pool.send(Message.of("x", "hello"))
        await all_heard.wait()
        logins = [
            f"token {n}" if k == 0 else "subscribe" for n in range(3) for k in (0, 1)
        ]
        assert heard_texts == [*logins, "hello"]


async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("during", ["back-off", "dial"])
@pytest.mark.parametrize("end", ["remove", "close", "stop"])
async def test_an_end_while_it_is_away_leaves_nothing(
    pool: Pool, heard: Recorder, during: str, end: str
) -> None:
    dials: list[None] = []
    dialled_again = asyncio.Event()

    def url() -> str:
        dials.append(None)
        if len(dials) == 1:
            return first
        dialled_again.set()
        return deaf

    async with (
        websocket_server(lambda c: c.close(1012)) as first,
        tcp_server(never) as deaf,
    ):
        reconnect = SOON if during == "dial" else LATER
        socket = await pool.add_server_socket(url, id="x", reconnect=reconnect)
        await heard.event(ReconnectScheduled)
        if during == "dial":
            await dialled_again.wait()
            await asyncio.sleep(0)
        if end == "remove":
            pool.remove_socket("x")
        elif end == "close":
            socket.close()
        else:
            pool.stop()
        assert socket.state == "closed"
        assert len(pool) == 0
        await pool.stop(0.5)
        assert_accounted(pool)
        await assert_nothing_left()


async def test_a_silent_server_that_is_gone_is_noticed_and_dialled_again(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(ping_interval=0.05, ping_timeout=0.05, reconnect=SOON)
    heard = Recorder(pool)
    async with websocket_server(silent) as url:
        await pool.start()

        async def mute_once(
            reader: asyncio.StreamReader, writer: asyncio.StreamWriter
        ) -> None:
            await shake_hands(reader, writer)
            await asyncio.get_running_loop().create_future()

        async with tcp_server(mute_once) as mute:
            urls = iter([mute])
            await pool.add_server_socket(lambda: next(urls, url), id="x")
            scheduled = await heard.event(ReconnectScheduled)
            assert scheduled.info is not None
            assert scheduled.info.code == 1011
            await heard.event(SocketOpened, generation=2)
