"""Frames that RFC 6455 forbids or our limits do, on both kinds of socket.

Whatever a peer sends, its own socket ends with an error of ours, and others go on.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from ssc_rx import CloseInfo, PeerProtocolError, PingTimeoutError, Pool, SocketClosed
from tests.faults.through import within
from tests.peers import masked, text_frame
from tests.raw_peers import Kind, as_peer_of
from tests.recorder import Recorder

MIB = 1024 * 1024


def close_frame(code: int, reason: bytes = b"") -> bytes:
    body = code.to_bytes(2, "big") + reason
    return bytes([0x88, len(body)]) + body


def claims(length: int) -> bytes:
    """The header of a BINARY frame of that length, and nothing of it."""
    return b"\x82\x7f" + length.to_bytes(8, "big")


async def end_of(heard: Recorder) -> CloseInfo:
    return (await heard.event(SocketClosed)).info


async def sent_close(reader: asyncio.StreamReader) -> int:
    """The code of the Close frame that the pool sends, before anything else."""
    first, second = await reader.readexactly(2)
    assert first == 0x88
    mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
    code = await reader.readexactly(2)
    return int.from_bytes(bytes(a ^ b for a, b in zip(code, mask, strict=False)), "big")


Row = tuple[bytes, int, str]
OPCODES: dict[str, Row] = {
    f"opcode {n:#x}": (bytes([0x80 | n, 0]), 1002, "opcode")
    for n in (*range(3, 8), *range(11, 16))
}
RESERVED_BITS: dict[str, Row] = {
    f"bits {bits:#x} of {name}": (bytes([bits | opcode, 0]), 1002, "reserved bits")
    for name, opcode in {"text": 0x81, "ping": 0x89, "close": 0x88}.items()
    for bits in (0x40, 0x20, 0x10, 0x70)
}
FRAGMENTS: dict[str, Row] = {
    "stray continuation": (b"\x80\x00", 1002, "continuation"),
    "stray first of many": (b"\x00\x00", 1002, "continuation"),
    "text in a text": (b"\x01\x01a\x81\x01b", 1002, "continuation"),
    "binary in a text": (b"\x01\x01a\x02\x01b", 1002, "continuation"),
    "fragmented ping": (b"\x09\x00", 1002, "fragmented control frame"),
    "fragmented close": (b"\x08\x02\x03\xe8", 1002, "fragmented control frame"),
}
CONTROL: dict[str, Row] = {
    f"long {name}": (
        bytes([opcode, 126, 0, 126]) + bytes(126),
        1002,
        "control frame too long",
    )
    for name, opcode in {"ping": 0x89, "pong": 0x8A, "close": 0x88}.items()
}
CLOSES: dict[str, Row] = {
    "close of one byte": (b"\x88\x01\x03", 1002, "too short"),
    **{
        f"close {code}": (close_frame(code), 1002, "status code")
        for code in (
            0,
            999,
            1004,
            1005,
            1006,
            1015,
            1016,
            1100,
            2000,
            2999,
            5000,
            65535,
        )
    },
    "close of bad UTF-8": (close_frame(1000, b"\xff"), 1007, "invalid"),
    "close of half a character": (close_frame(1000, b"\xe2\x82"), 1007, "unexpected"),
}
UTF8: dict[str, Row] = {
    f"text {name}": (bytes([0x81, len(text)]) + text, 1007, "UTF-8")
    for name, text in {
        "of a lone continuation": b"a\x80",
        "of half a character": b"a\xe2\x82",
        "of a surrogate": b"\xed\xa0\x80",
        "of a pair of surrogates": b"\xed\xa0\xbd\xed\xb8\x80",
        "overlong in two": b"\xc0\xaf",
        "overlong in three": b"\xe0\x80\xaf",
        "overlong NUL": b"\xc0\x80",
        "beyond U+10FFFF": b"\xf4\x90\x80\x80",
        "of five bytes": b"\xf8\x88\x80\x80\x80",
        "of FE and FF": b"\xfe\xff",
    }.items()
} | {"text broken over fragments": (b"\x01\x01\xc3\x80\x01\x28", 1007, "UTF-8")}
TOO_BIG: dict[str, Row] = {
    f"a length of {length}": (claims(length), 1009, "max_message_size=1048576")
    for length in (MIB + 1, 2**31, 2**32, 2**62, 2**63, 2**64 - 1)
} | {
    "fragments of one byte too many": (
        b"\x02\x7f" + MIB.to_bytes(8, "big") + bytes(MIB) + b"\x80\x01a",
        1009,
        "max_message_size=1048576",
    )
}
VIOLATIONS = OPCODES | RESERVED_BITS | FRAGMENTS | CONTROL | CLOSES | UTF8 | TOO_BIG


async def test_one_that_breaks_the_protocol_and_keeps_tcp_open_is_gone_within_a_second(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with AsyncExitStack() as stack:
        peers = [await stack.enter_async_context(kind(pool, id)) for id in VIOLATIONS]
        for socket, _, writer in peers:
            writer.write(as_peer_of(socket, VIOLATIONS[socket.id][0]))
        async with within(1.0):
            for id in VIOLATIONS:
                await heard.event(SocketClosed, id=id)
    for closed in heard.of(SocketClosed):
        id, info = closed.id, closed.info
        _, code, says = VIOLATIONS[id]
        assert (id, info.code, info.by, info.clean) == (id, code, "us", False)
        assert isinstance(info.error, PeerProtocolError)
        assert says in str(info.error), id
    assert heard.messages == []


async def test_frames_masked_the_wrong_way_are_refused(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with kind(pool) as (socket, reader, writer):
        good = text_frame("x")
        writer.write(good if socket.kind == "client" else masked(good))
        info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1002, "us", False)
        assert "incorrect masking" in str(info.error)
        assert await sent_close(reader) == 1002


async def test_a_close_within_a_message_is_the_peers_and_not_clean(
    pool: Pool, heard: Recorder, kind: Kind
) -> None:
    async with kind(pool) as (socket, reader, writer):
        writer.write(as_peer_of(socket, b"\x01\x01a" + close_frame(1000)))
        info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1000, "peer", False)
        assert isinstance(info.error, PeerProtocolError)
        assert await sent_close(reader) == 1002
    assert heard.messages == []


@pytest.mark.parametrize("half", [b"\x81", b"\x81\x05he", b"\x01\x01a", claims(MIB)])
async def test_half_a_message_and_then_silence_is_a_ping_timeout(
    make_pool: Callable[..., Pool], kind: Kind, half: bytes
) -> None:
    pool = make_pool(ping_interval=0.05, ping_timeout=0.1, reconnect=None)
    await pool.start()
    heard = Recorder(pool)
    async with kind(pool) as (socket, _, writer):
        writer.write(as_peer_of(socket, half) if len(half) > 1 else half)
        async with within(1.15):
            info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1011, "us", False)
        assert isinstance(info.error, PingTimeoutError)
        assert heard.messages == []
