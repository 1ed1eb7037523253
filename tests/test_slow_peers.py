"""Slow peers on real sockets: each policy, beside peers that keep up."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_rx import (
    Message,
    MessagesDropped,
    Outbox,
    OutboxFullError,
    Overflow,
    Pool,
    SocketClosed,
    SocketClosedError,
)
from ssc_rx.transports.link import Link
from tests.assertions import assert_delivered
from tests.peers import echo, mute, tcp_server, websocket_server
from tests.raw_peers import KINDS, Kind
from tests.recorder import Recorder

DROPPING = [Overflow.DROP_OLDEST, Overflow.DROP_NEWEST, Overflow.LATEST]
POLICIES = [Overflow.CLOSE, Overflow.ERROR, *DROPPING]


async def test_a_policy_is_the_pool_s_or_the_socket_s_own(
    make_pool: Callable[..., Pool],
) -> None:
    pool = make_pool(ping_interval=None, outbox=Outbox(overflow=Overflow.LATEST))
    await pool.start()
    async with tcp_server(mute) as url:
        usual = await pool.add_server_socket(url, id="usual")
        own = await pool.add_server_socket(
            url, id="own", outbox=Outbox(overflow=Overflow.DROP_NEWEST, messages=1)
        )
        for socket in (usual, own):
            while socket.stats.dropped_total < 2:
                socket.write(bytes(500_000))
                await asyncio.sleep(0)
        assert (usual.stats.dropped, usual.stats.queued) == ({"superseded": 2}, 1)
        assert (own.stats.dropped, own.stats.queued) == ({"newest": 2}, 1)
        assert pool.stats().dropped == {"superseded": 2, "newest": 2}
        await pool.stop(0.1)


async def until_full(pool: Pool, id: str, done: Callable[[], bool]) -> int:
    """Write to a peer that reads nothing; gives how many writes were accepted."""
    accepted = 0
    while not done():
        try:
            pool.write(Message.of(id, bytes(100_000)))
        except (OutboxFullError, SocketClosedError):
            return accepted
        accepted += 1
        await asyncio.sleep(0)
    return accepted


@pytest.mark.parametrize("overflow", POLICIES)
async def test_a_real_peer_that_reads_nothing_costs_its_outbox_and_no_more(
    pool: Pool, heard: Recorder, overflow: Overflow
) -> None:
    outbox = Outbox(messages=8, overflow=overflow)
    async with tcp_server(mute) as slow, websocket_server(echo) as quick:
        await pool.add_server_socket(slow, id="slow", outbox=outbox)
        await pool.add_server_socket(quick, id="quick", outbox=outbox)
        socket = pool["slow"]
        accepted = await until_full(
            pool, "slow", lambda: socket.stats.dropped_total == 20
        )
        stats = socket.stats
        assert stats.accepted == accepted
        assert stats.balanced
        bound = 1 if overflow is Overflow.LATEST else 8
        if overflow is Overflow.CLOSE:
            assert (stats.failed, socket.state) == ({"overflow": bound}, "closing")
        else:
            assert (stats.queued, socket.state) == (bound, "open")
        if overflow in DROPPING:
            told = [e.messages for e in heard.of(MessagesDropped)]
            assert (told, stats.dropped_total) == ([1, 2, 4, 8, 16], 20)
        for n in range(50):  # more than its outbox, in one turn
            pool.write(Message.of("quick", str(n)))
        await heard.messages.reach(50)
        assert_delivered(heard.messages, "quick", *map(str, range(50)))
        await pool.stop(0.1)


@pytest.mark.parametrize("overflow", DROPPING)
async def test_a_real_peer_that_reads_again_gets_whole_messages_in_order(
    make_pool: Callable[..., Pool], overflow: Overflow
) -> None:
    pool = make_pool(ping_interval=None, outbox=Outbox(messages=4, overflow=overflow))
    got: list[int] = []
    may_read = asyncio.Event()

    async def late(connection: ServerConnection) -> None:
        connection.transport.pause_reading()
        await may_read.wait()
        connection.transport.resume_reading()
        async for message in connection:
            assert isinstance(message, bytes)
            got.append(int.from_bytes(message[:8], "big"))

    await pool.start()
    async with websocket_server(late) as url:
        socket = await pool.add_server_socket(url, id="a")
        n = 0
        while socket.stats.dropped_total < 10:
            n += 1
            socket.write(n.to_bytes(8, "big") + bytes(100_000))
            await asyncio.sleep(0)
        may_read.set()
        await socket.send((n + 1).to_bytes(8, "big"))
        await socket.close()
        stats = socket.stats
        assert got == sorted(set(got))
        assert len(got) == stats.messages_out == stats.accepted - stats.dropped_total
        assert got[-1] == n + 1
        assert (n in got) is (overflow is not Overflow.DROP_NEWEST)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_the_transport_holds_64_kib_and_one_more_hand_over_at_most(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    at_once = 2 * 64 * 1024  # its high water mark, and what comes on top of that
    async with kind(pool) as (socket, _, writer):
        link = cast("Link", socket._transport)
        cast("asyncio.ReadTransport", writer.transport).pause_reading()
        most = 0
        while socket.stats.queued_bytes < 2_000_000:
            for _ in range(400):  # in one turn
                socket.write(bytes(1000))
            await asyncio.sleep(0)
            most = max(most, link.transport.get_write_buffer_size())
        assert 64 * 1024 <= most <= at_once + 1000
        assert not link.writable
        cast("asyncio.ReadTransport", writer.transport).resume_reading()
        writer.transport.abort()
        await heard.event(SocketClosed)
