"""The checker of deliveries is checked: it notices one message gone astray."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from ssc_rx import Message, MessageType, Pool
from ssc_rx.ports import Outgoing
from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.memory import MemoryTransport
from tests.checker import Checker
from tests.mistreatment import Fault, Mistreatment
from tests.recorder import Recorder

N = 20
ASTRAY = 7
"""The message that the transport mistreats."""


class Unreliable(MemoryTransport):
    """Drops, repeats or swaps one of the messages that are written to it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, name: str, fault: Fault
    ) -> None:
        super().__init__(loop, name)
        self._mistreated = Mistreatment[Outgoing](fault)
        self._written = 0

    def write(self, batch: Sequence[Outgoing]) -> None:
        for item in batch:
            self._written += 1
            super().write(self._mistreated(item, self._written == ASTRAY))


def unreliable_pair(fault: Fault) -> tuple[MemoryTransport, MemoryTransport]:
    """Two connected transports; either mistreats one of the messages it sends."""
    loop = asyncio.get_running_loop()
    one, other = Unreliable(loop, "one", fault), Unreliable(loop, "other", fault)
    one.peer, other.peer = other, one
    return one, other


SAYS: dict[Fault, list[str]] = {
    "none": [],
    "drop": ["x: 1 missing, 0 told lost: [7]"],
    "repeat": ["x: 7 came 2 times"],
    "swap": ["x: 7 came after 8"],
}


@pytest.fixture(params=SAYS)
def fault(request: pytest.FixtureRequest) -> Fault:
    chosen: Fault = request.param
    return chosen


async def test_it_notices_a_write_gone_astray(pool: Pool, fault: Fault) -> None:
    near, far = unreliable_pair(fault)
    peer = RecordingReceiver()
    far.attach(peer)
    checker = Checker()
    async with pool.add_client_socket("x", near):
        for _ in range(N):
            pool.write(Message.of("x", checker.next("x")))
    for text in peer.texts:
        checker.received("x", text)
    assert checker.faults("x") == SAYS[fault]


async def test_it_notices_a_received_message_gone_astray(
    pool: Pool, heard: Recorder, fault: Fault
) -> None:
    near, far = unreliable_pair(fault)
    far.attach(RecordingReceiver())
    checker = Checker()
    async with pool.add_client_socket("x", near) as socket:
        for _ in range(N):
            far.write([Outgoing(MessageType.TEXT, checker.next("x").encode())])
        far.close(1000, "")
        await socket.wait_closed()
    for message in heard.messages:
        checker.received("x", message.text)
    assert checker.faults("x") == SAYS[fault]


def checked(*numbers: int, sent: int = 5, **told: Any) -> list[str]:
    """What the checker says when these numbers arrive of those sent."""
    checker = Checker()
    texts = [checker.next("x") for _ in range(sent)]
    for number in numbers:
        checker.received("x", texts[number - 1])
    return checker.faults("x", **told)


def test_what_was_told_lost_may_be_missing() -> None:
    assert checked(1, 2, 5, lost=2) == []


def test_losses_that_were_told_and_did_not_happen_are_a_fault() -> None:
    assert checked(1, 2, 3, 4, 5, lost=1) == [
        "x: 1 were told lost, but 0 are missing",
    ]


def test_what_was_under_way_when_the_link_broke_may_be_missing() -> None:
    assert checked(1, 2, link_lost=True) == []
    assert checked(1, 2, lost=1, link_lost=True) == []


def test_a_gap_is_a_fault_even_if_the_link_broke() -> None:
    assert checked(1, 2, 4, link_lost=True) == [
        "x: missing before others that came: [3]",
    ]


def test_a_number_that_was_never_given_is_a_fault() -> None:
    checker = Checker()
    checker.received("x", checker.next("x"))
    checker.received("x", "2:x:")
    assert checker.faults("x") == ["x: 2 was never sent"]


def test_a_refused_number_is_given_again() -> None:
    checker = Checker()
    checker.next("x")
    checker.refused("x")
    checker.received("x", checker.next("x"))
    assert (checker.sent_on("x"), checker.received_on("x")) == (1, 1)
    assert checker.faults("x") == []


def test_a_message_on_the_wrong_socket_is_a_fault() -> None:
    checker = Checker()
    with pytest.raises(AssertionError, match="of 'x' came to 'y'"):
        checker.received("y", checker.next("x"))
