"""What goes through a transport, and what it says of itself."""

import random
from unittest import SkipTest

from ssc_rx.message import MessageType
from ssc_rx.ports import Outgoing, Transport
from ssc_rx.testing.transport_contract.end import End, Promise

__all__ = ["MESSAGES"]

TEXT, BINARY = MessageType.TEXT, MessageType.BINARY


async def messages_arrive_whole_typed_and_in_order(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
    sender.write("a", b"\x00\xff", "grüß", "")
    sender.write(b"")
    await receiver.heard.has(5)
    assert receiver.heard.of("message") == [
        (TEXT, b"a"),
        (BINARY, b"\x00\xff"),
        (TEXT, "grüß".encode()),
        (TEXT, b""),
        (BINARY, b""),
    ]


def _length(size: int) -> Promise:
    async def gets_through(one: Transport, other: Transport) -> None:
        sender, receiver = End(one), End(other)
        payload = random.Random(size).randbytes(size)
        sender.write(payload, "after")
        await receiver.heard.has(2)
        heard = receiver.heard.of("message")
        assert heard == [(BINARY, payload), (TEXT, b"after")]

    gets_through.__name__ = f"a_frame_of_{size}_bytes_gets_through"
    return gets_through


async def a_shared_message_is_the_same_for_all(
    one: Transport, other: Transport
) -> None:
    first, second = End(one), End(other)
    shared = Outgoing(TEXT, b"to all")
    first.transport.write([shared, shared])
    second.transport.write([shared])
    await second.heard.has(2)
    await first.heard.has(1)
    assert first.heard.texts + second.heard.texts == ["to all"] * 3


async def nothing_is_heard_inside_a_call(one: Transport, other: Transport) -> None:
    sender, receiver = End(one), End(other)
    sender.write("x")
    sender.transport.ping(b"")
    sender.transport.close(1000, "")
    assert receiver.heard.calls == []
    assert sender.heard.calls == []
    await receiver.heard.closed()


async def a_pong_carries_the_payload_of_the_ping(
    one: Transport, other: Transport
) -> None:
    sender, _ = End(one), End(other)
    if not sender.transport.can_ping:
        raise SkipTest("its web server keeps PING and PONG to itself")
    sender.transport.ping(b"echo me")
    await sender.heard.until(lambda: bool(sender.heard.of("pong")))
    assert sender.heard.of("pong") == [b"echo me"]


async def a_peer_that_does_not_read_makes_it_unwritable_until_it_does(
    one: Transport, other: Transport
) -> None:
    sender, receiver = End(one), End(other)
    receiver.transport.pause_reading()
    written = 0
    chunk = random.Random(1).randbytes(60_000)
    while sender.transport.writable:
        sender.write(chunk)
        written += 1
        if written == 1000 and not receiver.transport.can_pause:
            raise SkipTest("its web server keeps what nobody reads")
        assert written < 1000, "what is written is kept without any bound"
    receiver.transport.resume_reading()
    await receiver.heard.has(written)
    await sender.heard.until(lambda: bool(sender.heard.of("writable")))
    assert sender.transport.writable


async def it_says_what_it_can_and_where_its_peer_is(
    one: Transport, other: Transport
) -> None:
    for transport in (one, other):
        assert isinstance(transport, Transport)
        assert transport.can_ping or transport.hosted
        assert transport.remote_address
        assert transport.subprotocol is None


MESSAGES: tuple[Promise, ...] = (
    messages_arrive_whole_typed_and_in_order,
    *map(_length, (125, 126, 65_535, 65_536, 1_000_000)),
    a_shared_message_is_the_same_for_all,
    nothing_is_heard_inside_a_call,
    a_pong_carries_the_payload_of_the_ping,
    a_peer_that_does_not_read_makes_it_unwritable_until_it_does,
    it_says_what_it_can_and_where_its_peer_is,
)
