"""Peers that send so much that it would cost memory, on both kinds of socket."""

import asyncio
import contextlib
import functools
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

import pytest

from ssc_rx import CloseInfo, PeerProtocolError, Pool, Socket, SocketClosed
from ssc_rx.transports.link import Link
from tests.raw_peers import Kind, as_peer_of
from tests.recorder import Recorder

MIB = 1024 * 1024
DEFLATE = "permessage-deflate; client_no_context_takeover; server_no_context_takeover"


async def end_of(heard: Recorder) -> CloseInfo:
    return (await heard.event(SocketClosed)).info


@contextmanager
def memory_grows_by_at_most(limit_bytes: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        yield
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak - before < limit_bytes


@functools.cache
def deflated_zeros(size_mib: int) -> bytes:
    """So many MiB of zeros, a thousandth of that on the wire (RFC 7692)."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    deflate.compress(bytes(MIB))
    deflate.flush(zlib.Z_FULL_FLUSH)  # what follows a flush can be repeated
    return (deflate.compress(bytes(MIB)) + deflate.flush(zlib.Z_FULL_FLUSH)) * size_mib


def deflated_frame(opcode: int, payload: bytes) -> bytes:
    return bytes([0x40 | opcode, 127]) + len(payload).to_bytes(8, "big") + payload


BOMB = deflated_zeros(1000)  # a GiB of zeros, just under 1 MiB on the wire
BOMBS: dict[str, bytes] = {
    "in one frame": deflated_frame(0x82, BOMB),
    "behind a fragment that fills the limit": (
        deflated_frame(0x02, deflated_zeros(1)) + b"\x80" + deflated_frame(0, BOMB)[1:]
    ),
}


@pytest.mark.parametrize("frames", BOMBS.values(), ids=BOMBS)
async def test_a_deflate_bomb_costs_no_more_than_the_largest_message(
    make_pool: Callable[..., Pool], kind: Kind, frames: bytes
) -> None:
    pool = make_pool(compression="deflate", reconnect=None, ping_interval=None)
    await pool.start()
    heard = Recorder(pool)
    async with kind(pool, extensions=DEFLATE) as (socket, _, writer):
        data = as_peer_of(socket, frames)
        with memory_grows_by_at_most(8 * MIB):
            writer.write(data)
            writer.write_eof()  # or else its end would be a second later
            info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1009, "us", False)
        assert isinstance(info.error, PeerProtocolError)
        assert heard.messages == []


async def test_what_can_not_be_inflated_is_a_protocol_error(
    make_pool: Callable[..., Pool], kind: Kind
) -> None:
    pool = make_pool(compression="deflate", reconnect=None, ping_interval=None)
    await pool.start()
    heard = Recorder(pool)
    async with kind(pool, extensions=DEFLATE) as (socket, _, writer):
        writer.write(as_peer_of(socket, b"\xc1\x04\xff\xff\xff\xff"))
        writer.write_eof()
        info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1002, "us", False)
        assert isinstance(info.error, PeerProtocolError)


async def test_a_message_may_come_in_fragments_of_a_byte(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with kind(pool) as (socket, _, writer):
        fragments = b"\x01\x01a" + b"\x00\x01a" * 20_000 + b"\x80\x01a"
        writer.write(as_peer_of(socket, fragments))
        await heard.messages.reach(1)
        assert heard.messages[0].payload == b"a" * 20_002
        writer.transport.abort()
        await end_of(heard)


async def test_fragments_without_end_are_cut_at_the_largest_message(
    make_pool: Callable[..., Pool], kind: Kind
) -> None:
    pool = make_pool(max_message_size=5000, reconnect=None, ping_interval=None)
    await pool.start()
    heard = Recorder(pool)
    async with kind(pool) as (socket, _, writer):
        data = as_peer_of(socket, b"\x01\x01a" + b"\x00\x01a" * 5000)
        with memory_grows_by_at_most(4 * MIB):
            writer.write(data)
            writer.write_eof()  # or else its end would be a second later
            info = await end_of(heard)
        assert (info.code, info.by) == (1009, "us")
        assert "max_message_size=5000" in str(info.error)


async def test_empty_fragments_without_end_cost_no_memory(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with kind(pool) as (socket, reader, writer):
        data = as_peer_of(socket, b"\x00\x00" * 1000)
        writer.write(as_peer_of(socket, b"\x01\x01a"))
        with memory_grows_by_at_most(3 * MIB):
            for _ in range(20):
                writer.write(data)
                await writer.drain()
            await it_answers(socket, reader, writer)
        assert heard.messages == []
        writer.transport.abort()
        await end_of(heard)


async def test_pongs_that_nobody_asked_for_cost_nothing(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with kind(pool) as (socket, reader, writer):
        data = as_peer_of(socket, (b"\x8a\x7d" + bytes(125)) * 500)
        with memory_grows_by_at_most(2 * MIB):
            for _ in range(20):
                writer.write(data)
                await writer.drain()
            await it_answers(socket, reader, writer)
        assert (socket.state, socket.latency, socket.stats.messages_in) == (
            "open",
            None,
            0,
        )
        writer.transport.abort()
        await end_of(heard)


async def it_answers(
    socket: Socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """All that was sent before has been read: it answers a PING."""
    writer.write(as_peer_of(socket, b"\x89\x01!"))
    pong = await reader.readexactly(2)
    assert pong[0] == 0x8A
    await reader.readexactly((4 if pong[1] & 0x80 else 0) + (pong[1] & 0x7F))


async def test_one_that_sends_pings_and_reads_nothing_costs_a_mebibyte_at_most(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    unsent: list[int] = []
    async with kind(pool) as (socket, reader, writer):
        transport = cast("Link", socket._transport).transport
        reader_transport = cast("asyncio.ReadTransport", writer.transport)
        reader_transport.pause_reading()
        pings = as_peer_of(socket, (b"\x89\x7d" + bytes(125)) * 500)
        with contextlib.suppress(ConnectionError):
            while socket.close_info is None:
                writer.write(pings)
                await writer.drain()
                unsent.append(transport.get_write_buffer_size())
        info = await end_of(heard)
        assert isinstance(info.error, PeerProtocolError)
        assert "read no pongs" in str(info.error)
        assert max(unsent) < 1.5 * MIB
        del reader
