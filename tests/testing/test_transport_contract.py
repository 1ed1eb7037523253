"""Each transport with a planted fault breaks the promise that is about it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from ssc_rx import CloseInfo, MessageType
from ssc_rx.ports import Outgoing, Receiver
from ssc_rx.testing.transport_contract import OpenPair, Pair, check_transport
from ssc_rx.transports.memory import MemoryTransport
from tests.mistreatment import Fault, Mistreatment

pytestmark = pytest.mark.virtual_time


class Forgetful(MemoryTransport):
    """Drops, repeats or swaps the second message that is written to it."""

    fault: Fault = "none"

    def __init__(self, loop: asyncio.AbstractEventLoop, name: str) -> None:
        super().__init__(loop, name)
        self._mistreated = Mistreatment[Outgoing](self.fault)
        self._written = 0

    def write(self, batch: Sequence[Outgoing]) -> None:
        for item in batch:
            self._written += 1
            super().write(self._mistreated(item, self._written == 2))


class Dropping(Forgetful):
    fault = "drop"


class Repeating(Forgetful):
    fault = "repeat"


class Swapping(Forgetful):
    fault = "swap"


class Untyped(MemoryTransport):
    """Makes everything TEXT."""

    def write(self, batch: Sequence[Outgoing]) -> None:
        super().write([Outgoing(MessageType.TEXT, item.payload) for item in batch])


class Hasty(MemoryTransport):
    """Delivers inside of `write`."""

    def _wake(self) -> None:
        if self._receiver is not None:
            self._read()


class Restless(MemoryTransport):
    """Doesn't pause."""

    def pause_reading(self) -> None: ...


class Bottomless(MemoryTransport):
    """Takes in whatever comes, unread."""

    writable = True


class Bad(MemoryTransport):
    """Takes in whatever comes, unread, and says so."""

    can_pause = False

    @property
    def writable(self) -> bool:
        return not (self._sent or self._closed)


class Unclean(MemoryTransport):
    """Tells of every end as of a loss."""

    def _lose(self, info: CloseInfo) -> None:
        super()._lose(CloseInfo(1006, "", "lost", False, info.error))


class Talkative(MemoryTransport):
    """Tells of its end twice."""

    def attach(self, receiver: Receiver) -> None:
        told = receiver.on_closed

        def twice(info: CloseInfo) -> None:
            told(info)
            told(info)

        receiver.on_closed = twice  # type: ignore[method-assign]
        super().attach(receiver)


class Deaf(MemoryTransport):
    """Never tells of a pong, though it says that it can ping."""

    def ping(self, payload: bytes) -> None: ...


class Hosted(MemoryTransport):
    """Can't ping, and says so."""

    can_ping = False
    hosted = True


class Greedy(MemoryTransport):
    """Delivers all at once, however much it is."""

    def _read(self) -> None:
        super()._read()
        while self._inbox and not (self._paused or self._stalled):
            super()._read()


def pairs_of(kind: type[MemoryTransport]) -> OpenPair:
    @asynccontextmanager
    async def pair() -> AsyncIterator[Pair]:
        loop = asyncio.get_running_loop()
        one, other = kind(loop, "one"), kind(loop, "other")
        one.peer, other.peer = other, one
        yield one, other

    return pair


async def broken_by(kind: type[MemoryTransport]) -> set[str]:
    """The promises that it breaks."""
    try:
        await check_transport(pairs_of(kind))
    except ExceptionGroup as broken:
        notes = [error.__notes__[-1] for error in broken.exceptions]
        return {note.removeprefix("broken: ").partition(",")[0] for note in notes}
    return set()


@pytest.mark.parametrize(
    ("kind", "promise"),
    [
        (Dropping, "messages_arrive_whole_typed_and_in_order"),
        (Repeating, "messages_arrive_whole_typed_and_in_order"),
        (Swapping, "messages_arrive_whole_typed_and_in_order"),
        (Untyped, "messages_arrive_whole_typed_and_in_order"),
        (Hasty, "nothing_is_heard_inside_a_call"),
        (Restless, "nothing_is_told_while_paused_and_all_of_it_afterwards"),
        (Bottomless, "a_peer_that_does_not_read_makes_it_unwritable_until_it_does"),
        (Unclean, "a_close_is_told_to_both_ends"),
        (Talkative, "an_abort_is_told_to_both_ends"),
        (Deaf, "a_pong_carries_the_payload_of_the_ping"),
        (Greedy, "a_flood_leaves_turns_to_others"),
    ],
)
async def test_a_fault_breaks_the_promise_that_is_about_it(
    kind: type[MemoryTransport], promise: str
) -> None:
    assert promise in await broken_by(kind)


async def test_a_transport_without_a_fault_keeps_them_all() -> None:
    assert await check_transport(pairs_of(MemoryTransport)) == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (Hosted, "a_pong_carries_the_payload_of_the_ping, {way}: its web server keeps"),
        (Bad, "a_peer_that_does_not_read_{rest}, {way}: its web server keeps what"),
    ],
)
async def test_what_it_says_that_it_can_not_is_skipped_and_told(
    kind: type[MemoryTransport], says: str
) -> None:
    skipped = await check_transport(pairs_of(kind))
    rest = "makes_it_unwritable_until_it_does"
    ways: Any = ("one to other", "other to one")
    assert len(skipped) == 2
    for told, way in zip(skipped, ways, strict=True):
        assert told.startswith(says.format(way=way, rest=rest))


async def test_the_failure_names_what_is_broken() -> None:
    with pytest.raises(ExceptionGroup, match=r"pong.*, one to other; .*, other to one"):
        await check_transport(pairs_of(Deaf))
