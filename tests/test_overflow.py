"""Full outboxes: what each policy makes of a slow peer, and of one that keeps up."""

import asyncio
from random import Random

import pytest

from ssc_rx import (
    BroadcastResult,
    CloseInfo,
    Event,
    Message,
    MessagesDropped,
    MessageType,
    Outbox,
    OutboxFullError,
    Overflow,
    Pool,
    SocketClosedError,
    SscError,
    WriteRefused,
    WritesLost,
)
from tests.assertions import assert_accounted, assert_delivered
from tests.far_end import AddPeer
from tests.recorder import Recorder, Seen

DROPPING = [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST, Overflow.LATEST]
POLICIES = [Overflow.CLOSE, Overflow.ERROR, *DROPPING]
OF_FIVE = {
    Overflow.DROP_OLDEST: (["3", "4"], {"oldest": 3}),
    Overflow.DROP_NEWEST: (["0", "1"], {"newest": 3}),
    Overflow.LATEST: (["4"], {"superseded": 4}),
}
"""What arrives, and what is dropped, of "0" to "4" in an outbox of two."""


def tight(overflow: Overflow) -> Outbox:
    return Outbox(messages=2, bytes=100, overflow=overflow)


@pytest.mark.parametrize("overflow", DROPPING)
async def test_a_slow_peer_gets_what_the_policy_keeps(
    pool: Pool, heard: Recorder, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    for n in range(5):
        pool.write(Message.of("a", str(n)))
        assert_accounted(pool)
    await asyncio.sleep(0)
    kept, dropped = OF_FIVE[overflow]
    for stats in (pool.stats(), pool["a"].stats):
        assert (stats.accepted, stats.refused, stats.queued) == (5, 0, len(kept))
        assert (stats.dropped, stats.dropped_total) == (dropped, 5 - len(kept))
    peer.transport.stalled = False
    assert await peer.heard_texts(len(kept)) == kept
    pool["a"].write("it lives on")
    assert await peer.heard_texts(len(kept) + 1) == [*kept, "it lives on"]
    assert pool.stats().dropped == dropped
    assert not heard.of(WriteRefused)
    assert not heard.of(WritesLost)


@pytest.mark.parametrize("overflow", POLICIES)
async def test_a_peer_that_keeps_up_loses_nothing_within_one_turn(
    pool: Pool, heard: Recorder, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    sent = [str(n) for n in range(1000)]
    for text in sent:
        pool.write(Message.of("a", text))
    assert await peer.heard_texts(1000) == sent
    stats = pool.stats()
    assert (stats.messages_out, stats.dropped) == (1000, {})
    assert heard.of(MessagesDropped) == []


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [((60, 50), [50]), ((40, 40, 30), [40, 30]), ((10, 500), [500]), ((500, 1), [1])],
)
async def test_the_oldest_give_way_in_bytes_as_well(
    pool: Pool, add_peer: AddPeer, sizes: tuple[int, ...], kept: list[int]
) -> None:
    outbox = Outbox(messages=9, bytes=100, overflow=Overflow.DROP_OLDEST)
    peer = await add_peer("a", outbox=outbox)
    peer.transport.stalled = True
    for size in sizes:
        pool["a"].write(bytes(size))
    assert pool["a"].stats.queued_bytes == sum(kept)
    peer.transport.stalled = False
    await peer.heard.until(lambda: len(peer.heard.of("message")) == len(kept))
    assert pool["a"].stats.dropped == {"oldest": len(sizes) - len(kept)}


@pytest.mark.parametrize("overflow", DROPPING)
async def test_pings_of_the_user_are_dropped_like_others(
    pool: Pool, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    for n in range(5):
        pool.write(Message("a", MessageType.PONG, str(n).encode()))
    kept, dropped = OF_FIVE[overflow]
    assert pool["a"].stats.dropped == dropped
    peer.transport.stalled = False
    await peer.heard.until(lambda: len(peer.heard.of("pong")) == len(kept))
    assert peer.heard.of("pong") == [text.encode() for text in kept]


# Those who are told


async def test_drops_are_told_ever_more_rarely(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight(Overflow.DROP_NEWEST))
    peer.transport.stalled = True
    for _ in range(102):
        pool.write(Message.of("a", ""))
    told = heard.of(MessagesDropped)
    assert [e.messages for e in told] == [1, 2, 4, 8, 16, 32, 64]
    assert {(e.id, e.reason) for e in told} == {("a", "newest")}
    assert all(e.time > 0 for e in told)
    assert pool.stats().dropped == {"newest": 100}


async def test_each_socket_tells_of_its_own_drops(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    for id in ("a", "b"):
        (await add_peer(id, outbox=tight(Overflow.LATEST))).transport.stalled = True
    for _ in range(3):
        pool.write_all("x")
    told = [(e.id, e.reason, e.messages) for e in heard.of(MessagesDropped)]
    assert sorted(told) == [(id, "superseded", n) for id in "ab" for n in (1, 2)]


async def test_an_observer_of_drops_may_write(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight(Overflow.DROP_OLDEST))
    shown = Seen(pool.writes)

    def alarm(event: Event) -> None:
        if isinstance(event, MessagesDropped):
            pool.write(Message.of("a", f"dropped {event.messages}"))

    pool.events.subscribe(alarm)
    peer.transport.stalled = True
    for text in ("1", "2", "3"):
        pool.write(Message.of("a", text))
    assert_delivered(shown, "a", "1", "2", "3", "dropped 1", "dropped 2")
    assert [e.messages for e in heard.of(MessagesDropped)] == [1, 2]
    peer.transport.stalled = False
    assert await peer.heard_texts(2) == ["dropped 1", "dropped 2"]


@pytest.mark.parametrize("overflow", DROPPING)
async def test_writes_that_are_dropped_were_accepted_and_show(
    pool: Pool, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    shown, own = Seen(pool.writes), Seen(pool["a"].writes)
    for n in range(5):
        pool.write(Message.of("a", str(n)))
    assert_delivered(shown, "a", "0", "1", "2", "3", "4")
    assert_delivered(own, "a", "0", "1", "2", "3", "4")


async def test_a_broadcast_tells_who_goes_without_it(
    pool: Pool, add_peer: AddPeer
) -> None:
    for overflow in POLICIES:
        peer = await add_peer(overflow.value, outbox=tight(overflow))
        peer.transport.stalled = True
    await add_peer("quick")
    pool.write_all("1")
    assert pool.write_all("2") == BroadcastResult(queued=6)
    assert pool.write_all("3") == BroadcastResult(
        queued=3, dropped=("error", "drop_newest"), closed=("close",)
    )
    stats = pool.stats()
    assert stats.dropped == {"oldest": 1, "newest": 1, "superseded": 2}
    assert (stats.refused, stats.failed) == (2, {"overflow": 2})


@pytest.mark.parametrize("overflow", DROPPING)
async def test_a_push_into_a_full_outbox_is_not_refused(
    pool: Pool, heard: Recorder, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    for n in range(3):
        pool.writes.on_next(Message.of("a", str(n)))
        pool["a"].writes.on_next(str(n))
        pool.inbound.on_next(str(n))
    assert heard.of(WriteRefused) == []
    stats = pool.stats()
    assert (stats.accepted, stats.refused) == (9, 0)
    assert_accounted(pool)


# Those who wait


async def sending(pool: Pool, n: int) -> "list[asyncio.Task[None]]":
    """As many sends of "0", "1" …, each of which waits or has been queued."""
    sends = [asyncio.create_task(pool["a"].send(str(i))) for i in range(n)]
    await asyncio.sleep(0)
    return sends


@pytest.mark.parametrize("overflow", POLICIES)
async def test_sends_wait_for_room_and_lose_nothing(
    pool: Pool, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    sends = await sending(pool, 5)
    room = 1 if overflow is Overflow.LATEST else 2
    assert [s.done() for s in sends] == [n < room for n in range(5)]
    peer.transport.stalled = False
    await asyncio.gather(*sends)
    assert await peer.heard_texts(5) == ["0", "1", "2", "3", "4"]
    assert pool.stats().dropped == {}


@pytest.mark.parametrize(
    ("overflow", "kept", "dropped"),
    [
        (Overflow.DROP_OLDEST, ["3", "written"], {"oldest": 3}),
        (Overflow.DROP_NEWEST, ["0", "1", "2", "3"], {"newest": 1}),
        (Overflow.LATEST, ["written"], {"superseded": 4}),
    ],
)
async def test_a_write_does_not_overtake_the_sends_that_wait(
    pool: Pool,
    heard: Recorder,
    add_peer: AddPeer,
    overflow: Overflow,
    kept: list[str],
    dropped: dict[str, int],
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    shown = Seen(pool.writes)
    sends = await sending(pool, 4)
    pool.write(Message.of("a", "written"))
    assert_accounted(pool)
    peer.transport.stalled = False
    await asyncio.gather(*sends)
    assert await peer.heard_texts(len(kept)) == kept
    assert pool.stats().dropped == dropped
    order = ["0", "1", "2", "3", "written"]
    if overflow is Overflow.DROP_NEWEST:  # it was accepted before those who wait
        order = ["0", "1", "written", "2", "3"]
    assert_delivered(shown, "a", *order)
    assert heard.of(MessagesDropped)[-1].messages == sum(dropped.values())


async def test_a_send_that_was_cancelled_is_not_admitted_by_a_write(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight(Overflow.DROP_OLDEST))
    peer.transport.stalled = True
    sends = await sending(pool, 5)
    sends[2].cancel()
    sends[4].cancel()
    pool.write(Message.of("a", "x"))  # in this very turn of the loop
    await asyncio.gather(*sends, return_exceptions=True)
    peer.transport.stalled = False
    assert await peer.heard_texts(2) == ["3", "x"]
    stats = pool.stats()
    assert (stats.accepted, stats.dropped) == (4, {"oldest": 2})


async def test_a_send_that_is_cancelled_does_not_strand_those_behind_it(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("x", outbox=Outbox(bytes=60, overflow=Overflow.ERROR))
    peer.transport.stalled = True
    pool["x"].write("a" * 50)
    large = asyncio.ensure_future(pool["x"].send("b" * 20))
    small = asyncio.ensure_future(pool["x"].send("c"))
    await asyncio.sleep(0)
    large.cancel()
    await small
    assert pool["x"].stats.queued == 2


async def test_an_observer_that_writes_does_not_strand_the_sends_that_wait(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=Outbox(messages=4, overflow=Overflow.ERROR))
    peer.transport.stalled = True
    for n in range(4):
        pool["a"].write(f"w{n}")
    sends = await sending(pool, 3)
    pool.writes.subscribe(
        lambda m: pool.write(Message.of("a", "re " + m.text)) if m.text == "0" else None
    )
    peer.transport.stalled = False
    await asyncio.gather(*sends)
    written = ["w0", "w1", "w2", "w3"]
    assert sorted((await peer.heard_texts(8))[:8]) == sorted(
        [*written, "0", "1", "2", "re 0"]
    )


@pytest.mark.parametrize("overflow", [Overflow.DROP_OLDEST, Overflow.LATEST])
async def test_a_write_is_refused_when_an_observer_of_a_send_closes(
    pool: Pool, add_peer: AddPeer, overflow: Overflow
) -> None:
    peer = await add_peer("a", outbox=tight(overflow))
    peer.transport.stalled = True
    sends = await sending(pool, 3)
    closes: list[asyncio.Future[CloseInfo]] = []
    pool.writes.subscribe(lambda _: closes.append(pool["a"].close()))
    with pytest.raises(SocketClosedError, match="is closing"):
        pool.write(Message.of("a", "too late"))
    await asyncio.gather(*sends, return_exceptions=True)
    assert_accounted(pool)


# The books


async def test_what_was_dropped_stays_in_the_pool_s_books(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight(Overflow.DROP_OLDEST))
    peer.transport.stalled = True
    for n in range(5):
        pool.write(Message.of("a", str(n)))
    closed = pool["a"].wait_closed()
    peer.transport.abort()
    await closed
    (lost,) = heard.of(WritesLost)
    stats = pool.stats()
    assert (stats.accepted, stats.messages_out, stats.queued) == (5, 0, 0)
    assert (stats.dropped, stats.failed) == ({"oldest": 3}, {"lost": lost.messages})


@pytest.mark.parametrize("overflow", POLICIES)
@pytest.mark.parametrize("seed", range(6))
async def test_the_books_balance_after_every_step(
    pool: Pool, add_peer: AddPeer, overflow: Overflow, seed: int
) -> None:
    random = Random(seed)
    peer = await add_peer("a", outbox=Outbox(3, 40, overflow))
    socket, shown = pool["a"], Seen(pool.writes)
    sends: list[asyncio.Future[None]] = []
    for n in range(150):
        data = f"{n:03}" + "." * random.randrange(25)
        match random.randrange(8):
            case 0 | 1 | 2:
                try:
                    socket.write(data)
                except (OutboxFullError, SocketClosedError):
                    assert overflow in (Overflow.CLOSE, Overflow.ERROR)
            case 3 | 4:
                sends.append(asyncio.ensure_future(socket.send(data)))
            case 5:
                peer.transport.stalled = not peer.transport.stalled
            case 6 if sends:
                random.choice(sends).cancel()
            case _:
                await asyncio.sleep(0)
        assert_accounted(pool)
        assert socket.stats.queued <= (1 if overflow is Overflow.LATEST else 3)
    peer.transport.stalled = False
    for ended in await asyncio.gather(*sends, return_exceptions=True):
        assert ended is None or isinstance(ended, SscError | asyncio.CancelledError)
    await peer.heard.until(lambda: len(peer.heard.texts) == socket.stats.messages_out)
    accepted = iter([m.text for m in shown])
    assert all(text in accepted for text in peer.heard.texts)  # in the same order
    stats = socket.stats
    assert stats.accepted == len(shown)
    if overflow in DROPPING:
        assert len(peer.heard.texts) == stats.accepted - stats.dropped_total
