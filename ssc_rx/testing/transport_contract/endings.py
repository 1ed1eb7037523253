"""How a connection ends, as told at both of its ends."""

from ssc_rx.ports import Transport
from ssc_rx.testing.transport_contract.end import End, Promise, numbered

__all__ = ["ENDINGS"]


async def a_close_is_told_to_both_ends(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    sender.write("last words")
    sender.transport.close(4001, "bye")
    mine, theirs = await sender.heard.closed(), await receiver.heard.closed()
    assert (mine.code, mine.reason, mine.by, mine.clean) == (4001, "bye", "us", True)
    assert (theirs.code, theirs.reason, theirs.by) == (4001, "bye", "peer")
    assert (theirs.clean, theirs.error) == (True, None)
    assert receiver.heard.texts == ["last words"]
    assert receiver.heard.of("closing") == [None]
    assert sender.heard.of("closing") == []


async def a_second_close_changes_nothing(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    sender.transport.close(4001, "first")
    sender.transport.close(4002, "second")
    assert (await receiver.heard.closed()).reason == "first"
    sender.transport.close(4003, "third")
    assert (await sender.heard.closed()).reason == "first"


async def both_may_close_at_once(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    sender.transport.close(4001, "mine")
    receiver.transport.close(4002, "theirs")
    infos = await sender.heard.closed(), await receiver.heard.closed()
    assert [info.clean for info in infos] == [True, True]


async def an_abort_is_told_to_both_ends(one: Transport, other: Transport) -> None:
    ends = End(one), End(other)
    ends[0].transport.abort()
    for end in ends:
        info = await end.heard.closed()
        assert (info.code, info.by, info.clean) == (1006, "lost", False)
        assert info.error is not None


async def a_closing_transport_takes_no_more(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    assert sender.transport.writable
    sender.transport.close(1000, "")
    assert not sender.transport.writable
    await receiver.heard.closed()
    assert not receiver.transport.writable


async def an_abort_inside_a_message_is_the_end_of_messages(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
    receiver.heard.react = receiver.transport.abort
    sender.write(*numbered(100))
    await receiver.heard.closed()
    assert receiver.heard.texts == ["message 0"]


ENDINGS: tuple[Promise, ...] = (
    a_close_is_told_to_both_ends,
    a_second_close_changes_nothing,
    both_may_close_at_once,
    an_abort_is_told_to_both_ends,
    a_closing_transport_takes_no_more,
    an_abort_inside_a_message_is_the_end_of_messages,
)
