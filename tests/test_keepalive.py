"""Keepalive over hours, in virtual time."""

import asyncio
import itertools
from typing import Any

import pytest

from ssc_rx import Message, PingTimeoutError, Pool, PoolStopped, SocketClosed
from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time


class Counting(RecordingReceiver):
    """Counts nothing but that it reads."""


async def add(pool: Pool, id: str) -> tuple[Any, MemoryTransport, Any]:
    near, far = memory_pair()
    far.attach(Counting())
    entered = pool.add_client_socket(id, near)
    socket = await entered.__aenter__()
    return socket, far, entered


async def test_a_living_peer_lives_for_hours() -> None:
    async with Pool(ping_interval=45, ping_timeout=20) as pool:
        heard = Recorder(pool)
        socket, _, _ = await add(pool, "x")
        await asyncio.sleep(6 * 3600)
        assert socket.state == "open"
        assert socket.latency is not None
        assert heard.of(SocketClosed) == []


async def test_a_mute_peer_is_closed_after_interval_and_timeout() -> None:
    loop = asyncio.get_running_loop()
    async with Pool(ping_interval=45, ping_timeout=20) as pool:
        socket, far, _ = await add(pool, "x")
        begun = loop.time()
        far.answers = False
        info = await socket.wait_closed()
        assert 0.5 * 45 + 20 <= loop.time() - begun <= 45 + 20 + 1.001
        assert (info.code, info.by, info.clean) == (1011, "us", False)
        assert isinstance(info.error, PingTimeoutError)
        assert "ping_timeout=20" in str(info.error)


async def test_a_peer_that_only_talks_counts_as_alive() -> None:
    async with Pool(ping_interval=45, ping_timeout=20) as pool:
        socket, far, _ = await add(pool, "x")
        far.answers = False
        message = Message.of("", "I can't pong, but I live")
        from ssc_rx.ports import Outgoing

        for _ in range(200):
            far.write([Outgoing(message.type, message.payload)])
            await asyncio.sleep(10)
        assert socket.state == "open"
        assert socket.latency is None


async def test_without_an_interval_nothing_is_sent() -> None:
    async with Pool(ping_interval=None) as pool:
        socket, far, _ = await add(pool, "x")
        far.answers = False
        await asyncio.sleep(24 * 3600)
        assert socket.state == "open"


async def test_the_pings_of_sockets_opened_together_do_not_leave_together() -> None:
    async with Pool(ping_interval=40, ping_timeout=20) as pool:
        sockets = [(await add(pool, str(n)))[0] for n in range(100)]
        firsts = sorted(socket.due for socket in sockets)
        assert 18 < firsts[-1] - firsts[0] <= 20
        gaps = [b - a for a, b in itertools.pairwise(firsts)]
        assert max(gaps) < 1.0


async def test_a_mute_peer_does_not_hold_up_stop() -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(ping_interval=None)
    await pool.start()
    for n in range(1000):
        _, far, _ = await add(pool, str(n))
        far.answers = False
    begun = loop.time()
    await pool.stop(5.0)
    assert loop.time() - begun == pytest.approx(5.0)
    assert pool.stats().sockets_closed == 1000


async def test_a_stop_with_time_is_not_held_up_by_one_that_does_not_answer() -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(ping_interval=None, close_timeout=0.5)
    await pool.start()
    heard = Recorder(pool)
    _, far, _ = await add(pool, "x")
    far.answers = False
    begun = loop.time()
    await pool.stop(60.0)
    assert loop.time() - begun == pytest.approx(0.5)
    assert heard.of(PoolStopped)[0].aborted == 1


async def test_only_those_that_stop_cut_off_are_counted_as_aborted() -> None:
    pool = Pool(ping_interval=None, close_timeout=0.5)
    await pool.start()
    heard = Recorder(pool)
    _, far, _ = await add(pool, "x")
    far.answers = False
    await pool.remove_socket("x")
    await pool.stop()
    assert heard.of(PoolStopped)[0].aborted == 0


async def test_a_stop_in_a_hurry_overtakes_one_with_time() -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(ping_interval=None)
    await pool.start()
    _, far, _ = await add(pool, "x")
    far.answers = False
    begun = loop.time()
    pool.stop(60.0)
    await pool.stop(1.0)
    assert loop.time() - begun == pytest.approx(1.0)
