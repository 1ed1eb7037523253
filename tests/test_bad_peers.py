"""Peers that break the protocol, fall silent or flood, on both kinds of socket."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from ssc_rx import (
    CloseInfo,
    LinkLostError,
    PingTimeoutError,
    Pool,
    SocketClosed,
    SocketClosedError,
)
from tests.peers import masked, silent, text_frame, websocket_server
from tests.raw_peers import KINDS, Kind, RawPeer
from tests.recorder import Recorder


@pytest.fixture(params=KINDS)
async def peer(
    pool: Pool, heard: Recorder, request: pytest.FixtureRequest
) -> AsyncIterator[RawPeer]:
    async with KINDS[request.param](pool) as peer:
        yield peer


@pytest.fixture
def frame(peer: RawPeer) -> Callable[[bytes], bytes]:
    """Makes a short frame as this peer has to send it: clients mask theirs."""
    return masked if peer[0].kind == "client" else lambda data: data


async def end_of(heard: Recorder) -> CloseInfo:
    return (await heard.event(SocketClosed)).info


def texts(heard: Recorder) -> list[str]:
    return [m.text for m in heard.messages]


async def test_what_came_before_a_violation_is_delivered(
    peer: RawPeer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    bad = frame(b"\x81\x01\xff")
    writer.write(frame(text_frame("good")) + bad + frame(text_frame("late")))
    await end_of(heard)
    assert texts(heard) == ["good"]


async def test_fragments_make_one_message_and_control_frames_pass_between(
    peer: RawPeer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, reader, writer = peer
    umlaut = "ü".encode()
    for part in (
        frame(b"\x01\x01" + umlaut[:1]),
        frame(b"\x89\x02hi"),
        frame(b"\x00\x00"),
        frame(b"\x80\x01" + umlaut[1:]),
        frame(text_frame("next")),
    ):
        writer.write(part)
    await heard.messages.reach(2)
    assert texts(heard) == ["ü", "next"]
    pong = await reader.readexactly(2)
    assert pong[0] == 0x8A
    assert pong[1] & 0x7F == 2


async def test_one_byte_at_a_time_is_as_good_as_all_at_once(
    peer: RawPeer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    for byte in frame(text_frame("slow")) + frame(text_frame("but sure")):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    await heard.messages.reach(2)
    assert texts(heard) == ["slow", "but sure"]


async def test_data_after_a_close_frame_is_not_delivered(
    peer: RawPeer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    writer.write(
        frame(text_frame("before"))
        + frame(b"\x88\x02\x0f\xa1")
        + frame(text_frame("x"))
    )
    writer.write_eof()
    info = await end_of(heard)
    assert (info.code, info.by, info.clean) == (4001, "peer", True)
    assert texts(heard) == ["before"]


@pytest.mark.parametrize("half", [b"", b"\x81\x05he"])
async def test_an_end_without_a_close_frame_is_a_loss(
    peer: RawPeer, heard: Recorder, frame: Callable[[bytes], bytes], half: bytes
) -> None:
    _, _, writer = peer
    writer.write(half and frame(half))
    writer.write_eof()
    info = await end_of(heard)
    assert (info.code, info.by, info.clean) == (1006, "lost", False)
    assert isinstance(info.error, LinkLostError)


async def test_a_reset_connection_is_a_loss(peer: RawPeer, heard: Recorder) -> None:
    _, _, writer = peer
    writer.transport.abort()
    info = await end_of(heard)
    assert (info.code, info.by, info.clean) == (1006, "lost", False)


async def test_a_mute_peer_is_cut_off_at_the_close_timeout(
    peer: RawPeer, heard: Recorder, pool: Pool
) -> None:
    info = await pool.remove_socket("peer", 4000, "enough")
    assert (info.code, info.reason, info.by, info.clean) == (
        4000,
        "enough",
        "us",
        False,
    )
    assert "close_timeout=1.0 s" in str(info.error)
    assert "peer" not in pool


async def test_one_that_answers_pings_lives_and_tells_its_latency(
    make_pool: Callable[..., Pool],
) -> None:
    async with websocket_server(silent) as url:
        pool = make_pool(ping_interval=0.02, ping_timeout=5.0)
        await pool.start()
        socket = await pool.add_server_socket(url)
        async with asyncio.timeout(10):
            while socket.latency is None:  # noqa: ASYNC110 - nothing tells of a pong
                await asyncio.sleep(0)
        assert 0 < socket.latency < 5
        assert socket.stats.latency == socket.latency
        assert socket.stats.accepted == 0  # the pool's own pings don't count


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
async def test_a_dead_peer_is_noticed(
    make_pool: Callable[..., Pool],
    kind: Kind,
) -> None:
    pool = make_pool(ping_interval=0.05, ping_timeout=0.1, reconnect=None)
    await pool.start()
    heard = Recorder(pool)
    async with kind(pool) as (_socket, reader, _):
        info = await end_of(heard)
        assert (info.code, info.by, info.clean) == (1011, "us", False)
        assert isinstance(info.error, PingTimeoutError)
        ping = await reader.read(2)
        assert ping[0] == 0x89


async def test_a_socket_that_was_lost_refuses_writes_with_our_error(
    peer: RawPeer, heard: Recorder, pool: Pool
) -> None:
    socket, _, writer = peer
    writer.transport.abort()
    await end_of(heard)
    with pytest.raises(SocketClosedError, match="is closed, not open"):
        socket.write("too late")
    with pytest.raises(SocketClosedError):
        await socket.send("too late")
    assert socket.stats.refused == 2
