"""Connections that are delayed, cut, silent, stopped and slowly closed."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from ssc_rx import (
    CloseTimeoutError,
    OutboxFullError,
    PingTimeoutError,
    Pool,
    PoolStopped,
    SocketClosedError,
    WritesLost,
)
from ssc_rx.options import Outbox
from tests.checker import Checker
from tests.faults.through import (
    CLOSE_TIMEOUT_S,
    Healthy,
    Kind,
    Through,
    assert_lost,
    both_ways,
    end_of,
    fill,
    received,
    texts,
    within,
)
from tests.peers import echo, websocket_server
from tests.recorder import Recorder
from tests.toxics import Bandwidth, Latency, LimitData, Slicer, SlowClose, Timeout

pytestmark = pytest.mark.slow

SIZES = [0, 1, 125, 126, 127, 1000]


# What delays and divides


async def test_latency_that_varies_changes_neither_order_nor_number(
    through: Through, heard: Recorder
) -> None:
    through.proxy.add(Latency(0.002, jitter_s=0.002, seed=1))
    await both_ways(through, heard, [str(n) for n in range(50)])


async def test_latency_shows_in_the_sockets_latency(
    pool: Pool, kind: Kind, healthy: Healthy
) -> None:
    async with kind(pool, ping_interval=0.02, ping_timeout=10.0) as through:
        through.proxy.add(Latency(0.02))
        async with asyncio.timeout(10):
            while (through.socket.latency or 0) < 0.03:
                await healthy.echoes(1)


async def test_a_byte_at_a_time_is_as_good_as_all_at_once(
    through: Through, heard: Recorder
) -> None:
    through.proxy.add(Slicer())
    await both_ways(through, heard, ["x" * size for size in SIZES])


async def test_little_bandwidth_delays_a_big_message_and_nobody_else(
    through: Through, heard: Recorder, healthy: Healthy
) -> None:
    through.proxy.add(Bandwidth(1_000_000))
    big = ["a" * 100_000, "b" * 100_000]
    sending = asyncio.ensure_future(both_ways(through, heard, big))
    await healthy.echoes()
    await sending


# What cuts


@pytest.mark.parametrize("how", ["cut", "reset_peer"])
async def test_a_link_that_is_cut_is_a_loss_at_once(
    pool: Pool, through: Through, heard: Recorder, healthy: Healthy, how: str
) -> None:
    await through.far.connection.send("before")
    assert await received(heard, 1) == ["before"]
    async with within(0):
        await getattr(through.proxy, how)()
        assert_lost(await end_of(heard))
    assert "faulty" not in pool
    with pytest.raises(SocketClosedError):
        through.socket.write("too late")
    assert heard.of(WritesLost) == []  # nothing was queued


@pytest.mark.parametrize("how", ["cut", "reset_peer"])
async def test_a_link_that_is_cut_under_traffic_is_accounted_for(
    pool: Pool, through: Through, heard: Recorder, healthy: Healthy, how: str
) -> None:
    checker = Checker()
    through.proxy.stop()
    while through.socket.stats.queued < 10:  # what the system holds is full
        through.socket.write(checker.next("faulty", padding=50_000))
        await asyncio.sleep(0)
    through.proxy.resume()
    await through.far.reach(3)
    await getattr(through.proxy, how)()
    assert_lost(await end_of(heard))
    await through.far.reading
    stats = through.socket.stats
    assert stats.balanced
    assert stats.queued == 0
    lost = heard.of(WritesLost)
    assert sum(event.messages for event in lost) == stats.failed_total
    assert {event.reason for event in lost} <= {"lost"}
    for text in through.far.texts:
        checker.received("faulty", text)
    assert checker.sent_on("faulty") == stats.accepted
    told = stats.failed_total
    assert checker.faults("faulty", lost=told, link_lost=True) == []


async def test_a_link_that_is_cut_in_mid_message_delivers_what_was_whole(
    through: Through, heard: Recorder
) -> None:
    mask_bytes = 4 if through.to_pool == "upstream" else 0
    first = 2 + mask_bytes + len("whole")
    through.proxy.add(LimitData(first + 10), through.to_pool)
    await through.far.connection.send("whole")
    await through.far.connection.send("x" * 100)
    assert_lost(await end_of(heard))
    assert texts(heard) == ["whole"]


async def test_the_far_end_never_reads_half_a_message(
    through: Through, heard: Recorder
) -> None:
    mask_bytes = 4 if through.from_pool == "upstream" else 0
    first = 2 + mask_bytes + len("whole")
    through.proxy.add(LimitData(first + 10), through.from_pool)
    through.socket.write("whole")
    through.socket.write("x" * 100)
    assert_lost(await end_of(heard))
    await through.far.reading
    assert through.far.texts == ["whole"]


# What falls silent


async def test_a_half_open_link_is_noticed_by_its_silence(
    pool: Pool, kind: Kind, heard: Recorder, healthy: Healthy
) -> None:
    """Whether we don't hear the peer, the peer doesn't hear us, or neither."""
    interval, timeout = 0.1, 0.2
    async with (
        kind(pool, "deaf", ping_interval=interval, ping_timeout=timeout) as deaf,
        kind(pool, "dumb", ping_interval=interval, ping_timeout=timeout) as dumb,
        kind(pool, "cut off", ping_interval=interval, ping_timeout=timeout) as cut_off,
    ):
        deaf.proxy.add(Timeout(), deaf.to_pool)
        dumb.proxy.add(Timeout(), dumb.from_pool)
        cut_off.proxy.add(Timeout())
        async with within(interval + timeout + 1.0):
            await healthy.echoes()
            infos = [await end_of(heard, id) for id in ("deaf", "dumb", "cut off")]
        for info in infos:
            assert (info.code, info.by, info.clean) == (1011, "us", False)
            assert isinstance(info.error, PingTimeoutError)


async def test_a_peer_that_does_not_hear_us_but_talks_is_alive(
    pool: Pool, kind: Kind, heard: Recorder
) -> None:
    async with kind(pool, ping_interval=0.05, ping_timeout=4.0) as through:
        through.proxy.add(Timeout(), through.from_pool)
        for n in range(30):
            await through.far.connection.send(str(n))
            await received(heard, n + 1)
        assert through.socket.state == "open"


async def test_a_close_into_a_half_open_link_ends_at_the_close_timeout(
    pool: Pool, through: Through, healthy: Healthy
) -> None:
    through.proxy.add(Timeout())
    async with within(CLOSE_TIMEOUT_S):
        info, _ = await asyncio.gather(
            pool.remove_socket("faulty", 4000, "enough"), healthy.echoes()
        )
    assert (info.code, info.reason, info.by, info.clean) == (
        4000,
        "enough",
        "us",
        False,
    )
    assert isinstance(info.error, CloseTimeoutError)


async def test_writes_into_a_half_open_link_are_handed_over_and_no_more(
    pool: Pool, through: Through
) -> None:
    through.proxy.add(Timeout())
    for n in range(10):
        through.socket.write(str(n))
    await pool.remove_socket("faulty")
    stats = through.socket.stats
    assert (stats.accepted, stats.messages_out, stats.failed_total) == (10, 10, 0)
    assert through.far.texts == []


async def test_a_half_open_link_that_recovers_goes_on_from_its_loss(
    through: Through, heard: Recorder
) -> None:
    """TCP would repeat what was swallowed: a proxy that does not breaks the frames."""
    toxic = through.proxy.add(Timeout(), through.to_pool)
    await through.far.connection.send("swallowed")
    through.socket.write("passes")  # the proxy has had its turns when this is there
    await through.far.reach(1)
    through.proxy.remove(toxic)
    await through.far.connection.send("again")
    assert await received(heard, 1) == ["again"]


async def test_stop_is_over_at_its_deadline_whoever_is_silent(
    make_pool: Callable[..., Pool], kind: Kind
) -> None:
    pool = make_pool(ping_interval=None, close_timeout=30.0, reconnect=None)
    await pool.start()
    heard = Recorder(pool)
    async with websocket_server(echo) as url, AsyncExitStack() as stack:
        await pool.add_server_socket(url, id="healthy")
        for n in range(3):
            through = await stack.enter_async_context(kind(pool, f"faulty {n}"))
            through.proxy.add(Timeout())
        async with within(0.3):
            await pool.stop(deadline=0.3)
        assert (await heard.event(PoolStopped)).aborted == 3
        info = await end_of(heard, "healthy")
        assert (info.code, info.clean) == (1001, True)
        for n in range(3):
            info = await end_of(heard, f"faulty {n}")
            assert (info.code, info.by, info.clean) == (1001, "us", False)
            assert "deadline of stop()" in str(info.error)


# What stops, and goes on


async def test_nothing_is_lost_to_a_stop_that_ends(
    through: Through, heard: Recorder, healthy: Healthy
) -> None:
    through.proxy.stop()
    sending = asyncio.ensure_future(
        both_ways(through, heard, [f"{n}" * 50_000 for n in range(10)])
    )
    await healthy.echoes()
    assert through.far.texts == []
    through.proxy.resume()
    await sending


async def test_one_that_reads_too_slowly_is_closed_with_1013(
    pool: Pool, kind: Kind, heard: Recorder, healthy: Healthy
) -> None:
    async with kind(
        pool, outbox=Outbox(messages=10), close_timeout=CLOSE_TIMEOUT_S
    ) as through:
        through.proxy.stop()
        with pytest.raises(OutboxFullError):
            await fill(through, 11)
        async with within(CLOSE_TIMEOUT_S):
            info, _ = await asyncio.gather(end_of(heard), healthy.echoes())
        assert isinstance(info.error, OutboxFullError)
        assert (info.code, info.by, info.clean) == (1013, "us", False)
        (lost,) = heard.of(WritesLost)
        assert (lost.reason, lost.messages) == ("overflow", 10)
        stats = through.socket.stats
        assert stats.balanced
        assert dict(stats.failed) == {"overflow": 10}


async def test_a_close_that_can_not_even_leave_ends_at_the_close_timeout(
    pool: Pool, through: Through, heard: Recorder, healthy: Healthy
) -> None:
    through.proxy.stop()
    await fill(through, 10)
    queued = through.socket.stats.queued
    async with within(CLOSE_TIMEOUT_S):
        info, _ = await asyncio.gather(pool.remove_socket("faulty"), healthy.echoes())
    assert (info.code, info.by, info.clean) == (1006, "us", False)
    assert isinstance(info.error, CloseTimeoutError)
    assert (await heard.event(WritesLost)).messages == queued


async def test_a_stop_shorter_than_the_ping_timeout_is_survived(
    pool: Pool, kind: Kind, heard: Recorder, healthy: Healthy
) -> None:
    async with kind(pool, ping_interval=0.02, ping_timeout=10.0) as through:
        through.proxy.stop()
        await asyncio.sleep(0.1)  # several intervals: the time is what is tested
        await healthy.echoes()
        through.proxy.resume()
        await both_ways(through, heard, ["alive"])


# How it closes


async def test_a_slow_close_still_tells_the_peers_code(
    through: Through, heard: Recorder
) -> None:
    through.proxy.add(SlowClose(0.05))
    closing = asyncio.ensure_future(through.far.connection.close(4001, "bye"))
    async with within(1.0):
        info = await end_of(heard)
    assert (info.code, info.reason, info.by, info.clean) == (4001, "bye", "peer", True)
    await closing


async def test_a_close_whose_end_never_comes_is_clean_within_the_close_timeout(
    pool: Pool, through: Through, heard: Recorder
) -> None:
    through.proxy.add(SlowClose(60.0))
    through.socket.write("last words")
    async with within(CLOSE_TIMEOUT_S):
        info = await pool.remove_socket("faulty", 4000, "bye")
    assert (info.code, info.reason, info.by, info.clean) == (4000, "bye", "us", True)
    assert info.error is None
    await through.far.reach(1)
    assert through.far.texts == ["last words"]
