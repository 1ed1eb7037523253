"""The monitor of a real pool, over real Unix sockets."""

import asyncio
import os
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.asyncio.client import unix_connect
from websockets.exceptions import ConnectionClosed

from ssc_rx import Message, Pool
from ssc_rx.monitor import wire
from ssc_rx.monitor.server import MAX_VIEWERS
from tests.far_end import AddPeer
from tests.monitor.viewing import Viewing, attached

EVERYTHING = wire.Watch(wire.Selection())


async def test_it_says_who_it_is(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        (hello,) = viewing.of(wire.Hello)
    assert (hello.protocol, hello.pid, hello.pool) == (1, os.getpid(), "w")
    assert hello.level == "traffic"
    assert hello.started_at <= hello.time


async def test_it_tells_the_pool_s_own_counters(
    watched: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    async with attached(watched.monitor_path) as viewing:
        await viewing.reading()
        assert viewing.rows["a"].state == "open"
        for n in range(5):
            watched.write(Message.of("a", "x" * n))
        await peer.heard_texts(5)
        while viewing.rows["a"].messages_out < 5:
            row = await viewing.reading()
        own = watched.stats()
        assert viewing.rows["a"].bytes_out == own.bytes_out == 10
        assert (row.accepted, row.messages_out) == (own.accepted, own.messages_out)


async def test_sockets_that_come_and_go_are_told(
    watched: Pool, add_peer: AddPeer
) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.reading()
        await add_peer("a")
        await viewing.until(lambda: "a" in viewing.rows)
        watched.remove_socket("a", 4000, "enough")
        await viewing.until(lambda: "a" not in viewing.rows)
        await viewing.until(lambda: viewing.events[-1].name == "SocketClosed")
    closed = viewing.events[-1]
    assert closed.facts["info"]["code"] == 4000
    assert closed.facts["info"]["reason"] == "enough"
    names = [event.name for event in viewing.events]
    assert names == ["SocketOpening", "SocketOpened", "SocketClosed"]
    assert [event.sequence for event in viewing.events] == [1, 2, 3]


async def test_messages_of_both_directions_are_sampled(
    watched: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    async with attached(watched.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        await viewing.hear(wire.Messages)
        peer.send("in")
        watched.write(Message.of("a", b"\x00out"))
        await viewing.until(lambda: len(viewing.samples) == 2)
        batch = viewing.of(wire.Messages)[-1]
    found = {(s.direction, s.type, s.preview) for s in viewing.samples}
    assert found == {("in", 1, b"in"), ("out", 2, b"\x00out")}
    assert (batch.seen, batch.matched, batch.sent) == (2, 2, 2)


async def test_the_first_messages_of_a_newcomer_are_seen(
    watched: Pool, add_peer: AddPeer
) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        await viewing.hear(wire.Messages)
        peer = await add_peer("late")
        peer.send("first words")
        await viewing.until(lambda: viewing.samples)
    assert viewing.samples[0].preview == b"first words"


async def test_what_is_wanted_can_be_changed(watched: Pool, add_peer: AddPeer) -> None:
    a, b = await add_peer("a"), await add_peer("b")
    async with attached(watched.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        await viewing.hear(wire.Messages)
        await viewing.ask(wire.Watch(wire.Selection(words=("b",))))
        await viewing.ask(wire.Inspect(1))  # answered when the other is done
        await viewing.hear(wire.Details)
        a.send("1")
        b.send("2")
        await viewing.until(lambda: viewing.samples)
        assert [s.preview for s in viewing.samples] == [b"2"]
        await viewing.ask(wire.Watch())
        await viewing.ask(wire.Inspect(1))
        await viewing.hear(wire.Details)
        n = len(viewing.of(wire.Messages))
        await viewing.reading()
        await viewing.reading()
        assert len(viewing.of(wire.Messages)) == n


async def test_a_whole_payload_can_be_had(watched: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("a")
    async with attached(watched.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        await viewing.hear(wire.Messages)
        peer.send("x" * 5000)
        await viewing.until(lambda: viewing.samples)
        (sample,) = viewing.samples
        assert (sample.size, len(sample.preview)) == (5000, 256)
        await viewing.ask(wire.Get(sample.sequence))
        assert (await viewing.hear(wire.Payload)).payload == b"x" * 5000
        await viewing.ask(wire.Get(sample.sequence + 1))
        assert (await viewing.hear(wire.Payload)).payload is None


async def test_a_socket_can_be_inspected(watched: Pool) -> None:
    async with watched.serve(id=lambda request: "c") as server:
        secret = {"Authorization": "s3cr3t"}
        await watched.add_server_socket(
            server.url + "/?token=s3cr3t", id="s", headers=secret, tags=["feed"]
        )
        async with attached(watched.monitor_path) as viewing:
            await viewing.reading()
            for number in viewing.heads:
                await viewing.ask(wire.Inspect(number))
                details = await viewing.hear(wire.Details)
                assert b"s3cr3t" not in wire.encode(details)
                assert ("Authorization", "…") in details.headers
                assert details.path == "/?token=…"
            await viewing.ask(wire.Inspect(999))
            assert "left" in (await viewing.hear(wire.Problem)).text


async def test_at_level_stats_no_message_leaves(
    runtime: Path, make_pool: Callable[..., Pool]
) -> None:
    pool = make_pool(monitor="stats")
    async with pool, attached(pool.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        problem = await viewing.hear(wire.Problem)
        assert 'monitor="traffic"' in problem.text
        await viewing.ask(wire.Get(1))
        assert (await viewing.hear(wire.Payload)).payload is None
        await viewing.reading()
        assert not viewing.of(wire.Messages)


@pytest.mark.parametrize("answer", [b"hidden", None, ValueError("oops")])
async def test_the_user_s_hook_decides_what_is_shown(
    runtime: Path,
    make_pool: Callable[..., Pool],
    caplog: pytest.LogCaptureFixture,
    answer: object,
) -> None:
    def redact(message: Message) -> bytes:
        assert message.text == "secret"
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[return-value]

    pool = make_pool(monitor="traffic", redact=redact)
    async with pool, pool.serve(id=lambda request: "c") as server:
        await pool.add_server_socket(server.url, id="s")
        async with attached(pool.monitor_path) as viewing:
            await viewing.ask(EVERYTHING)
            await viewing.hear(wire.Messages)
            pool.write(Message.of("s", "secret"))
            await viewing.until(lambda: len(viewing.samples) == 2)
    shown = {sample.preview for sample in viewing.samples}
    assert shown == {answer if isinstance(answer, bytes) else b""}
    assert ("redact failed" in caplog.text) == (not isinstance(answer, bytes))


async def test_stopping_tells_the_viewers(watched: Pool, add_peer: AddPeer) -> None:
    await add_peer("a")
    async with attached(watched.monitor_path) as viewing:
        await viewing.reading()
        watched.stop()
        with pytest.raises(ConnectionClosed) as closed:
            await viewing.until(lambda: False)
    assert closed.value.rcvd is not None
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        1001,
        "the pool stopped",
    )
    assert viewing.events[-1].name == "SocketClosed"
    assert viewing.pool is not None
    assert (viewing.pool.state, viewing.pool.sockets) == ("stopping", 0)


async def test_a_mute_viewer_does_not_hold_up_stop(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        viewing.connection.transport.pause_reading()
        async with asyncio.timeout(5):
            await watched.stop(deadline=3)
    assert watched.stats().state == "stopped"


@pytest.mark.parametrize("deadline", [0, 0.0001])
async def test_stop_at_once_leaves_nothing(watched: Pool, deadline: float) -> None:
    path = watched.monitor_path
    async with attached(path) as viewing:
        await watched.stop(deadline)
        with pytest.raises(ConnectionClosed):
            await viewing.until(lambda: False)
    assert path is not None
    assert not path.exists()


async def test_it_does_not_watch_itself(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.ask(EVERYTHING)
        row = await viewing.reading()
        assert (row.sockets, row.messages_in, row.accepted) == (0, 0, 0)
        assert viewing.samples == []


async def test_the_loop_s_lag_is_told(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.reading()
        await viewing.reading()
        end = asyncio.get_running_loop().time() + 0.3
        while asyncio.get_running_loop().time() < end:
            pass  # the loop is blocked
        lags = [(await viewing.reading()).lag for _ in range(2)]
    assert max(lags) > 0.2


async def test_many_viewers_see_the_same(watched: Pool, add_peer: AddPeer) -> None:
    await add_peer("a")
    async with AsyncExitStack() as stack:
        viewings: list[Viewing] = []
        for _ in range(MAX_VIEWERS):
            viewing = await stack.enter_async_context(attached(watched.monitor_path))
            viewings.append(viewing)
        watched.write(Message.of("a", "to all"))
        for viewing in viewings:
            await viewing.until(lambda v=viewing: v.pool and v.rows["a"].messages_out)


async def test_unix_connect_is_all_a_viewer_needs(watched: Pool) -> None:
    async with unix_connect(
        str(watched.monitor_path),
        "ws://localhost/",
        subprotocols=["ssc-monitor.v1"],  # type: ignore[list-item]
    ) as connection:
        assert '"t":"hello"' in str(await connection.recv())
