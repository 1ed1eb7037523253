"""Writing to one and to many: what is accepted, what is refused, what waits."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

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
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    SubscriberFailed,
    UnknownSocketError,
    WritesLost,
)
from tests.assertions import assert_accounted, assert_delivered
from tests.far_end import AddPeer
from tests.recorder import Recorder


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


async def test_a_subscriber_that_broadcasts_does_not_fail_as_the_pool_stops(
    pool: Pool, add_peer: AddPeer, heard: Recorder
) -> None:
    await add_peer("a")
    await add_peer("b")
    stopping = pool.stop()
    result = pool.write_all("too late")
    assert (result.queued, sorted(result.closed)) == (0, ["a", "b"])
    pool.inbound.on_next("too late as well")
    await stopping
    assert pool.stats().refused == 4
    assert heard.of(SubscriberFailed) == []


@pytest.mark.parametrize("batch", [1, 3])
async def test_a_broadcast_masks_for_servers_and_only_for_them(
    pool: Pool, make_pool: Callable[..., Pool], batch: int
) -> None:
    """A frame for accepted peers is never sent to a server (RFC 6455 section 5.3)."""
    other = make_pool(ping_interval=None)
    await other.start()
    heard, answered = Recorder(other), Recorder(pool)
    async with (
        pool.serve(id=lambda request: "accepted") as here,
        other.serve(id=lambda request: request.path) as there,
    ):
        await pool.add_server_socket(f"{there.url}/first", id="first")
        await other.add_server_socket(here.url, id="dialling")
        await answered.event(SocketOpened, id="accepted")
        await pool.add_server_socket(f"{there.url}/second", id="second")
        for n in range(batch):
            assert pool.write_all(f"hello {n}").queued == 3
        await heard.messages.reach(3 * batch)
        for id in ("/first", "/second", "dialling"):
            assert_delivered(heard.messages, id, *(f"hello {n}" for n in range(batch)))
        assert sorted(pool.list()) == ["accepted", "first", "second"]
