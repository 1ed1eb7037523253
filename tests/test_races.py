"""Ends that come at every moment: while dialling, while accepting, inside any event."""

import asyncio
import gc
import socket as socket_module
import struct
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from ssc_rx import (
    DialError,
    DialFailed,
    Event,
    Message,
    Pool,
    PoolNotRunningError,
    PoolStopped,
    ServeError,
    Socket,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    SocketOpening,
    WriteRefused,
    WritesLost,
)
from tests.assertions import assert_accounted, assert_nothing_left
from tests.peers import masked, open_client, silent, tcp_server, websocket_server
from tests.recorder import Recorder

End = Callable[[Pool, str], Any]
ENDS: dict[str, End] = {
    "remove": lambda pool, name: pool.remove_socket(name),
    "close": lambda pool, name: pool[name].close(),
    "stop": lambda pool, _: pool.stop(0.1),
    "stop at once": lambda pool, _: pool.stop(0),
}


async def ended(pool: Pool) -> None:
    async with asyncio.timeout(5):
        await pool.stop(0.1)
    assert pool.list() == []
    assert_accounted(pool)
    await assert_nothing_left()


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("turns", range(0, 24, 3))
async def test_an_end_at_any_turn_of_a_dial_leaves_nothing(
    pool: Pool, end: End, turns: int
) -> None:
    async with websocket_server(silent) as url:
        dial = asyncio.ensure_future(pool.add_server_socket(url, id="x"))
        for _ in range(turns):
            await asyncio.sleep(0)
        if "x" in pool:
            end(pool, "x")
        result = (await asyncio.gather(dial, return_exceptions=True))[0]
        assert isinstance(result, Socket | SocketClosedError | PoolNotRunningError)
        await ended(pool)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_an_end_just_when_a_dial_succeeded_leaves_nothing(
    pool: Pool, end: End
) -> None:
    def when_done(_: object) -> None:
        end(pool, "x")

    async with websocket_server(silent) as url:
        dial = asyncio.ensure_future(pool.add_server_socket(url, id="x"))
        await asyncio.sleep(0)
        (task,) = [t for t in asyncio.all_tasks() if t.get_name() == "ssc-rx opens x"]
        task.add_done_callback(when_done)
        results = await asyncio.gather(dial, return_exceptions=True)
        assert isinstance(results[0], Socket | SocketClosedError)
        await ended(pool)


@pytest.mark.parametrize(
    "kind", [SocketOpening, SocketOpened, SocketClosed, WritesLost]
)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("side", ["server", "client"])
async def test_an_end_inside_any_event_leaves_nothing(
    pool: Pool, end: End, kind: type[Event], side: str
) -> None:
    def react(event: Event) -> None:
        if isinstance(event, kind) and event.id in pool:
            end(pool, event.id)

    pool.events.subscribe(react)
    if side == "server":
        async with websocket_server(silent) as url:
            results = await asyncio.gather(
                pool.add_server_socket(url, id="x"), return_exceptions=True
            )
            assert isinstance(results[0], Socket | SocketClosedError)
            await ended(pool)
    else:
        async with pool.serve(id=lambda _: "x") as server:
            dial = asyncio.ensure_future(
                connect(server.url, open_timeout=5).__aenter__()
            )
            await asyncio.wait([dial], timeout=0.05)
            await ended(pool)
            await asyncio.gather(dial, return_exceptions=True)
            if not dial.cancelled() and dial.exception() is None:
                dial.result().transport.abort()


async def test_sockets_that_are_gone_are_not_kept(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(ping_interval=3600)
    await pool.start()
    async with websocket_server(silent) as url:
        for _ in range(150):
            socket = await pool.add_server_socket(url, id="x")
            await socket.close()
        del socket
    gc.collect()
    # Not isinstance(), which asks proxies of what is gone.
    kept = [o for o in gc.get_objects() if type(o) is Socket and o.id == "x"]
    assert len(kept) < 120


async def test_a_reset_connection_takes_no_more_and_its_queue_is_lost(
    pool: Pool, heard: Recorder, caplog: pytest.LogCaptureFixture
) -> None:
    async with pool.serve(id=lambda _: "x") as server:
        _, writer, _ = await open_client(server.url)
        raw = writer.transport.get_extra_info("socket")
        raw.setsockopt(
            socket_module.SOL_SOCKET, socket_module.SO_LINGER, struct.pack("ii", 1, 0)
        )
        writer.transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if "x" in pool:
            for _ in range(40):
                pool["x"].write(bytes(65_000))
        await heard.event(SocketClosed)
    stats = pool.stats()
    assert stats.messages_out <= 2
    assert stats.accepted == stats.messages_out + stats.failed_total
    assert "socket.send() raised" not in caplog.text


async def test_a_connection_that_its_peer_is_closing_is_taken_over_as_such(
    pool: Pool, heard: Recorder
) -> None:
    async def late(connection: ServerConnection) -> None:
        while connection.protocol.close_rcvd is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await pool.add_client_socket("x", connection)

    async with websocket_server(late) as url:
        _, writer, _ = await open_client(url)
        writer.write(masked(b"\x88\x02\x03\xe8"))
        info = (await heard.event(SocketClosed)).info
        assert (info.code, info.by) == (1000, "peer")
        writer.close()


async def test_a_connection_that_is_being_closed_by_us_is_taken_over_as_such(
    pool: Pool, heard: Recorder
) -> None:
    async def closing(connection: ServerConnection) -> None:
        close = asyncio.ensure_future(connection.close(4001))
        while connection.protocol.close_sent is None:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await pool.add_client_socket("x", connection)
        await close

    async with websocket_server(closing) as url:
        _, writer, _ = await open_client(url)
        info = (await heard.event(SocketClosed)).info
        assert info.code == 4001
        writer.close()


async def test_a_connection_whose_writing_is_paused_stays_paused(
    pool: Pool, heard: Recorder
) -> None:
    async def full(connection: ServerConnection) -> None:
        connection.transport.set_write_buffer_limits(1024)
        while not connection.paused:
            connection.protocol.send_binary(bytes(100_000))
            connection.send_data()
        async with pool.add_client_socket("x", connection) as socket:
            socket.write("waits")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            queued.set_result(socket.stats.queued)
            await socket.wait_closed()

    queued = asyncio.get_running_loop().create_future()
    async with websocket_server(full) as url:
        _, writer, _ = await open_client(url)
        assert await queued == 1
        writer.transport.abort()
        await heard.event(SocketClosed)


async def test_a_server_listens_once_and_on_a_running_pool_only(pool: Pool) -> None:
    server = pool.serve()
    async with server:
        port = server.port
        with pytest.raises(ServeError, match="listens once"):
            await server.__aenter__()
    with pytest.raises(ServeError, match="listens once"):
        await server.__aenter__()
    late = pool.serve()
    await pool.stop()
    with pytest.raises(PoolNotRunningError):
        await late.__aenter__()
    with pytest.raises(OSError, match=r"111|refused"):
        await asyncio.open_connection("127.0.0.1", port)


async def test_a_stop_while_it_begins_to_listen_wins(pool: Pool) -> None:
    entering = asyncio.ensure_future(pool.serve("localhost").__aenter__())
    await asyncio.sleep(0)
    await pool.stop(0)
    with pytest.raises(PoolNotRunningError):
        await entering


async def test_a_request_under_way_is_answered_503_when_the_pool_stops(
    pool: Pool,
) -> None:
    async def slow(_: Any) -> None:
        asked.set()
        await go.wait()

    asked, go = asyncio.Event(), asyncio.Event()
    server = await pool.serve(process_request=slow).__aenter__()
    client = asyncio.ensure_future(open_client(server.url))
    await asked.wait()
    stop = pool.stop(5)
    go.set()
    _, writer, answer = await client
    assert " 503 " in answer.partition("\r\n")[0]
    await stop
    writer.close()


async def test_a_peer_that_asked_for_nothing_does_not_hold_up_stop(pool: Pool) -> None:
    server = await pool.serve().__aenter__()
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    await asyncio.sleep(0)
    async with asyncio.timeout(2):
        await pool.stop(60)
    writer.close()
    await assert_nothing_left()


async def test_an_answer_that_is_no_http_is_told_at_once(pool: Pool) -> None:
    async def garbage(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(b"GARBAGE\r\n\r\n")
        await reader.read()

    async with tcp_server(garbage) as url, asyncio.timeout(5):
        with pytest.raises(DialError, match="did not answer in HTTP"):
            await pool.add_server_socket(url, open_timeout=60)


async def test_nothing_comes_after_the_last_event(pool: Pool) -> None:
    seen: list[Event] = []

    def stubborn(event: Event) -> None:
        seen.append(event)
        if isinstance(event, WriteRefused | PoolStopped):
            pool.writes.on_next(Message.of("nobody", ""))

    pool.events.subscribe(stubborn)
    await pool.stop()
    assert [type(e) for e in seen] == [PoolStopped]
    assert pool.stats().subscriber_failures == 0


async def test_a_pool_whose_loop_was_closed_says_so() -> None:
    def elsewhere() -> Pool:
        pool = Pool()
        asyncio.run(pool.start())
        return pool

    pool = await asyncio.get_running_loop().run_in_executor(None, elsewhere)
    pool._thread = __import__("threading").get_ident()
    with pytest.raises(PoolNotRunningError, match="left by its event loop"):
        pool.stop()
    with pytest.raises(PoolNotRunningError, match="left by its event loop"):
        await pool.add_server_socket("ws://127.0.0.1:1")


async def test_a_forgotten_await_is_warned_of(pool: Pool) -> None:
    from ssc_rx.transports.memory import memory_pair

    near, _ = memory_pair()
    with pytest.warns(RuntimeWarning, match="never awaited"):
        pool.add_client_socket("x", near)
    assert pool.list() == []


async def test_a_dial_that_failed_may_be_tried_again_inside_its_event(
    pool: Pool, heard: Recorder
) -> None:
    tasks: list[asyncio.Future[Any]] = []

    def again(event: Event) -> None:
        if isinstance(event, DialFailed) and len(tasks) < 3:
            dial = pool.add_server_socket("ws://127.0.0.1:1", id="x")
            tasks.append(asyncio.ensure_future(dial))

    pool.events.subscribe(again)
    with pytest.raises(DialError):
        await pool.add_server_socket("ws://127.0.0.1:1", id="x")
    await heard.events.until(lambda: len(heard.of(DialFailed)) == 4)
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(r) for r in results] == [DialError] * 3
