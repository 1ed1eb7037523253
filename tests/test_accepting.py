"""Client sockets from a route handler of a websockets server."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from ssc_rx import (
    CloseInfo,
    DuplicateIdError,
    InvalidOptionError,
    LinkLostError,
    Message,
    OriginRefusedError,
    Pool,
    PoolNotRunningError,
    SocketClosed,
    SocketOpened,
)
from tests.assertions import assert_delivered
from tests.peers import masked, open_client, websocket_server
from tests.recorder import Recorder

Handler = Callable[[ServerConnection], Awaitable[None]]


class Outcome:
    """What became of a handler, told to the test."""

    def __init__(self) -> None:
        self._future = asyncio.get_running_loop().create_future()

    def handler(self, work: Callable[[ServerConnection], Awaitable[Any]]) -> Handler:
        async def handle(connection: ServerConnection) -> None:
            try:
                self._future.set_result(await work(connection))
            except BaseException as error:
                self._future.set_exception(error)
                if isinstance(error, asyncio.CancelledError):
                    raise

        return handle

    async def __call__(self) -> Any:
        return await self._future


async def test_the_one_line_that_a_handler_needs(pool: Pool, heard: Recorder) -> None:
    outcome = Outcome()
    handler = outcome.handler(lambda ws: pool.add_client_socket("x", ws))
    async with websocket_server(handler) as url:
        async with connect(url) as peer:
            await peer.send("hello")
            await peer.send(b"bytes")
            await heard.messages.reach(2)
            pool.write(Message.of("x", "answer"))
            assert await peer.recv() == "answer"
            assert pool["x"].kind == "client"
            assert pool["x"].request.path == "/"
            await peer.close(4001, "bye")
        info = await outcome()
    assert isinstance(info, CloseInfo)
    assert (info.code, info.reason, info.by, info.clean) == (4001, "bye", "peer", True)
    assert [m.payload for m in heard.messages] == [b"hello", b"bytes"]


async def test_what_came_before_the_handler_ran_is_delivered_first(
    pool: Pool, heard: Recorder
) -> None:
    async def late(connection: ServerConnection) -> None:
        greeting = await connection.recv()  # the application's own opening
        assert greeting == "login"
        while len(connection.recv_messages.frames) < 3:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await pool.add_client_socket("x", connection)

    async with websocket_server(late, compression="deflate") as url:
        async with connect(url) as peer:
            for text in ("login", "a", "b", "c"):
                await peer.send(text)
            await heard.event(SocketOpened)
            await peer.send("d")
            await heard.messages.reach(4)
        await heard.event(SocketClosed)
    assert_delivered(heard.messages, "x", "a", "b", "c", "d")


async def test_a_half_received_message_is_waited_for(
    pool: Pool, heard: Recorder
) -> None:
    async def fragments() -> Any:
        yield "one "
        await began.wait()
        yield "whole"

    async def half(connection: ServerConnection) -> None:
        while connection.protocol.current_size is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
        asyncio.get_running_loop().call_soon(began.set)
        await pool.add_client_socket("x", connection)

    began = asyncio.Event()
    async with websocket_server(half) as url, connect(url) as peer:
        await peer.send(fragments())
        await heard.messages.reach(1)
        await peer.send("next")
        await heard.messages.reach(2)
    assert_delivered(heard.messages, "x", "one whole", "next")


async def test_half_a_message_is_not_waited_for_without_end(
    pool: Pool, heard: Recorder
) -> None:
    async def late(connection: ServerConnection) -> CloseInfo:
        while connection.protocol.current_size is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
        return await pool.add_client_socket("x", connection, open_timeout=0.1)

    outcome = Outcome()
    async with websocket_server(outcome.handler(late)) as url:
        _, writer, _ = await open_client(url)
        writer.write(masked(b"\x01\x01h"))
        async with asyncio.timeout(5):
            with pytest.raises(LinkLostError, match=r"open_timeout=0\.1 s"):
                await outcome()
        assert pool.list() == []
        writer.transport.abort()
    assert heard.of(SocketOpened) == []


async def test_a_peer_that_left_before_is_a_closed_socket(
    pool: Pool, heard: Recorder
) -> None:
    outcome = Outcome()

    async def too_late(connection: ServerConnection) -> CloseInfo:
        await connection.wait_closed()
        return await pool.add_client_socket("x", connection)

    async with websocket_server(outcome.handler(too_late)) as url:
        async with connect(url) as peer:
            await peer.send("last words")
        info = await outcome()
    assert (info.code, info.by) == (1000, "peer")
    assert_delivered(heard.messages, "x", "last words")
    assert pool.list() == []


@pytest.mark.parametrize(("error", "code"), [(None, 1000), (ValueError("mine"), 1011)])
async def test_leaving_the_context_closes(
    pool: Pool, error: Exception | None, code: int
) -> None:
    outcome = Outcome()

    async def body(connection: ServerConnection) -> None:
        async with pool.add_client_socket("x", connection, tags=["vip"]) as socket:
            assert socket.tags == {"vip"}
            await socket.send("welcome")
            if error is not None:
                raise error

    async with websocket_server(outcome.handler(body)) as url, connect(url) as peer:
        assert await peer.recv() == "welcome"
        with pytest.raises(ConnectionClosed):
            await peer.recv()
        assert peer.close_code == code
        if error is None:
            await outcome()
        else:
            with pytest.raises(ValueError, match="mine"):
                await outcome()
        assert pool.list() == []


@pytest.mark.parametrize("how", ["await", "async with"])
async def test_a_cancelled_handler_closes_with_1001(
    pool: Pool, heard: Recorder, how: str
) -> None:
    async def handler(connection: ServerConnection) -> None:
        tasks.append(asyncio.current_task())
        if how == "await":
            await pool.add_client_socket("x", connection)
        else:
            async with pool.add_client_socket("x", connection):
                await asyncio.get_running_loop().create_future()

    tasks: list[Any] = []
    async with websocket_server(handler) as url, connect(url) as peer:
        await heard.event(SocketOpened)
        tasks[0].cancel()
        with pytest.raises(ConnectionClosed):
            await peer.recv()
        assert peer.close_code == 1001
        assert tasks[0].cancelled() or await asyncio.wait(tasks)


async def test_it_may_be_made_a_task_of(pool: Pool, heard: Recorder) -> None:
    outcome = Outcome()

    async def handler(connection: ServerConnection) -> CloseInfo:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(pool.add_client_socket("x", connection))
        return task.result()

    async with websocket_server(outcome.handler(handler)) as url:
        async with connect(url):
            await heard.event(SocketOpened)
        assert (await outcome()).code == 1000


async def test_the_shutdown_of_the_websockets_server_is_seen(
    pool: Pool, heard: Recorder
) -> None:
    async def handler(connection: ServerConnection) -> None:
        await pool.add_client_socket("x", connection)

    async with websocket_server(handler) as url:
        peer = await connect(url)
        await heard.event(SocketOpened)
    await heard.event(SocketClosed)
    await peer.wait_closed()
    assert peer.close_code == 1001


async def test_the_stop_of_the_pool_ends_the_handler(
    pool: Pool, heard: Recorder
) -> None:
    outcome = Outcome()
    handler = outcome.handler(lambda ws: pool.add_client_socket("x", ws))
    async with websocket_server(handler) as url, connect(url) as peer:
        await heard.event(SocketOpened)
        await pool.stop()
        assert (await outcome()).code == 1001
        await peer.wait_closed()
        assert peer.close_code == 1001


async def test_a_taken_id_is_refused_before_anything_is_read(
    pool: Pool, heard: Recorder
) -> None:
    async def handler(connection: ServerConnection) -> None:
        try:
            await pool.add_client_socket("x", connection)
        except DuplicateIdError as error:
            await connection.send(str(error))
            raise

    async with websocket_server(handler) as url, connect(url):
        await heard.event(SocketOpened)
        async with connect(url) as second:
            assert "'x' is taken" in str(await second.recv())
        assert pool["x"].state == "open"


async def test_two_hosts_are_an_origin_refused_and_no_foreign_error(
    pool: Pool, heard: Recorder
) -> None:
    outcome = Outcome()
    handler = outcome.handler(lambda ws: pool.add_client_socket("x", ws))
    async with (
        websocket_server(handler) as url,
        connect(
            url,
            origin=url.replace("ws:", "http:"),  # type: ignore[arg-type]
            additional_headers=[("Host", "evil.example")],
        ),
    ):
        with pytest.raises(OriginRefusedError, match=r"evil\.example"):
            await outcome()
    assert heard.events == []


async def test_a_browser_from_elsewhere_is_refused(pool: Pool, heard: Recorder) -> None:
    outcome = Outcome()
    handler = outcome.handler(lambda ws: pool.add_client_socket("x", ws))
    async with (
        websocket_server(handler) as url,
        connect(url, origin="http://evil.example"),  # type: ignore[arg-type]
    ):
        with pytest.raises(OriginRefusedError, match=r"evil\.example"):
            await outcome()
    assert heard.events == []


@pytest.mark.parametrize("connection", [None, object(), "ws"])
async def test_what_is_no_connection_is_refused(pool: Pool, connection: Any) -> None:
    with pytest.raises(InvalidOptionError, match="don't know how to use"):
        pool.add_client_socket("x", connection)


async def test_a_pool_that_does_not_run_takes_nobody(make_pool: Any) -> None:
    outcome = Outcome()
    pool = make_pool()
    handler = outcome.handler(lambda ws: pool.add_client_socket("x", ws))
    async with websocket_server(handler) as url, connect(url):
        with pytest.raises(PoolNotRunningError):
            await outcome()
