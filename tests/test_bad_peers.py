"""Peers that break the protocol, fall silent or flood, on both kinds of socket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import pytest

from ssc_rx import (
    CloseInfo,
    LinkLostError,
    PeerProtocolError,
    PingTimeoutError,
    Pool,
    Socket,
    SocketClosed,
    SocketClosedError,
)
from tests.peers import (
    masked,
    open_client,
    shake_hands,
    silent,
    tcp_server,
    text_frame,
    websocket_server,
)
from tests.recorder import Recorder

Peer = tuple[Socket, asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def dialled(pool: Pool, id: str = "peer") -> AsyncIterator[Peer]:
    """A server socket, and the raw streams of its peer."""
    arrived: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
    arrived = asyncio.get_running_loop().create_future()
    leave = asyncio.Event()

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await shake_hands(reader, writer)
        arrived.set_result((reader, writer))
        await leave.wait()

    async with tcp_server(behave) as url:
        socket = await pool.add_server_socket(url, id=id)
        yield (socket, *await arrived)
        leave.set()


@asynccontextmanager
async def accepted(pool: Pool, id: str = "peer") -> AsyncIterator[Peer]:
    """A client socket, and the raw streams of its peer."""
    async with pool.serve(id=lambda _: id) as server:
        reader, writer, answer = await open_client(server.url)
        assert " 101 " in answer
        yield pool[id], reader, writer
        writer.transport.abort()


@pytest.fixture(params=["server socket", "client socket"])
async def peer(
    pool: Pool, heard: Recorder, request: pytest.FixtureRequest
) -> AsyncIterator[Peer]:
    kind = dialled if request.param == "server socket" else accepted
    async with kind(pool) as peer:
        yield peer


@pytest.fixture
def frame(peer: Peer) -> Callable[[bytes], bytes]:
    """Makes a short frame as this peer has to send it: clients mask theirs."""
    return masked if peer[0].kind == "client" else lambda data: data


async def end_of(heard: Recorder) -> CloseInfo:
    return (await heard.event(SocketClosed)).info


def texts(heard: Recorder) -> list[str]:
    return [m.text for m in heard.messages]


VIOLATIONS = {
    "reserved opcode": (b"\x83\x00", 1002, "opcode"),
    "reserved bit": (b"\xc1\x00", 1002, "reserved bits"),
    "stray continuation": (b"\x80\x00", 1002, "continuation"),
    "fragmented ping": (b"\x09\x00", 1002, "fragmented control frame"),
    "long ping": (b"\x89\x7e\x00\x7e" + bytes(126), 1002, "control frame too long"),
    "short close": (b"\x88\x01\x00", 1002, "too short"),
    "bad close code": (b"\x88\x02\x03\xec", 1002, "status code"),
    "bad close reason": (b"\x88\x03\x03\xe8\xff", 1007, "invalid"),
    "bad UTF-8": (b"\x81\x02\xc3\x28", 1007, "UTF-8"),
    "bad UTF-8 over fragments": (b"\x01\x01\xc3\x80\x01\x28", 1007, "UTF-8"),
    "too big": (
        b"\x82\x7f" + (2**62).to_bytes(8, "big"),
        1009,
        "max_message_size=1048576",
    ),
    "text in a fragmented text": (b"\x01\x01a\x81\x01b", 1002, "continuation"),
}


@pytest.mark.parametrize("kind", [dialled, accepted])
async def test_one_that_breaks_the_protocol_and_keeps_tcp_open_is_gone_within_a_second(
    pool: Pool,
    heard: Recorder,
    kind: Callable[..., AbstractAsyncContextManager[Peer]],
) -> None:
    clock = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        begun = {}
        for id, (data, _, _) in VIOLATIONS.items():
            socket, _, writer = await stack.enter_async_context(kind(pool, id))
            writer.write(_mask_all(data) if socket.kind == "client" else data)
            begun[id] = clock.time()
        for id, (_, code, says) in VIOLATIONS.items():
            info = (await heard.event(SocketClosed, id=id)).info
            took = clock.time() - begun[id]
            assert took < 1.0 + 4.0, f"{id}: a busy machine may add 4 s, not more"
            assert (id, info.code, info.by, info.clean) == (id, code, "us", False)
            assert isinstance(info.error, PeerProtocolError)
            assert says in str(info.error)
    assert heard.messages == []


def _mask_all(data: bytes) -> bytes:
    """Rewrite a sequence of frames with masks of zeros."""
    out = b""
    while data:
        length = data[1] & 0x7F
        head = 2 + {126: 2, 127: 8}.get(length, 0)
        size = int.from_bytes(data[2:head], "big") if head > 2 else length
        out += data[:1] + bytes([data[1] | 0x80]) + data[2:head] + bytes(4)
        out += data[head : head + size]
        data = data[head + size :]
    return out


async def test_a_frame_with_the_wrong_masking_is_refused(
    peer: Peer, heard: Recorder
) -> None:
    socket, _, writer = peer
    wrong = text_frame("x") if socket.kind == "client" else masked(text_frame("x"))
    writer.write(wrong)
    assert "incorrect masking" in str((await end_of(heard)).error)


async def test_what_came_before_a_violation_is_delivered(
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    bad = frame(b"\x81\x01\xff")
    writer.write(frame(text_frame("good")) + bad + frame(text_frame("late")))
    await end_of(heard)
    assert texts(heard) == ["good"]


async def test_fragments_make_one_message_and_control_frames_pass_between(
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
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
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    for byte in frame(text_frame("slow")) + frame(text_frame("but sure")):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    await heard.messages.reach(2)
    assert texts(heard) == ["slow", "but sure"]


async def test_data_after_a_close_frame_is_not_delivered(
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
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
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes], half: bytes
) -> None:
    _, _, writer = peer
    writer.write(half and frame(half))
    writer.write_eof()
    info = await end_of(heard)
    assert (info.code, info.by, info.clean) == (1006, "lost", False)
    assert isinstance(info.error, LinkLostError)


async def test_a_reset_connection_is_a_loss(peer: Peer, heard: Recorder) -> None:
    _, _, writer = peer
    writer.transport.abort()
    info = await end_of(heard)
    assert (info.code, info.by, info.clean) == (1006, "lost", False)


async def test_a_mute_peer_is_cut_off_at_the_close_timeout(
    peer: Peer, heard: Recorder, pool: Pool
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


async def test_one_that_sends_pings_and_reads_no_pongs_is_cut_off(
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    socket, _, writer = peer  # its stream reader stops reading when it holds 128 KiB
    pings = frame(b"\x89\x7d" + bytes(125)) * 1000
    try:
        while socket.close_info is None:
            writer.write(pings)
            await writer.drain()
    except ConnectionError:
        pass
    info = await end_of(heard)
    assert isinstance(info.error, PeerProtocolError)
    assert "read no pongs" in str(info.error)


async def test_endless_empty_fragments_cost_no_memory_and_end_at_a_final_one(
    peer: Peer, heard: Recorder, frame: Callable[[bytes], bytes]
) -> None:
    _, _, writer = peer
    writer.write(
        frame(b"\x01\x01a") + frame(b"\x00\x00") * 10_000 + frame(b"\x80\x01b")
    )
    await heard.messages.reach(1)
    assert texts(heard) == ["ab"]


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


@pytest.mark.parametrize("kind", [dialled, accepted])
async def test_a_dead_peer_is_noticed(
    make_pool: Callable[..., Pool],
    kind: Callable[..., AbstractAsyncContextManager[Peer]],
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
    peer: Peer, heard: Recorder, pool: Pool
) -> None:
    socket, _, writer = peer
    writer.transport.abort()
    await end_of(heard)
    with pytest.raises(SocketClosedError, match="is closed, not open"):
        socket.write("too late")
    with pytest.raises(SocketClosedError):
        await socket.send("too late")
    assert socket.stats.refused == 2
