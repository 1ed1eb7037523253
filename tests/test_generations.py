"""An outbox belongs to one connection: what it held when that ended is told lost, once."""

import asyncio
from collections.abc import Callable

import pytest

from ssc_rx import (
    Message,
    Outbox,
    OutboxFullError,
    Overflow,
    Socket,
    SocketOpened,
    WritesLost,
)
from tests.assertions import assert_accounted
from tests.network import URL, Network, running, turns

pytestmark = pytest.mark.virtual_time

Drop = Callable[[Network], None]
DROPS: dict[str, tuple[Drop, str]] = {
    "it is lost": (lambda network: network.far.abort(), "lost"),
    "the peer closes": (lambda network: network.far.close(1012, "restart"), "closed"),
}


@pytest.mark.parametrize(
    "overflow", [policy for policy in Overflow if policy is not Overflow.BLOCK]
)
@pytest.mark.parametrize(("drop", "reason"), DROPS.values(), ids=DROPS)
async def test_what_is_queued_at_a_drop_is_lost_and_never_sent_to_the_successor(
    drop: Drop, reason: str, overflow: Overflow
) -> None:
    async with running(outbox=Outbox(messages=3, overflow=overflow)) as parts:
        pool, network, heard = parts
        socket = await pool.add_server_socket(URL, id="x")
        socket.write("handed over")
        await turns()
        network.far.stalled = True
        queued = 1 if overflow is Overflow.LATEST else 3
        for n in range(queued):
            socket.write(f"of the first {n}")
        waiting = asyncio.ensure_future(pool.send(Message.of("x", "waits for room")))
        await turns()
        assert socket.stats.queued == queued
        drop(network)
        await heard.event(SocketOpened, generation=2)
        await waiting
        socket.write("of the second")
        heard_there = await network.peers[1].heard_texts(2)
        assert heard_there == ["waits for room", "of the second"]
        (lost,) = heard.of(WritesLost)
        size = sum(len(f"of the first {n}") for n in range(queued))
        assert (lost.id, lost.reason) == ("x", reason)
        assert (lost.messages, lost.bytes) == (queued, size)
        assert socket.stats.failed == {reason: queued}
        assert socket.stats.messages_out == 3
        assert_accounted(pool)


async def test_nothing_queued_is_nothing_lost() -> None:
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        socket.write("handed over")
        await turns()
        network.far.abort()
        await heard.event(SocketOpened, generation=2)
        assert heard.of(WritesLost) == []
        assert socket.stats.failed == {}


@pytest.mark.parametrize("overflow", [Overflow.ERROR, Overflow.CLOSE])
async def test_a_small_send_waits_behind_a_large_one_that_waits(
    overflow: Overflow,
) -> None:
    async with running(outbox=Outbox(bytes=100, overflow=overflow)) as parts:
        pool, network, _ = parts
        socket = await pool.add_server_socket(URL, id="x")
        peer = network.peers[0]
        network.far.stalled = True
        sizes = (60, 80, 10, 5)  # there would be room for the third
        sends = []
        for size in sizes:
            sends.append(asyncio.ensure_future(socket.send("x" * size)))
            await turns()
        assert [send.done() for send in sends] == [True, False, False, False]
        with pytest.raises(OutboxFullError):
            socket.write("x")
        network.far.stalled = False
        await asyncio.gather(*sends)
        assert [len(text) for text in await peer.heard_texts(4)] == list(sizes)
        assert socket.state == "open"
        assert_accounted(pool)


async def test_who_waited_for_room_comes_before_who_waited_for_the_opening() -> None:
    waiting: list[asyncio.Task[None]] = []

    async def log_in(socket: Socket) -> None:
        if socket.generation == 2:
            network.far.stalled = True
            socket.write("fills the outbox")
            waiting.append(asyncio.create_task(socket.send("of the log-in")))
            await asyncio.sleep(100)

    async with running(outbox=Outbox(messages=1)) as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x", on_open=log_in)
        network.cut()
        await heard.event(SocketOpened, generation=2)
        await turns()
        others = asyncio.ensure_future(socket.send("of others"))
        await turns()
        assert socket.stats.queued == 1
        network.cut()
        await heard.event(SocketOpened, generation=3)
        await asyncio.gather(*waiting, others)
        texts = await network.peers[2].heard_texts(2)
        assert texts == ["of the log-in", "of others"]
