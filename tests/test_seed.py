"""The defects of the Go library that this one descends from, as behaviours of ours."""

import asyncio
from collections.abc import Callable

import pytest

from ssc_rx import (
    BroadcastResult,
    DialError,
    DuplicateIdError,
    EmptyIdError,
    InvalidMessageError,
    Message,
    MessageType,
    Pool,
    PoolNotRunningError,
    PoolStartError,
    SocketClosed,
    SocketOpened,
    UnknownSocketError,
    WritesLost,
)
from ssc_rx.transports.memory import memory_pair
from tests.assertions import assert_accounted, assert_nothing_left
from tests.peers import (
    echo,
    masked,
    mute,
    open_client,
    shake_hands,
    silent,
    tcp_server,
    text_frame,
    websocket_server,
)
from tests.recorder import Recorder

DEADLINE = 2.0


async def stops(pool: Pool) -> None:
    """It returns within its deadline, and what a busy machine adds."""
    clock = asyncio.get_running_loop()
    begun = clock.time()
    await pool.stop(DEADLINE)
    assert clock.time() - begun < DEADLINE + 3.0
    assert pool.stats().state == "stopped"
    assert len(pool) == 0
    await assert_nothing_left()


async def test_an_empty_pool_stops(pool: Pool) -> None:
    await stops(pool)


async def test_a_pool_stops_whose_peers_are_healthy_but_silent(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        for n in range(3):
            await pool.add_server_socket(url, id=str(n))
        await stops(pool)


async def test_a_pool_stops_whose_peers_are_mute(pool: Pool, heard: Recorder) -> None:
    async with tcp_server(mute) as url:
        for n in range(3):
            await pool.add_server_socket(url, id=str(n))
        clock = asyncio.get_running_loop()
        begun = clock.time()
        await pool.stop(0.2)
        assert clock.time() - begun < 3.0
        assert [e.info.clean for e in heard.of(SocketClosed)] == [False] * 3
        assert "deadline of stop()" in str(heard.of(SocketClosed)[0].info.error)


async def test_a_pool_stops_whose_peers_all_left(pool: Pool, heard: Recorder) -> None:
    async def leave(connection: object) -> None: ...

    async with websocket_server(leave) as url:
        await pool.add_server_socket(url)
        await heard.event(SocketClosed)
        assert pool.list() == []
        await stops(pool)


async def test_a_pool_may_be_stopped_twice_and_at_once(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url)
        await asyncio.gather(pool.stop(DEADLINE), pool.stop(DEADLINE))
        await stops(pool)


async def test_stop_returns_when_the_last_socket_is_removed_meanwhile(
    pool: Pool,
) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        removal = pool.remove_socket("x")
        await stops(pool)
        assert (await removal).code == 1000


async def test_removing_a_silent_socket_works_and_frees_its_id(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        info = await pool.remove_socket("x", 4000, "bye")
        assert (info.code, info.reason, info.clean) == (4000, "bye", True)
        assert (pool.count(), pool.list()) == (0, [])
        with pytest.raises(UnknownSocketError):
            pool.write(Message.of("x", "lost"))
        await pool.add_server_socket(url, id="x")
        assert pool.list() == ["x"]


async def test_removing_a_socket_again_and_again_leaves_the_pool_working(
    pool: Pool,
) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        ends = [pool.remove_socket("x") for _ in range(3)]
        assert len({id(await end) for end in ends}) == 1
        with pytest.raises(UnknownSocketError):
            pool.remove_socket("x")
        await pool.add_server_socket(url, id="y")
        assert pool.count() == 1


async def test_one_that_is_slow_to_die_delays_nobody_elses_death(
    pool: Pool, heard: Recorder
) -> None:
    async with tcp_server(mute) as slow, websocket_server(silent) as quick:
        await pool.add_server_socket(slow, id="slow", close_timeout=10.0)
        await pool.add_server_socket(quick, id="quick")
        pool.remove_socket("slow")
        await pool.remove_socket("quick")
        assert pool.list() == ["slow"]
        await pool.stop(0)


@pytest.mark.parametrize("attempt", range(3))
async def test_a_failed_start_raises_closes_what_it_opened_and_leaves_no_task(
    make_pool: Callable[..., Pool], attempt: int
) -> None:
    async with websocket_server(silent) as url:
        pool = make_pool([url, "ws://127.0.0.1:1"])
        with pytest.raises(PoolStartError) as caught:
            await pool.start(require="all")
        assert [type(e) for e in caught.value.exceptions] == [DialError]
        assert (len(pool), pool.stats().state) == (0, "stopped")
        await assert_nothing_left()


@pytest.mark.parametrize("status", [b"200 OK", b"404 Not Found"])
async def test_a_dial_answered_with_plain_http_raises_our_error(
    pool: Pool, status: bytes
) -> None:
    async def http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nhi")
        await reader.read()

    async with tcp_server(http) as url:
        with pytest.raises(DialError, match="answered HTTP") as caught:
            await pool.add_server_socket(url)
    assert caught.value.status == int(status[:3])
    await assert_nothing_left()


@pytest.mark.parametrize("url", ["ws://127.0.0.1:1", "ws://no.such.host.invalid"])
async def test_a_refused_or_unresolvable_dial_raises_our_error(
    pool: Pool, url: str
) -> None:
    with pytest.raises(DialError):
        await pool.add_server_socket(url)
    assert pool.list() == []
    await assert_nothing_left()


async def test_one_peer_that_does_not_read_delays_no_write_to_another(
    pool: Pool, heard: Recorder
) -> None:
    async with tcp_server(mute) as slow, websocket_server(echo) as quick:
        await pool.add_server_socket(slow, id="slow", max_message_size=None)
        await pool.add_server_socket(quick, id="quick")
        stalled = pool["slow"]
        while not stalled.stats.queued:  # fill the kernel's buffers, then the outbox
            stalled.write(bytes(1_000_000))
            await asyncio.sleep(0)
        for n in range(10):
            assert "quick" not in pool.write_all(f"all {n}").closed
            pool.write(Message.of("quick", f"one {n}"))
        await heard.messages.reach(20)
        assert [m.id for m in heard.messages] == ["quick"] * 20
        await pool.add_server_socket(quick, id="another")
        assert_accounted(pool)
        await pool.stop(0)


async def test_an_unread_stream_blocks_nothing(pool: Pool) -> None:
    async with websocket_server(echo) as url:
        socket = await pool.add_server_socket(url, id="x")
        for n in range(3000):
            await pool.send(Message.of("x", str(n)))
        async with asyncio.timeout(10):
            while socket.messages_in < 3000:  # noqa: ASYNC110 - nobody is to subscribe
                await asyncio.sleep(0)
        await stops(pool)


async def test_two_sockets_never_share_an_id(pool: Pool) -> None:
    async with websocket_server(echo) as url:
        results = await asyncio.gather(
            *(pool.add_server_socket(url, id="x") for _ in range(5)),
            return_exceptions=True,
        )
        failures = [r for r in results if isinstance(r, Exception)]
        assert [type(e) for e in failures] == [DuplicateIdError] * 4
        assert pool.list() == ["x"]


async def test_all_writes_to_an_id_reach_its_one_socket(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        await pool.add_server_socket(url, id="x")
        for n in range(30):
            pool.write(Message.of("x", str(n)))
        await heard.messages.reach(30)
        assert [m.text for m in heard.messages] == [str(n) for n in range(30)]


async def test_an_empty_id_is_refused_before_anything_is_read(pool: Pool) -> None:
    with pytest.raises(EmptyIdError):
        await pool.add_client_socket("", memory_pair()[0])
    with pytest.raises(EmptyIdError):
        await pool.add_server_socket("ws://127.0.0.1:1", id="")
    with pytest.raises(EmptyIdError):
        pool.write(Message.of("", "x"))


async def test_client_and_server_sockets_can_be_told_apart(pool: Pool) -> None:
    async with websocket_server(silent) as url, pool.serve(id=lambda _: "c") as server:
        await pool.add_server_socket(url, id="s")
        _, writer, _ = await open_client(server.url)
        assert {id: pool[id].kind for id in pool} == {"s": "server", "c": "client"}
        writer.close()


@pytest.mark.parametrize("when", ["before start", "after stop"])
async def test_outside_its_running_time_a_pool_says_so_at_once(
    make_pool: Callable[..., Pool], when: str
) -> None:
    pool = make_pool()
    if when == "after stop":
        await pool.start()
        await pool.stop()
    for call in (
        lambda: pool.write(Message.of("x", "")),
        lambda: pool.write_all(""),
        lambda: pool.remove_socket("x"),
        lambda: pool.serve(),
    ):
        with pytest.raises(PoolNotRunningError):
            call()
    for coroutine in (pool.send(Message.of("x", "")), pool.add_server_socket("ws://x")):
        with pytest.raises(PoolNotRunningError):
            await coroutine


@pytest.mark.parametrize("kind", ["server", "client"])
async def test_a_pong_carries_the_pings_payload_and_passes_the_queue(
    pool: Pool, kind: str
) -> None:
    async def ping(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await shake_hands(reader, writer, more=b"\x89\x04tick")
        answered.set_result(await reader.readexactly(10))
        await reader.read()

    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes] = loop.create_future()
    async with tcp_server(ping) as url, pool.serve() as server:
        if kind == "server":
            await pool.add_server_socket(url, id="x")
            pong = await answered
            mask, payload = pong[2:6], pong[6:]
            payload = bytes(b ^ mask[n % 4] for n, b in enumerate(payload))
        else:
            reader, writer, _ = await open_client(server.url)
            writer.write(masked(b"\x89\x04tick"))
            pong = await reader.readexactly(6)
            payload = pong[2:]
            writer.close()
    assert pong[0] == 0x8A
    assert payload == b"tick"


async def test_writes_accepted_before_stop_are_flushed(pool: Pool) -> None:
    got: list[object] = []

    async def count(connection: object) -> None:
        got.extend([message async for message in connection])  # type: ignore[attr-defined]

    async with websocket_server(count) as url:
        await pool.add_server_socket(url, id="x")
        for n in range(200):
            pool.write(Message.of("x", str(n)))
        await pool.stop()
    assert got == [str(n) for n in range(200)]
    stats = pool.stats()
    assert (stats.accepted, stats.messages_out, stats.failed_total) == (200, 200, 0)


async def test_writes_that_can_not_be_flushed_are_reported(
    pool: Pool, heard: Recorder
) -> None:
    async with tcp_server(mute) as url:
        socket = await pool.add_server_socket(url, id="x")
        while socket.stats.queued < 3:
            socket.write(bytes(1_000_000))
            await asyncio.sleep(0)
        await pool.stop(0.1)
    (lost,) = heard.of(WritesLost)
    assert (lost.id, lost.reason) == ("x", "stopped")
    assert lost.messages >= 3
    assert lost.bytes == lost.messages * 1_000_000
    stats = pool.stats()
    assert stats.failed == {"stopped": lost.messages}
    assert stats.accepted == stats.messages_out + lost.messages


async def test_a_socket_added_while_the_pool_stops_is_refused_or_closed(
    pool: Pool,
) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        adding = asyncio.ensure_future(pool.add_server_socket(url, id="y"))
        await asyncio.sleep(0)
        stop = pool.stop(DEADLINE)
        with pytest.raises(PoolNotRunningError):
            await pool.add_server_socket(url, id="z")
        await stop
        with pytest.raises(Exception, match=r"is closing|is closed"):
            await adding
        assert pool.list() == []


async def test_a_buffer_changed_after_a_write_changes_nothing_on_the_wire(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        await pool.add_server_socket(url, id="x")
        buffer = bytearray(b"before")
        pool["x"].write(buffer)
        buffer[:] = b"after!"
        await heard.messages.reach(1)
        assert heard.messages[0].payload == b"before"


async def test_a_peers_close_is_echoed_and_told(pool: Pool, heard: Recorder) -> None:
    async with pool.serve() as server:
        reader, writer, _ = await open_client(server.url)
        writer.write(masked(b"\x88\x05\x0f\xa1bye"))
        assert await reader.read() == b"\x88\x05\x0f\xa1bye"
        info = (await heard.event(SocketClosed)).info
        assert (info.code, info.reason, info.by, info.clean) == (
            4001,
            "bye",
            "peer",
            True,
        )
        writer.close()


async def test_the_library_prints_nothing(
    pool: Pool, heard: Recorder, capfd: pytest.CaptureFixture[str]
) -> None:
    async with websocket_server(echo) as url, pool.serve() as server:
        await pool.add_server_socket(url, id="x")
        with pytest.raises(DialError):
            await pool.add_server_socket("ws://127.0.0.1:1")
        _, writer, _ = await open_client(server.url)
        writer.write(masked(text_frame("x")) + b"garbage garbage")
        await heard.event(SocketClosed, kind="client")
        pool.messages.subscribe(lambda _: 1 / 0)
        pool.write(Message.of("x", "raise"))
        await heard.messages.reach(2)
        await pool.stop()
        writer.close()
    assert capfd.readouterr() == ("", "")


async def test_an_add_lives_until_the_socket_closes_and_tells_how(
    pool: Pool, heard: Recorder
) -> None:
    async def handler(connection: object) -> None:
        ended.set_result(await pool.add_client_socket("x", connection))

    ended = asyncio.get_running_loop().create_future()
    async with websocket_server(handler) as url:
        _, writer, _ = await open_client(url)
        await heard.event(SocketOpened)
        assert not ended.done()
        writer.write(masked(b"\x88\x02\x03\xe8"))
        assert (await ended).code == 1000
        writer.close()


async def test_a_close_through_the_data_path_is_refused_by_name(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        with pytest.raises(InvalidMessageError, match="remove_socket"):
            pool.write(Message("x", MessageType.CLOSE))


async def test_a_broadcast_has_a_receipt_and_can_leave_some_out(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        for id in "abc":
            await pool.add_server_socket(url, id=id)
        assert pool.write_all("hi", exclude=["b"]) == BroadcastResult(queued=2)
        await heard.messages.reach(2)
        assert sorted(m.id for m in heard.messages) == ["a", "c"]
