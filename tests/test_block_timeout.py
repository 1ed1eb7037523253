"""How long a slow consumer may hold its sockets: in virtual time."""

import asyncio

import pytest

from ssc_rx import (
    ConsumerTooSlow,
    ConsumerTooSlowError,
    Pool,
    PoolStopped,
    SocketClosed,
)
from tests.consumers import BLOCK, enter, send, texts, turns
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time


async def test_a_consumer_that_takes_too_long_is_given_up() -> None:
    loop = asyncio.get_running_loop()
    async with Pool(ping_interval=None) as pool:
        heard = Recorder(pool)
        _, peer = await enter(pool, "a")
        stream = pool.stream(buffer=5, overflow=BLOCK, block_timeout=10)
        begun = loop.time()
        send(peer, 20)
        event = await heard.event(ConsumerTooSlow)
        assert loop.time() - begun == pytest.approx(10)
        assert (event.stream, event.buffered) == ("pool.stream", 5)
        assert (event.id, event.block_timeout) == ("", 10)
        await heard.messages.reach(20)  # it is read again
        assert await texts(stream, 5) == ["0", "1", "2", "3", "4"]
        with pytest.raises(ConsumerTooSlowError):
            await anext(stream)
        assert len(heard.of(ConsumerTooSlow)) == 1


async def test_the_event_names_the_socket() -> None:
    async with Pool(ping_interval=None) as pool:
        heard = Recorder(pool)
        socket, peer = await enter(pool, "a")
        stream = socket.stream(buffer=1, overflow=BLOCK, block_timeout=1)
        peer.send("1")
        event = await heard.event(ConsumerTooSlow)
        assert (event.stream, event.id) == ("socket.stream", "a")
        assert stream.ended


async def test_a_slow_consumer_that_goes_on_is_not_given_up() -> None:
    async with Pool(ping_interval=None) as pool:
        heard = Recorder(pool)
        _, peer = await enter(pool, "a")
        stream = pool.stream(buffer=1000, overflow=BLOCK, block_timeout=10)
        sent = send(peer, 1200)
        got: list[str] = []
        while len(got) < 400:
            got += await texts(stream, 1)
            await asyncio.sleep(3)
        assert got == sent[:400]
        assert heard.of(ConsumerTooSlow) == []


async def test_a_socket_that_is_held_is_not_judged_by_its_silence() -> None:
    async with Pool(ping_interval=45, ping_timeout=20) as pool:
        heard = Recorder(pool)
        socket, peer = await enter(pool, "a")
        stream = pool.stream(buffer=2, overflow=BLOCK, block_timeout=10_000)
        send(peer, 4)
        await asyncio.sleep(3600)
        assert socket.state == "open"
        assert socket.latency is None  # the pongs are behind the stop
        assert await texts(stream, 4) == ["0", "1", "2", "3"]
        await asyncio.sleep(3600)
        assert socket.state == "open"
        assert socket.latency is not None
        assert socket.latency < 1
        peer.transport.answers = False
        closed = await heard.event(SocketClosed)
        assert closed.info.code == 1011


async def test_a_socket_has_all_its_time_again_when_it_is_released() -> None:
    loop = asyncio.get_running_loop()
    async with Pool(ping_interval=45, ping_timeout=20) as pool:
        heard = Recorder(pool)
        socket, mute = await enter(pool, "mute")
        _, peer = await enter(pool, "a")
        mute.transport.answers = False
        stream = pool.stream(buffer=1, overflow=BLOCK, block_timeout=10_000)
        peer.send("1")
        while socket.due != loop.time() + 20:  # it was sent a ping just now
            await asyncio.sleep(socket.due - loop.time())
            await turns()
        await texts(stream, 1)
        released = loop.time()
        closed = await heard.event(SocketClosed, id="mute")
        assert closed.info.code == 1011
        assert loop.time() - released == pytest.approx(45 + 20 + 1)


async def test_a_blocked_stream_does_not_hold_up_stop() -> None:
    loop = asyncio.get_running_loop()
    pool = Pool(ping_interval=None)
    await pool.start()
    heard = Recorder(pool)
    peers = [(await enter(pool, str(n)))[1] for n in range(20)]
    stream = pool.stream(buffer=5, overflow=BLOCK)
    for peer in peers:
        send(peer, 10)
    await turns()
    begun = loop.time()
    await pool.stop(3.0)
    assert loop.time() - begun == pytest.approx(3.0)
    assert heard.of(PoolStopped)[0].aborted == 20
    assert len(await texts(stream)) == 5
    assert await texts(stream) == []
