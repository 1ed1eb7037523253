"""`pool.stream` and `socket.stream`: coroutines that take their time."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_rx import (
    ConsumerTooSlow,
    ConsumerTooSlowError,
    EmptyIdError,
    InvalidIdError,
    InvalidOptionError,
    Message,
    MessageStream,
    Overflow,
    Pool,
    PoolStopped,
    Reconnect,
    ReconnectScheduled,
    SocketClosed,
    SocketOpened,
    WrongThreadError,
)
from ssc_rx.transports.memory import memory_pair
from tests.far_end import AddPeer, Peer
from tests.peers import masked, open_client, text_frame, websocket_server
from tests.recorder import Recorder

BLOCK = Overflow.BLOCK
virtual = pytest.mark.virtual_time


async def turns(n: int = 20) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


async def texts(stream: MessageStream, n: int | None = None) -> list[str]:
    """The next `n` texts, or all to the end."""
    if n is not None:
        return [(await anext(stream)).text for _ in range(n)]
    return [message.text async for message in stream]


def send(peer: Peer, n: int, first: int = 0) -> list[str]:
    sent = [str(first + i) for i in range(n)]
    for text in sent:
        peer.send(text)
    return sent


async def enter(pool: Pool, id: str) -> tuple[Any, Peer]:
    """A client socket on memory, and its far end."""
    near, far = memory_pair()
    socket = await pool.add_client_socket(id, near).__aenter__()
    return socket, Peer(far)


# What it receives, and until when


async def test_it_receives_from_all_sockets_until_the_pool_stops(
    pool: Pool, add_peer: AddPeer
) -> None:
    async with pool.stream() as stream:
        a, b = await add_peer("a"), await add_peer("b")
        a.send("1")
        b.send("2")
        assert sorted(await texts(stream, 2)) == ["1", "2"]
        a.send("last")
        await turns()
        await pool.stop()
        assert await texts(stream) == ["last"]


async def test_before_start_it_may_be_made(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(ping_interval=None)
    stream = pool.stream()
    await pool.start()
    _, peer = await enter(pool, "a")
    peer.send("1")
    assert await texts(stream, 1) == ["1"]


async def test_by_name_other_messages_cost_nothing(
    pool: Pool, add_peer: AddPeer
) -> None:
    a, b, c = [await add_peer(id) for id in "abc"]
    async with pool.stream("a", "b", "a") as stream:
        assert not pool._messages.observed
        assert set(pool._messages.named) == {"a", "b"}
        c.send("no")
        a.send("1")
        b.send("2")
        assert sorted(await texts(stream, 2)) == ["1", "2"]
        assert stream.buffered == 0
    assert pool._messages.named == {}


async def test_by_name_it_outlives_a_socket(pool: Pool) -> None:
    stream = pool.stream("a")
    for text in ("1", "2"):
        socket, peer = await enter(pool, "a")
        peer.send(text)
        assert await texts(stream, 1) == [text]
        await socket.close()
    await pool.stop()
    assert await texts(stream) == []


async def test_by_identity_it_ends_with_the_socket(pool: Pool) -> None:
    socket, peer = await enter(pool, "a")
    stream = socket.stream()
    peer.send("1")
    peer.transport.close(1000, "")
    await socket.wait_closed()
    assert await texts(stream) == ["1"]
    assert await texts(socket.stream()) == []  # it is gone


@pytest.mark.parametrize(
    ("overflow", "kept", "lost"),
    [
        (Overflow.DROP_OLDEST, ["7", "8", "9"], 7),
        (Overflow.DROP_NEWEST, ["0", "1", "2"], 7),
        (Overflow.LATEST, ["9"], 9),
    ],
)
async def test_what_is_dropped_is_counted(
    pool: Pool, add_peer: AddPeer, overflow: Overflow, kept: list[str], lost: int
) -> None:
    peer = await add_peer("a")
    stream = pool.stream(buffer=3, overflow=overflow)
    send(peer, 10)
    await turns()
    assert stream.lost == lost
    assert await texts(stream, len(kept)) == kept


async def test_what_can_not_be_is_refused(pool: Pool) -> None:
    with pytest.raises(InvalidOptionError):
        pool.stream(overflow=Overflow.CLOSE)
    with pytest.raises(InvalidOptionError):
        pool.stream(buffer=0)
    with pytest.raises(EmptyIdError):
        pool.stream("a", "")
    with pytest.raises(InvalidIdError):
        pool.stream(1)
    assert not pool._messages.observed


async def test_another_thread_may_not_use_it(pool: Pool) -> None:
    stream = pool.stream()

    def elsewhere() -> None:
        with pytest.raises(WrongThreadError, match="stream"):
            pool.stream()
        with pytest.raises(WrongThreadError, match="close"):
            stream.close()
        with pytest.raises(WrongThreadError, match="__anext__"):
            stream.__anext__().send(None)

    await asyncio.to_thread(elsewhere)


# BLOCK: nothing is lost


async def test_a_slow_consumer_gets_everything_in_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peers = [await add_peer(id) for id in "ab"]
    most = 0
    got: list[Message] = []
    async with pool.stream(buffer=100, overflow=BLOCK) as stream:
        for peer in peers:
            send(peer, 10_000)
        async for message in stream:
            most = max(most, stream.buffered)
            got.append(message)
            if len(got) == 20_000:
                break
            await asyncio.sleep(0)
    assert most == 99  # and one in hand
    assert stream.lost == 0
    for id in "ab":
        assert [m.text for m in got if m.id == id] == [str(n) for n in range(10_000)]


async def test_a_burst_in_one_piece_of_data_stops_at_the_bound(pool: Pool) -> None:
    async with pool.serve() as server:
        stream = pool.stream(buffer=100, overflow=BLOCK)
        host_and_port = server.url.rstrip("/")
        _, writer, _ = await open_client(host_and_port)
        frames = [masked(text_frame(str(n))) for n in range(2000)]
        writer.write(b"".join(frames))
        got = await texts(stream, 1)
        (socket,) = (pool[id] for id in pool)
        while len(got) < 2000:
            assert stream.buffered <= 100
            assert socket.messages_in == len(got) + stream.buffered
            if stream.buffered:
                got += await texts(stream, stream.buffered)
                await turns(5)
            else:
                got += await texts(stream, 1)
        assert got == [str(n) for n in range(2000)]
        writer.close()


async def test_no_other_subscriber_hears_a_socket_that_is_held(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    stream = pool.stream("a", buffer=5, overflow=BLOCK)
    a, b = await add_peer("a"), await add_peer("b")
    send(a, 20)
    b.send("free")
    await turns()
    assert len([m for m in heard.messages if m.id == "a"]) == 5
    assert len([m for m in heard.messages if m.id == "b"]) == 1
    stream.close()
    await heard.messages.reach(21)


async def test_a_newcomer_is_held_too(pool: Pool, add_peer: AddPeer) -> None:
    stream = pool.stream(buffer=2, overflow=BLOCK)
    first = await add_peer("a")
    send(first, 2)
    await turns()
    second = await add_peer("b")
    second.send("late")
    await turns()
    assert stream.buffered == 2
    assert await texts(stream, 3) == ["0", "1", "late"]


async def test_a_new_connection_of_a_held_socket_is_held(
    make_pool: Callable[..., Pool],
) -> None:
    connections = 0

    async def serve_once(connection: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            await connection.send("late")
            await connection.wait_closed()

    soon = Reconnect(min_delay=0.05, jitter=lambda: 1.0)
    pool = make_pool(ping_interval=None, reconnect=soon)
    await pool.start()
    heard = Recorder(pool)
    stream = pool.stream(buffer=2, overflow=BLOCK)
    async with websocket_server(serve_once) as url:
        await pool.add_server_socket(url, id="feed")
        _, peer = await enter(pool, "a")
        await heard.event(ReconnectScheduled, id="feed")
        send(peer, 2)
        await heard.event(SocketOpened, id="feed", generation=2)
        await turns()
        assert stream.buffered == 2
        assert await texts(stream, 3) == ["0", "1", "late"]
        await pool.stop()


async def test_a_socket_is_read_again_when_no_stream_is_full(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    small = pool.stream(buffer=2, overflow=BLOCK)
    large = pool["a"].stream(buffer=2, overflow=BLOCK)
    send(peer, 10)
    await turns()
    assert small.buffered == large.buffered == 2
    await texts(small, 2)
    await turns()
    assert small.buffered == 0  # the other one is still full
    await texts(large, 2)
    await turns()
    assert small.buffered == large.buffered == 2
    small.close()
    large.close()
    await heard.messages.reach(10)


@pytest.mark.parametrize("how", ["close", "leave", "drop", "collect"])
async def test_a_stream_that_goes_lets_its_sockets_go(
    pool: Pool, heard: Recorder, add_peer: AddPeer, how: str
) -> None:
    peer = await add_peer("a")
    streams = [pool.stream(buffer=5, overflow=BLOCK)]
    send(peer, 100)
    await turns()
    assert len(heard.messages) == 5
    if how == "close":
        streams[0].close()
    elif how == "leave":
        async with streams[0]:
            pass
    else:
        if how == "collect":
            cycle: list[Any] = [streams[0]]
            cycle.append(cycle)
            del cycle
        streams.clear()
        gc.collect()
    await heard.messages.reach(100)
    assert not pool._holds.shut


async def test_a_close_waits_behind_what_is_held(pool: Pool, heard: Recorder) -> None:
    socket, peer = await enter(pool, "a")
    stream = socket.stream(buffer=5, overflow=BLOCK)
    send(peer, 12)
    peer.transport.close(4001, "bye")
    await turns()
    assert socket.state == "open"
    assert await texts(stream) == [str(n) for n in range(12)]
    assert (await socket.wait_closed()).code == 4001


async def test_stopping_while_the_consumer_goes_on_loses_nothing(pool: Pool) -> None:
    _, peer = await enter(pool, "a")
    stream = pool.stream(buffer=5, overflow=BLOCK)
    sent = send(peer, 50)
    await turns()
    stopping = pool.stop()
    assert await texts(stream) == sent
    await stopping


# In virtual time


@virtual
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


@virtual
async def test_the_event_names_the_socket() -> None:
    async with Pool(ping_interval=None) as pool:
        heard = Recorder(pool)
        socket, peer = await enter(pool, "a")
        stream = socket.stream(buffer=1, overflow=BLOCK, block_timeout=1)
        peer.send("1")
        event = await heard.event(ConsumerTooSlow)
        assert (event.stream, event.id) == ("socket.stream", "a")
        assert stream.ended


@virtual
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


@virtual
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


@virtual
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


@virtual
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
