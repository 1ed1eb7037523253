"""Writing to one, to many, through Subjects; from the wrong place."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import reactivex as rx

from ssc_rx import (
    BroadcastResult,
    EmptyIdError,
    InvalidIdError,
    InvalidMessageError,
    Message,
    MessageTooBigError,
    MessageType,
    Outbox,
    OutboxFullError,
    Overflow,
    Pool,
    ReentrancyLimitError,
    SocketClosed,
    SocketClosedError,
    SourceFailed,
    SubscriberFailed,
    UnknownSocketError,
    WriteRefused,
    WritesLost,
    WrongThreadError,
)
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.assertions import assert_accounted, assert_delivered
from tests.recorder import Recorder, Seen
from tests.transports.receiver import RecordingReceiver


class Peer:
    """The far end of a socket of the pool."""

    def __init__(self, transport: MemoryTransport) -> None:
        self.transport = transport
        self.heard = RecordingReceiver()
        transport.attach(self.heard)

    async def heard_texts(self, n: int) -> list[str]:
        await self.heard.until(lambda: len(self.heard.texts) >= n)
        return self.heard.texts


AddPeer = Callable[..., Any]


@pytest.fixture
async def add_peer(pool: Pool) -> AsyncIterator[AddPeer]:
    """Adds a client socket on memory, and gives its far end."""
    sockets = []

    async def add(id: str, **options: Any) -> Peer:
        near, far = memory_pair()
        entered = pool.add_client_socket(id, near, **options)
        sockets.append(await entered.__aenter__())
        return Peer(far)

    yield add
    for socket in sockets:
        socket.close()


def tight(overflow: Overflow = Overflow.ERROR) -> Outbox:
    return Outbox(messages=2, bytes=100, overflow=overflow)


async def test_a_write_reaches_its_addressee_only(
    pool: Pool, add_peer: AddPeer
) -> None:
    a, b = await add_peer("a"), await add_peer("b")
    pool.write(Message.of("a", "for a"))
    pool["b"].write("for b")
    await pool.send(Message.of("a", "sent"))
    assert await a.heard_texts(2) == ["for a", "sent"]
    assert await b.heard_texts(1) == ["for b"]


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (Message.of("nobody", ""), UnknownSocketError),
        (Message.of("", ""), EmptyIdError),
        (Message(3, MessageType.TEXT, b""), InvalidIdError),  # type: ignore[arg-type]
        (Message([], MessageType.TEXT, b""), InvalidIdError),  # type: ignore[arg-type]
        (Message("a", MessageType.TEXT, b"\xff"), InvalidMessageError),
        (Message("a", MessageType.BINARY, bytes(2_000_000)), MessageTooBigError),
        ("text", InvalidMessageError),
        (None, InvalidMessageError),
    ],
)
async def test_a_write_that_can_not_be_is_refused_and_counted(
    pool: Pool, add_peer: AddPeer, message: Any, error: type[Exception]
) -> None:
    await add_peer("a")
    with pytest.raises(error):
        pool.write(message)
    with pytest.raises(error):
        await pool.send(message)
    stats = pool.stats()
    assert (stats.refused, stats.accepted) == (2, 0)


async def test_pings_of_the_user_are_messages_like_others(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    pool.write(Message("a", MessageType.PING, b"are you there"))
    pool.write(Message("a", MessageType.PONG, b"unasked"))
    await peer.heard.until(lambda: bool(peer.heard.of("pong")))
    assert peer.heard.of("pong") == [b"unasked"]
    assert pool["a"].stats.messages_out == 2


async def test_a_broadcast_tells_what_became_of_it(
    pool: Pool, add_peer: AddPeer
) -> None:
    peers = {id: await add_peer(id, outbox=tight()) for id in "abc"}
    full = await add_peer("full", outbox=tight())
    over = await add_peer("over", outbox=tight(Overflow.CLOSE))
    for peer, id in ((full, "full"), (over, "over")):
        peer.transport.stalled = True
        pool[id].write("1")
        pool[id].write("2")
    pool["c"].close()
    result = pool.write_all("hi")
    assert result == BroadcastResult(queued=2, dropped=("full",), closed=("c", "over"))
    assert await peers["a"].heard_texts(1) == ["hi"]
    assert await peers["b"].heard_texts(1) == ["hi"]
    assert pool["over"].state == "closing"
    assert_accounted(pool)


@pytest.mark.parametrize(
    ("to", "exclude", "reached", "closed"),
    [
        (None, (), "abc", ()),
        (["a", "c", "a"], (), "ac", ()),
        (["a", "nobody"], (), "a", ("nobody",)),
        (["a", "nobody"], ["nobody"], "a", ()),
        (None, {"b"}, "ac", ()),
        (["a", "b"], ["b"], "a", ()),
        ("a", (), "a", ()),
        (None, "a", "bc", ()),
        ([], (), "", ()),
    ],
)
async def test_a_broadcast_goes_to_whom_it_is_meant_for(
    pool: Pool,
    add_peer: AddPeer,
    to: Any,
    exclude: Any,
    reached: str,
    closed: tuple[str, ...],
) -> None:
    peers = {id: await add_peer(id) for id in "abc"}
    result = pool.write_all({"n": 1}, to=to, exclude=exclude)
    assert (result.queued, result.closed) == (len(reached), closed)
    for id in reached:
        assert await peers[id].heard_texts(1) == ['{"n":1}']


@pytest.mark.parametrize("data", [None, 3, Message("", MessageType.TEXT, b"\xff")])
async def test_a_broadcast_of_what_can_not_be_sent_is_refused(
    pool: Pool, data: Any
) -> None:
    with pytest.raises(InvalidMessageError):
        pool.write_all(data)
    assert pool.stats().refused == 1


async def test_a_full_outbox_refuses_and_the_socket_lives(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    pool["a"].write("1")
    pool["a"].write("2")
    with pytest.raises(
        OutboxFullError, match=r"full \(2 messages, 2 bytes\)"
    ) as caught:
        pool["a"].write("3")
    assert not caught.value.closing
    peer.transport.stalled = False
    assert await peer.heard_texts(2) == ["1", "2"]
    pool["a"].write("4")
    assert await peer.heard_texts(3) == ["1", "2", "4"]


async def test_a_full_outbox_closes_the_socket_by_default(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight(Overflow.CLOSE))
    peer.transport.stalled = True
    pool["a"].write("1")
    pool["a"].write("2")
    with pytest.raises(OutboxFullError, match="closed with 1013"):
        pool["a"].write("3")
    with pytest.raises(SocketClosedError, match="is closing"):
        pool["a"].write("4")
    (lost,) = heard.of(WritesLost)
    assert (lost.reason, lost.messages, lost.bytes) == ("overflow", 2, 2)
    peer.transport.stalled = False
    info = (await heard.event(SocketClosed)).info
    assert (info.code, info.by, info.clean) == (1013, "us", True)
    assert isinstance(info.error, OutboxFullError)
    assert pool.stats().failed == {"overflow": 2}


async def test_a_send_waits_for_room_and_keeps_its_turn(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    sends = [asyncio.ensure_future(pool["a"].send(str(n))) for n in range(5)]
    await asyncio.sleep(0)
    assert [s.done() for s in sends] == [True, True, False, False, False]
    with pytest.raises(OutboxFullError):  # a write doesn't overtake those who wait
        pool["a"].write("x")
    peer.transport.stalled = False
    await asyncio.gather(*sends)
    assert await peer.heard_texts(5) == ["0", "1", "2", "3", "4"]
    assert_accounted(pool)


async def test_a_write_behind_a_waiting_send_is_refused_and_nothing_is_closed(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=Outbox(bytes=1_000_000))
    peer.transport.stalled = True
    socket = pool["a"]
    socket.write(bytes(500_000))
    waiting = asyncio.ensure_future(socket.send(bytes(600_000)))
    await asyncio.sleep(0)
    with pytest.raises(OutboxFullError, match=r"await pool\.send"):
        socket.write("overtake")
    assert socket.state == "open"
    waiting.cancel()
    socket.write("nobody waits any more")  # in this very turn of the loop
    with pytest.raises(asyncio.CancelledError):
        await waiting
    peer.transport.stalled = False
    await peer.heard.until(lambda: len(peer.heard.of("message")) == 2)


async def test_a_transport_that_raises_ends_its_own_socket_only(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("bad")
    good = await add_peer("good")
    near = pool["bad"]._transport
    near.write = lambda batch: 1 / 0  # type: ignore[union-attr, assignment, method-assign]
    pool.write_all("1")
    pool.write_all("2")
    assert await good.heard_texts(2) == ["1", "2"]
    info = (await heard.event(SocketClosed)).info
    assert isinstance(info.error, ZeroDivisionError)


async def test_a_cancelled_send_withdraws_its_message(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    sends = [asyncio.ensure_future(pool["a"].send(str(n))) for n in range(4)]
    await asyncio.sleep(0)
    sends[2].cancel()
    with pytest.raises(asyncio.CancelledError):
        await sends[2]
    peer.transport.stalled = False
    await sends[3]
    assert await peer.heard_texts(3) == ["0", "1", "3"]


async def test_a_send_ends_with_its_socket(pool: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    sends = [asyncio.ensure_future(pool["a"].send(str(n))) for n in range(4)]
    await asyncio.sleep(0)
    peer.transport.abort()
    results = await asyncio.gather(*sends, return_exceptions=True)
    assert [type(r) for r in results[2:]] == [SocketClosedError] * 2
    stats = pool.stats()
    assert (stats.accepted, stats.failed, stats.refused) == (2, {"lost": 2}, 2)


async def test_what_is_queued_leaves_before_the_close(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    peer.transport.stalled = True
    pool["a"].write("last words")
    closed = pool["a"].close(4000)
    peer.transport.stalled = False
    assert (await closed).clean
    assert peer.heard.texts == ["last words"]


async def test_a_long_burst_in_one_turn_is_no_slow_peer(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")  # the default outbox: 4,096 messages, closes when full
    for n in range(10_000):
        pool.write(Message.of("a", str(n)))
    assert await peer.heard_texts(10_000) == [str(n) for n in range(10_000)]


async def test_a_source_that_fails_is_told(pool: Pool, heard: Recorder) -> None:
    error = ValueError("the source broke")
    rx.throw(error).subscribe(pool.writes)
    (failed,) = heard.of(SourceFailed)
    assert (failed.stream, failed.error) == ("pool.writes", error)


async def test_a_source_may_be_subscribed_to_write(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    rx.of("one", b"two").subscribe(pool["a"].writes)
    rx.throw(ValueError()).subscribe(pool["a"].writes)
    rx.of(Message.of("a", "three"), Message.of("a", "four")).subscribe(pool.writes)
    pool.inbound.on_next("five")
    assert await peer.heard_texts(5) == ["one", "two", "three", "four", "five"]


async def test_a_refused_push_is_an_event_and_never_raises(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    pool.writes.on_next(Message.of("nobody", ""))
    pool.writes.on_next("no id")
    pool.inbound.on_next(None)  # type: ignore[arg-type]
    for n in range(3):
        pool.inbound.on_next(str(n))
    pool["a"].writes.on_next("full")
    refused = [(e.id, type(e.error)) for e in heard.of(WriteRefused)]
    assert refused == [
        ("nobody", UnknownSocketError),
        ("", InvalidMessageError),
        ("", InvalidMessageError),
        ("a", OutboxFullError),
        ("a", OutboxFullError),
    ]
    assert pool.stats().refused == 5
    peer.transport.stalled = False


async def test_every_accepted_write_shows_whatever_its_door(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    await add_peer("b")
    shown, own = Seen(pool.writes), Seen(pool["a"].writes)
    broadcasts = Seen(pool.inbound)
    pool.write(Message.of("a", "1"))
    await pool["a"].send("2")
    pool.write_all("3")
    pool.inbound.on_next("4")
    pool.writes.on_next(Message.of("nobody", "refused"))
    assert_delivered(shown, "a", "1", "2", "3", "4")
    assert_delivered(shown, "b", "3", "4")
    assert_delivered(own, "a", "1", "2", "3", "4")
    assert [m.text for m in broadcasts] == ["4"]


async def test_an_observer_of_writes_that_writes_keeps_one_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    pool.writes.subscribe(
        lambda m: pool.write(Message.of("a", m.text + "!")) if len(m.text) < 3 else None
    )
    shown = Seen(pool.writes)
    pool.write(Message.of("a", "x"))
    assert await peer.heard_texts(3) == ["x", "x!", "x!!"]
    assert_delivered(shown, "a", "x", "x!", "x!!")


async def test_an_observer_of_writes_that_breeds_meets_a_bound(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("a", outbox=Outbox(messages=1_000_000))

    def breed(message: Message) -> None:
        pool.write(message)
        pool.write(message)

    breeding = pool.writes.subscribe(breed)
    pool.write(Message.of("a", ""))
    failed = await heard.event(SubscriberFailed)
    assert isinstance(failed.error, ReentrancyLimitError)
    breeding.dispose()
    assert_accounted(pool)


@pytest.mark.parametrize("door", ["socket.writes", "pool.inbound"])
async def test_a_write_refused_for_re_entrancy_was_not_queued(
    pool: Pool, heard: Recorder, add_peer: AddPeer, door: str
) -> None:
    await add_peer("a", outbox=Outbox(messages=100_000))
    writes = pool["a"].writes if door == "socket.writes" else pool.inbound
    bursts: list[int] = []

    def burst(_: Message) -> None:
        if not bursts:
            bursts.append(1)
            for _again in range(10_050):
                writes.on_next("x")

    writes.subscribe(burst)
    writes.on_next("first")
    stats = pool.stats()
    assert (stats.accepted, stats.refused) == (10_001, 50)
    refused = heard.of(WriteRefused)
    assert {type(e.error) for e in refused} == {ReentrancyLimitError}
    assert heard.of(SubscriberFailed) == []


async def test_a_write_to_a_socket_that_is_gone_is_counted_by_the_pool(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    socket = pool["a"]
    await socket.close()
    with pytest.raises(SocketClosedError):
        socket.write("too late")
    with pytest.raises(InvalidMessageError):
        socket.write(None)  # type: ignore[arg-type]
    assert (socket.stats.refused, pool.stats().refused) == (2, 2)


async def test_writing_inside_on_next_works(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    pool.messages.subscribe(lambda m: pool.write(Message.of(m.id, "re: " + m.text)))
    peer.transport.write([_outgoing("hello")])
    assert await peer.heard_texts(1) == ["re: hello"]


def _outgoing(text: str) -> Any:
    from ssc_rx.ports import Outgoing

    return Outgoing(Message.of("", text))


def in_a_thread(work: Callable[[], Any]) -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().run_in_executor(None, work)


@pytest.mark.parametrize(
    "call",
    [
        lambda pool: pool.write(Message.of("a", "")),
        lambda pool: pool.write_all(""),
        lambda pool: pool["a"].write(""),
        lambda pool: pool["a"].close(),
        lambda pool: pool.remove_socket("a"),
        lambda pool: pool.stop(),
        lambda pool: pool.serve(),
        lambda pool: pool.messages.subscribe(print),
        lambda pool: pool["a"].messages.subscribe(print),
    ],
)
async def test_from_another_thread_it_says_so(
    pool: Pool, add_peer: AddPeer, call: Callable[[Pool], Any]
) -> None:
    await add_peer("a")
    with pytest.raises(WrongThreadError, match=r"outside the event loop"):
        await in_a_thread(lambda: call(pool))
    assert pool.stats().state == "running"


async def test_a_push_from_another_thread_hops_to_the_loop_in_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    own, here = pool["a"].writes, threading.get_ident()
    seen_in = set()
    pool.writes.subscribe(lambda _: seen_in.add(threading.get_ident()))

    def push() -> None:
        for n in range(50):
            pool.writes.on_next(Message.of("a", f"{n}"))
        own.on_next("socket")
        pool.inbound.on_next("all")

    await in_a_thread(push)
    assert await peer.heard_texts(52) == [*map(str, range(50)), "socket", "all"]
    assert seen_in == {here}


async def test_too_many_pushes_from_other_threads_are_refused_and_counted(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("a", outbox=Outbox(messages=100_000))

    def flood() -> None:
        for _ in range(10_005):
            pool.writes.on_next(Message.of("a", ""))

    thread = threading.Thread(target=flood)
    thread.start()
    thread.join()  # the loop is blocked meanwhile, as by a long computation
    refused = await heard.event(WriteRefused)
    assert "5 writes of other threads were refused" in str(refused.error)
    await heard.events.until(lambda: pool.stats().accepted == 10_000)
    assert pool.stats().refused == 5
