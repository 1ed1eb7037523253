"""What every transport promises, in both directions; see `ssc_rx.ports.Transport`."""

import asyncio
import collections
import random
from collections.abc import AsyncIterator

import pytest

from ssc_rx import Message, MessageType
from ssc_rx.ports import Outgoing, Transport
from ssc_rx.transports.delivering import MESSAGES_PER_TURN
from tests.transports.pairs import PAIRS, Pair
from tests.transports.receiver import RecordingReceiver

TEXT, BINARY = MessageType.TEXT, MessageType.BINARY


class End:
    """A transport with its receiver."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.heard = RecordingReceiver()
        transport.attach(self.heard)

    def write(self, *data: object) -> None:
        messages = [Message.of("", item) for item in data]
        self.transport.write([Outgoing(m.type, m.payload) for m in messages])


@pytest.fixture(params=PAIRS)
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[Pair]:
    async with PAIRS[request.param]() as pair:
        yield pair


@pytest.fixture(params=["one to other", "other to one"])
def ends(pair: Pair, request: pytest.FixtureRequest) -> tuple[End, End]:
    """The sending end and the receiving end, both ways round."""
    one, other = End(pair[0]), End(pair[1])
    return (one, other) if request.param == "one to other" else (other, one)


async def test_messages_arrive_whole_typed_and_in_order(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    sender.write("a", b"\x00\xff", "grüß", "")
    sender.write(b"")
    await receiver.heard.until(lambda: len(receiver.heard.of("message")) == 5)
    assert receiver.heard.of("message") == [
        (TEXT, b"a"),
        (BINARY, b"\x00\xff"),
        (TEXT, "grüß".encode()),
        (TEXT, b""),
        (BINARY, b""),
    ]


@pytest.mark.parametrize("size", [125, 126, 65_535, 65_536, 1_000_000])
async def test_every_length_of_frame_gets_through(
    ends: tuple[End, End], size: int
) -> None:
    sender, receiver = ends
    payload = random.Random(size).randbytes(size)
    sender.write(payload, "after")
    await receiver.heard.until(lambda: len(receiver.heard.of("message")) == 2)
    assert receiver.heard.of("message") == [(BINARY, payload), (TEXT, b"after")]


async def test_a_shared_message_is_the_same_for_all(pair: Pair) -> None:
    one, other = End(pair[0]), End(pair[1])
    shared = Outgoing(TEXT, b"to all")
    one.transport.write([shared, shared])
    other.transport.write([shared])
    await other.heard.until(lambda: len(other.heard.texts) == 2)
    await one.heard.until(lambda: len(one.heard.texts) == 1)
    assert one.heard.texts + other.heard.texts == ["to all"] * 3


async def test_nothing_is_heard_inside_a_call(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    sender.write("x")
    sender.transport.ping(b"")
    sender.transport.close(1000, "")
    assert receiver.heard.calls == sender.heard.calls == []
    await receiver.heard.closed()


async def test_a_pong_carries_the_payload_of_the_ping(ends: tuple[End, End]) -> None:
    sender, _ = ends
    if not sender.transport.can_ping:
        pytest.skip("its web server keeps PING and PONG to itself")
    sender.transport.ping(b"echo me")
    await sender.heard.until(lambda: bool(sender.heard.of("pong")))
    assert sender.heard.of("pong") == [b"echo me"]


async def test_a_close_is_told_to_both_ends(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    sender.write("last words")
    sender.transport.close(4001, "bye")
    mine, theirs = await sender.heard.closed(), await receiver.heard.closed()
    assert (mine.code, mine.reason, mine.by, mine.clean) == (4001, "bye", "us", True)
    assert (theirs.code, theirs.reason, theirs.by) == (4001, "bye", "peer")
    assert (theirs.clean, theirs.error) == (True, None)
    assert receiver.heard.texts == ["last words"]
    assert receiver.heard.of("closing") == [None]
    assert sender.heard.of("closing") == []


async def test_a_second_close_changes_nothing(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    sender.transport.close(4001, "first")
    sender.transport.close(4002, "second")
    assert (await receiver.heard.closed()).reason == "first"
    sender.transport.close(4003, "third")
    assert (await sender.heard.closed()).reason == "first"


async def test_both_may_close_at_once(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    sender.transport.close(4001, "mine")
    receiver.transport.close(4002, "theirs")
    infos = await sender.heard.closed(), await receiver.heard.closed()
    assert [info.clean for info in infos] == [True, True]


async def test_an_abort_is_told_to_both_ends(ends: tuple[End, End]) -> None:
    ends[0].transport.abort()
    for end in ends:
        info = await end.heard.closed()
        assert (info.code, info.by, info.clean) == (1006, "lost", False)
        assert info.error is not None


async def test_a_closing_transport_takes_no_more(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    assert sender.transport.writable
    sender.transport.close(1000, "")
    assert not sender.transport.writable
    await receiver.heard.closed()
    assert not receiver.transport.writable


async def test_a_peer_that_does_not_read_makes_it_unwritable_until_it_does(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    receiver.transport.pause_reading()
    if hasattr(receiver.transport, "stalled"):
        receiver.transport.stalled = True
    written = 0
    chunk = random.Random(1).randbytes(60_000)
    while sender.transport.writable:
        sender.write(chunk)
        written += 1
        assert written < 1000
    receiver.transport.resume_reading()
    if hasattr(receiver.transport, "stalled"):
        receiver.transport.stalled = False
    await receiver.heard.until(lambda: len(receiver.heard.of("message")) == written)
    await sender.heard.until(lambda: bool(sender.heard.of("writable")))
    assert sender.transport.writable


async def test_it_says_what_it_can_and_where_its_peer_is(pair: Pair) -> None:
    for transport in pair:
        assert isinstance(transport, Transport)
        assert transport.can_ping or transport.hosted
        assert transport.remote_address
        assert transport.subprotocol is None


# The stop: `pause_reading` and `resume_reading`


async def turns(n: int = 50) -> None:
    """Enough turns of the loop for what would be wrong to show."""
    for _ in range(n):
        await asyncio.sleep(0)


def numbered(n: int) -> list[str]:
    return [f"message {i}" for i in range(n)]


async def test_nothing_is_told_while_paused_and_all_of_it_afterwards(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    receiver.transport.pause_reading()
    pings = not (sender.transport.hosted or receiver.transport.hosted)
    sender.write("a", "b")
    if pings:  # else a web server answers them by itself
        sender.transport.ping(b"?")
    sender.write("c")
    await turns()
    assert receiver.heard.calls == []
    assert sender.heard.of("pong") == []
    receiver.transport.resume_reading()
    assert receiver.heard.calls == []  # never inside the call
    await receiver.heard.until(lambda: receiver.heard.texts == ["a", "b", "c"])
    await sender.heard.until(lambda: sender.heard.of("pong") == [b"?"] * pings)


async def test_a_pause_inside_a_message_is_the_stop_whatever_was_read_already(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    heard, transport = receiver.heard, receiver.transport
    steps = [1, 7, 100, 101, 1500, 2000]

    def stop() -> None:
        if len(heard.calls) in steps:
            transport.pause_reading()

    heard.react = stop
    sender.write(*numbered(2000))
    for step in steps:
        await heard.until(lambda step=step: len(heard.calls) == step)  # type: ignore[misc]
        await turns(10)
        assert len(heard.calls) == step
        transport.resume_reading()
    assert heard.texts == numbered(2000)
    sender.write("after")
    await heard.until(lambda: heard.texts[-1] == "after")


async def test_the_end_waits_behind_a_pause(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    heard, transport = receiver.heard, receiver.transport
    heard.react = transport.pause_reading
    sender.write("a", "b")
    sender.transport.close(4001, "bye")
    for texts in (["a"], ["a", "b"]):
        await heard.until(lambda texts=texts: heard.texts == texts)  # type: ignore[misc]
        await turns()
        assert heard.texts == texts
        assert heard.of("closing") == heard.of("closed") == []
        transport.resume_reading()
    info = await heard.closed()
    assert (info.code, info.by, info.clean) == (4001, "peer", True)
    assert heard.of("closing") == [None]


async def test_the_end_waits_behind_a_pause_that_came_first(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    receiver.transport.pause_reading()
    sender.transport.close(4001, "bye")
    await turns()
    assert receiver.heard.calls == []
    if not (sender.transport.hosted or receiver.transport.hosted):
        # A web server answers by itself, or doesn't wait for the answer.
        assert sender.heard.calls == []
    receiver.transport.resume_reading()
    assert (await receiver.heard.closed()).by == "peer"
    assert (await sender.heard.closed()).clean


async def test_a_lost_connection_is_told_after_the_pause(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    heard, transport = receiver.heard, receiver.transport
    heard.react = transport.pause_reading
    sender.write("a")
    await heard.until(lambda: heard.texts == ["a"])
    sender.transport.abort()
    await sender.heard.closed()
    await turns()
    assert len(heard.calls) == 1
    transport.resume_reading()
    info = await heard.closed()
    assert (info.code, info.by, info.clean) == (1006, "lost", False)


async def test_an_abort_does_not_wait_for_a_pause(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    heard, transport = receiver.heard, receiver.transport
    heard.react = transport.pause_reading
    sender.write(*numbered(100))
    await heard.until(lambda: len(heard.texts) == 1)
    transport.abort()
    assert len(heard.calls) == 1
    assert not (await heard.closed()).clean
    assert len(heard.texts) == 1
    transport.pause_reading()  # nothing comes of these any more
    transport.resume_reading()
    await turns(10)
    assert len(heard.of("closed")) == 1


async def test_an_abort_inside_a_message_is_the_end_of_messages(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    receiver.heard.react = receiver.transport.abort
    sender.write(*numbered(100))
    await receiver.heard.closed()
    assert receiver.heard.texts == ["message 0"]


async def test_a_pause_before_it_is_attached_counts(pair: Pair) -> None:
    pair[1].pause_reading()
    sender, receiver = End(pair[0]), End(pair[1])
    sender.write("early")
    await turns()
    assert receiver.heard.calls == []
    receiver.transport.resume_reading()
    await receiver.heard.until(lambda: receiver.heard.texts == ["early"])


async def test_a_pause_that_is_over_at_once_changes_no_order(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    heard, transport = receiver.heard, receiver.transport
    inside = False

    def blink() -> None:
        nonlocal inside
        assert not inside
        inside = True
        transport.pause_reading()
        transport.resume_reading()
        transport.resume_reading()
        inside = False

    heard.react = blink
    sender.write(*numbered(300))
    sender.transport.close(1000, "")
    await heard.closed()
    assert heard.texts == numbered(300)


async def test_a_flood_leaves_turns_to_others(ends: tuple[End, End]) -> None:
    sender, receiver = ends
    turn = 0
    ticking = True
    heard_in: collections.Counter[int] = collections.Counter()

    def tick() -> None:
        nonlocal turn
        turn += 1
        if ticking:
            asyncio.get_running_loop().call_soon(tick)

    def count() -> None:
        heard_in[turn] += 1

    receiver.heard.react = count
    tick()
    sender.write(*numbered(3000))
    await receiver.heard.until(lambda: len(receiver.heard.texts) == 3000)
    ticking = False
    assert receiver.heard.texts == numbered(3000)
    # uvloop reads in the same turn in which the last that was kept was delivered.
    assert max(heard_in.values()) < 2 * MESSAGES_PER_TURN


async def test_another_receiver_is_told_the_rest_from_the_middle_of_a_chunk(
    ends: tuple[End, End],
) -> None:
    sender, receiver = ends
    other = RecordingReceiver()
    transport = receiver.transport

    def hand_over() -> None:
        transport.pause_reading()
        transport.attach(other)
        transport.resume_reading()

    receiver.heard.react = hand_over
    sender.write("one", "two", "three")
    sender.transport.close(1000, "")
    info = await other.closed()
    assert (receiver.heard.texts, other.texts) == (["one"], ["two", "three"])
    assert (receiver.heard.of("closed"), info.by) == ([], "peer")
