"""The stop: what `pause_reading` and `resume_reading` of a transport promise."""

import asyncio
import collections

from ssc_rx.ports import Transport
from ssc_rx.testing.transport_contract.end import End, Promise, numbered, turns
from ssc_rx.testing.transport_contract.receiver import RecordingReceiver

__all__ = ["PAUSES"]

_ENOUGH_TURNS = 100_000
_MOST_A_TURN = 2 * 512
"""Of a flood; uvloop reads in the same turn in which the last that was kept was told."""


async def nothing_is_told_while_paused_and_all_of_it_afterwards(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
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


async def a_pause_inside_a_message_is_the_stop_whatever_was_read_already(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
    heard, transport = receiver.heard, receiver.transport
    steps = [1, 7, 100, 101, 1500, 2000]

    def stop() -> None:
        if len(heard.calls) in steps:
            transport.pause_reading()

    heard.react = stop
    sender.write(*numbered(2000))
    for step in steps:
        await heard.has(step)
        await turns(10)
        assert len(heard.calls) == step
        transport.resume_reading()
    assert heard.texts == numbered(2000)
    sender.write("after")
    await heard.until(lambda: heard.texts[-1] == "after")


async def the_end_waits_behind_a_pause(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    heard, transport = receiver.heard, receiver.transport
    heard.react = transport.pause_reading
    sender.write("a", "b")
    sender.transport.close(4001, "bye")
    for texts in (["a"], ["a", "b"]):
        await heard.has(len(texts))
        await turns()
        assert heard.texts == texts
        assert heard.of("closing") == heard.of("closed") == []
        transport.resume_reading()
    info = await heard.closed()
    assert (info.code, info.by, info.clean) == (4001, "peer", True)
    assert heard.of("closing") == [None]


async def the_end_waits_behind_a_pause_that_came_first(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
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


async def a_lost_connection_is_told_after_the_pause(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
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


async def an_abort_does_not_wait_for_a_pause(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
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


async def a_pause_before_it_is_attached_counts(
    one: Transport, other: Transport
) -> None:
    other.pause_reading()
    sender, receiver = End(one), End(other)
    sender.write("early")
    await turns()
    assert receiver.heard.calls == []
    receiver.transport.resume_reading()
    await receiver.heard.until(lambda: receiver.heard.texts == ["early"])


async def a_pause_that_is_over_at_once_changes_no_order(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
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


async def a_flood_leaves_turns_to_others(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    turn = 0
    ticking = True
    heard_in: collections.Counter[int] = collections.Counter()

    def tick() -> None:
        nonlocal turn
        turn += 1
        if ticking and turn < _ENOUGH_TURNS:  # else, if it fails, it ends never
            asyncio.get_running_loop().call_soon(tick)

    def count() -> None:
        heard_in[turn] += 1

    receiver.heard.react = count
    tick()
    sender.write(*numbered(3000))
    await receiver.heard.until(lambda: len(receiver.heard.texts) == 3000)
    ticking = False
    assert receiver.heard.texts == numbered(3000)
    assert max(heard_in.values()) <= _MOST_A_TURN


async def another_receiver_is_told_the_rest_from_the_middle_of_a_chunk(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
    successor = RecordingReceiver()
    transport = receiver.transport

    def hand_over() -> None:
        transport.pause_reading()
        transport.attach(successor)
        transport.resume_reading()

    receiver.heard.react = hand_over
    sender.write("one", "two", "three")
    sender.transport.close(1000, "")
    info = await successor.closed()
    assert (receiver.heard.texts, successor.texts) == (["one"], ["two", "three"])
    assert (receiver.heard.of("closed"), info.by) == ([], "peer")


PAUSES: tuple[Promise, ...] = (
    nothing_is_told_while_paused_and_all_of_it_afterwards,
    a_pause_inside_a_message_is_the_stop_whatever_was_read_already,
    the_end_waits_behind_a_pause,
    the_end_waits_behind_a_pause_that_came_first,
    a_lost_connection_is_told_after_the_pause,
    an_abort_does_not_wait_for_a_pause,
    a_pause_before_it_is_attached_counts,
    a_pause_that_is_over_at_once_changes_no_order,
    a_flood_leaves_turns_to_others,
    another_receiver_is_told_the_rest_from_the_middle_of_a_chunk,
)
