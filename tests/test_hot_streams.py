"""What holds of the streams of a pool and of its sockets, whatever happens to those."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from reactivex import operators as rx_ops

from ssc_rx import Message, Pool, SocketClosed, SocketOpened, SubscriberFailed
from ssc_rx.testing import FakePool
from tests.assertions import assert_delivered
from tests.far_end import AddPeer, Peer
from tests.peers import text_frame
from tests.raw_peers import KINDS, Kind, RawPeer, as_peer_of
from tests.recorder import Recorder

End = Callable[[Pool, RawPeer], Any]


def violate(pool: Pool, peer: RawPeer) -> None:
    socket, _, writer = peer
    writer.write(as_peer_of(socket, b"\x83\x00"))
    writer.write_eof()


def close(pool: Pool, peer: RawPeer) -> None:
    socket, _, writer = peer
    writer.write(as_peer_of(socket, b"\x88\x02\x03\xe8"))
    writer.write_eof()


ENDS: dict[str, End] = {
    "it is removed": lambda pool, peer: pool.remove_socket("peer"),
    "it is closed": lambda pool, peer: peer[0].close(4000, "enough"),
    "the peer closes": close,
    "the peer leaves": lambda pool, peer: peer[2].write_eof(),
    "the connection is reset": lambda pool, peer: peer[2].transport.abort(),
    "the peer breaks the protocol": violate,
    "the pool stops": lambda pool, peer: pool.stop(0.1),
    "the pool stops at once": lambda pool, peer: pool.stop(0),
}


class Told:
    """What an observer was told, in order."""

    def __init__(self) -> None:
        self.what: list[str] = []

    def on_next(self, value: object) -> None:
        text = value.text if isinstance(value, Message) else type(value).__name__
        self.what.append(text)

    def on_error(self, error: Exception) -> None:
        self.what.append(f"failed with {error!r}")

    def on_completed(self) -> None:
        self.what.append("completed")


def tell(stream: Any) -> list[str]:
    told = Told()
    stream.subscribe(told.on_next, told.on_error, told.on_completed)
    return told.what


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_no_end_of_a_socket_fails_a_stream(
    pool: Pool, heard: Recorder, kind: Kind, end: End
) -> None:
    async with kind(pool) as peer:
        socket, _, writer = peer
        own, all_, events = (
            tell(stream) for stream in (socket.messages, pool.messages, pool.events)
        )
        accepted = tell(socket.writes)
        for n in range(3):
            writer.write(as_peer_of(socket, text_frame(str(n))))
        await heard.messages.reach(3)
        end(pool, peer)
        await heard.event(SocketClosed)
        assert own == ["0", "1", "2", "completed"]
        assert accepted == ["completed"]
        assert all_ == ["0", "1", "2"]
        assert events == ["SocketClosed"]
        assert tell(socket.messages) == ["completed"]
    await pool.stop()
    assert all_ == ["0", "1", "2", "completed"]
    assert events == ["SocketClosed", "PoolStopped", "completed"]
    assert own == ["0", "1", "2", "completed"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_the_first_message_comes_after_the_opening_and_the_last_before_the_end(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    told: list[str] = []
    pool.events.subscribe(lambda event: told.append(type(event).__name__))
    pool.messages.subscribe(lambda message: told.append(message.text))
    async with kind(pool) as (socket, _, writer):
        frames = b"".join(text_frame(str(n)) for n in range(2000))
        close_frame = b"\x88\x02\x03\xe8"
        writer.write(as_peer_of(socket, frames + close_frame))
        writer.write_eof()
        await heard.event(SocketClosed)
    assert told == [
        "SocketOpening",
        "SocketOpened",
        *map(str, range(2000)),
        "SocketClosed",
    ]


async def test_nothing_is_replayed_and_who_unsubscribes_closes_nothing(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    first = [stream.subscribe(print) for stream in (pool.messages, pool["a"].messages)]
    for subscription in first:
        subscription.dispose()
    peer.send("before")
    await heard.messages.reach(1)
    late = [tell(pool.messages), tell(pool["a"].messages)]
    peer.send("after")
    await heard.messages.reach(2)
    assert late == [["after"], ["after"]]
    assert pool["a"].state == "open"
    assert not heard.of(SocketClosed)


async def test_by_identity_a_stream_hears_nothing_of_the_next_of_its_name(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    old = tell((await _socket(pool, add_peer)).messages)
    await pool.remove_socket("a")
    peer = await add_peer("a")
    new = tell(pool["a"].messages)
    peer.send("hello")
    await heard.messages.reach(1)
    assert (old, new) == (["completed"], ["hello"])


async def _socket(pool: Pool, add_peer: AddPeer) -> Any:
    await add_peer("a")
    return pool["a"]


@pytest.mark.parametrize(
    "error", [ValueError, RecursionError, asyncio.CancelledError, GeneratorExit]
)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_what_a_subscriber_raises_kills_no_reader(
    pool: Pool, heard: Recorder, kind: Kind, error: type[BaseException]
) -> None:
    def fail(_: object) -> None:
        raise error

    async with kind(pool) as (socket, _, writer):
        socket.messages.subscribe(fail)
        pool.messages.subscribe(fail)
        after: list[str] = []
        pool.messages.subscribe(lambda message: after.append(message.text))
        for n in range(10):
            writer.write(as_peer_of(socket, text_frame(str(n))))
            await heard.messages.reach(n + 1)
        assert_delivered(heard.messages, "peer", *after)
        assert after == [str(n) for n in range(10)]
        assert socket.state == "open"
    told = [(e.stream, e.failures) for e in heard.of(SubscriberFailed)]
    for stream in ("pool.messages", "socket.messages"):  # ever more rarely
        assert [n for name, n in told if name == stream] == [1, 2, 4, 8]
    assert pool.stats().subscriber_failures == 20


async def test_time_operators_run_on_the_pools_loop(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer: Peer = await add_peer("a")
    threads: list[int] = []
    done = asyncio.Event()

    def note(_: object) -> None:
        threads.append(threading.get_ident())
        if len(threads) == 3:
            done.set()

    pool.messages.pipe(rx_ops.debounce(0.01)).subscribe(note)
    pool.messages.pipe(rx_ops.delay(0.01)).subscribe(note)
    pool.messages.pipe(rx_ops.buffer_with_time(0.01), rx_ops.first()).subscribe(note)
    peer.send("hello")
    await done.wait()
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("end", ["remove_socket", "close"])
async def test_an_end_acts_at_the_call_and_its_awaitable_may_be_dropped(
    pool: Pool, heard: Recorder, add_peer: AddPeer, end: str
) -> None:
    peer = await add_peer("a")
    socket = pool["a"]
    socket.write("queued before")
    _ = pool.remove_socket("a", 4000) if end == "remove_socket" else socket.close(4000)
    assert socket.state == "closing"
    assert (await heard.event(SocketClosed)).info.code == 4000
    assert await peer.heard_texts(1) == ["queued before"]
    assert len(heard.of(SocketOpened)) == 1


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_without_a_limit_a_message_may_have_any_size(
    make_pool: Callable[..., Pool], kind: Kind
) -> None:
    pool = make_pool(max_message_size=None, reconnect=None, ping_interval=None)
    await pool.start()
    heard = Recorder(pool)
    size = 3 * 1024 * 1024
    async with kind(pool) as (socket, _, writer):
        frame = b"\x82\x7f" + size.to_bytes(8, "big") + bytes(size)
        writer.write(as_peer_of(socket, frame))
        await heard.messages.reach(1)
        assert len(heard.messages[0].payload) == size
        writer.transport.abort()
        await heard.event(SocketClosed)


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    "timed",
    [
        rx_ops.buffer_with_time(1.0),
        rx_ops.buffer_with_time_or_count(1.0, 9),
        rx_ops.window_with_time(1.0),
        rx_ops.sample(1.0),
        rx_ops.take_with_time(1.0),
        rx_ops.debounce(1.0),
    ],
    ids=["buffer", "buffer or count", "window", "sample", "take", "debounce"],
)
async def test_time_operators_may_be_subscribed_before_the_start(timed: Any) -> None:
    loop = asyncio.get_running_loop()
    pool = FakePool()
    got: list[float] = []
    pool.messages.pipe(timed).subscribe(
        lambda _: got.append(loop.time()), on_completed=lambda: got.append(loop.time())
    )
    given_up = pool.messages.pipe(rx_ops.sample(1.0)).subscribe(got.append)
    given_up.dispose()
    await asyncio.sleep(5)
    got.clear()  # the first window is there at once
    async with pool:
        peer = await pool.join("x")
        peer.send("one")
        await asyncio.sleep(1.5)
        assert got
        assert got[0] >= 5
