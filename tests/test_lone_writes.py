"""A lone write leaves at once; of several in a turn, the others are joined."""

import asyncio
from collections.abc import Sequence

import pytest

from ssc_rx import Message, Pool, Socket
from ssc_rx.ports import Outgoing
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.assertions import assert_accounted
from tests.far_end import AddPeer, Peer


class Batches:
    """What a socket hands over, write by write."""

    def __init__(self, transport: MemoryTransport) -> None:
        self.sizes: list[int] = []
        self._write = transport.write
        transport.write = self.write  # type: ignore[method-assign]

    def write(self, batch: Sequence[Outgoing]) -> None:
        self.sizes.append(len(batch))
        self._write(batch)

    def of_this_turn(self) -> list[int]:
        sizes, self.sizes = self.sizes, []
        return sizes


async def counted(pool: Pool) -> tuple[Socket, Peer, Batches]:
    near, far = memory_pair()
    batches = Batches(near)
    socket = await pool.add_client_socket("x", near).__aenter__()
    await asyncio.sleep(0)
    return socket, Peer(far), batches


async def write(socket: Socket, *texts: str) -> None:
    """In one turn of the loop."""
    for text in texts:
        socket.write(text)
    await asyncio.sleep(0)


async def test_a_lone_write_is_handed_over_at_the_call(pool: Pool) -> None:
    socket, peer, batches = await counted(pool)
    pool.write(Message.of("x", "now"))
    assert (socket.stats.messages_out, socket.stats.queued) == (1, 0)
    assert_accounted(pool)
    assert batches.of_this_turn() == [1]
    await asyncio.sleep(0)
    assert pool.write_all("and now").queued == 1
    assert socket.stats.messages_out == 2
    assert await peer.heard_texts(2) == ["now", "and now"]


async def test_whoever_writes_more_is_joined_from_the_next_turn_on(pool: Pool) -> None:
    socket, peer, batches = await counted(pool)
    await write(socket, "1", "2", "3")
    assert batches.of_this_turn() == [1, 2]
    await write(socket, "4", "5", "6")
    assert batches.of_this_turn() == [3]
    await write(socket, "7")
    assert batches.of_this_turn() == [1]
    await write(socket, "8")
    socket.write("9")
    assert batches.of_this_turn() == [1, 1]
    assert await peer.heard_texts(9) == [str(n) for n in range(1, 10)]
    assert_accounted(pool)


async def test_nothing_overtakes_what_waits(pool: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("x")
    peer.transport.stalled = True
    await write(pool["x"], "1")
    assert pool["x"].stats.queued == 1
    peer.transport.stalled = False
    await write(pool["x"], "2")
    assert await peer.heard_texts(2) == ["1", "2"]


async def test_a_write_inside_an_observer_of_writes_comes_after_it(pool: Pool) -> None:
    socket, peer, _ = await counted(pool)
    shown: list[str] = []

    def answer(message: Message) -> None:
        shown.append(message.text)
        if message.text == "first":
            socket.write("second")

    pool.writes.subscribe(answer)
    socket.write("first")
    assert await peer.heard_texts(2) == ["first", "second"]
    assert shown == ["first", "second"]


@pytest.mark.parametrize("door", ["write", "write_all"])
async def test_a_foreign_transport_that_raises_ends_its_socket_only(
    pool: Pool, add_peer: AddPeer, door: str
) -> None:
    socket, _, batches = await counted(pool)
    other = await add_peer("other")
    batches._write = lambda _: 1 / 0  # type: ignore[assignment, return-value]
    if door == "write":
        pool.write(Message.of("x", "never"))
        pool.write(Message.of("other", "fine"))
    else:
        pool.write_all("fine")
    info = await socket.wait_closed()
    assert isinstance(info.error, ZeroDivisionError)
    assert await other.heard_texts(1) == ["fine"]
    assert_accounted(pool)
