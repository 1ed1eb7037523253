"""Each peer is as its name says, and the pool treats it as it would a real one."""

import asyncio

import pytest

from ssc_rx import (
    CloseInfo,
    CloseTimeoutError,
    LinkLostError,
    Message,
    Outbox,
    OutboxFullError,
    Overflow,
    PeerProtocolError,
    PingTimeoutError,
    Reconnect,
    ReconnectScheduled,
)
from ssc_rx.testing import (
    Behaviour,
    FakePool,
    assert_accounted,
    echo,
    plays,
    rude,
    silent,
    slow,
)

pytestmark = pytest.mark.virtual_time

TIGHT = Outbox(messages=3, overflow=Overflow.ERROR)


def now() -> float:
    return asyncio.get_running_loop().time()


async def end_of(pool: FakePool, behaviour: Behaviour, *texts: str) -> CloseInfo:
    """How the socket of a peer ends that is told these texts."""
    await pool.join("x", behaviour)
    socket = pool["x"]
    for text in texts:
        socket.write(text)
    info = await socket.wait_closed()
    assert_accounted(pool)
    return info


async def test_a_silent_peer_is_found_dead() -> None:
    async with FakePool(ping_interval=10, ping_timeout=5) as pool:
        info = await end_of(pool, silent)
        assert (info.code, type(info.error)) == (1011, PingTimeoutError)
        assert 5 < now() < 26  # the first pings are spread out


async def test_a_silent_peer_answers_no_close_but_reads() -> None:
    async with FakePool(close_timeout=3) as pool:
        peer = await pool.join("x", silent)
        pool.write(Message.of("x", "anybody there?"))
        info = await pool.remove_socket("x")
        assert (info.code, type(info.error)) == (1000, CloseTimeoutError)
        assert now() == 3
        assert peer.texts == ["anybody there?"]


async def test_a_peer_that_reads_nothing_lets_the_outbox_fill() -> None:
    async with FakePool(ping_interval=None, outbox=TIGHT) as pool:
        peer = await pool.join("x", slow())
        await asyncio.sleep(0)
        for n in range(3):
            pool["x"].write(str(n))
        with pytest.raises(OutboxFullError):
            pool["x"].write("one too many")
        await asyncio.sleep(60)
        assert peer.texts == []
        peer.read(2)
        await asyncio.sleep(60)
        assert peer.texts == ["0", "1"]
        peer.read()
        await asyncio.sleep(60)
        assert peer.texts == ["0", "1", "2"]
        assert_accounted(pool)


async def test_a_slow_peer_reads_so_many_a_second_and_send_keeps_its_pace() -> None:
    async with FakePool(ping_interval=None, outbox=TIGHT) as pool:
        peer = await pool.join("x", slow(2))
        for n in range(100):
            await pool.send(Message.of("x", str(n)))
        assert 45 < now() < 50
        await asyncio.sleep(5)
        assert peer.texts == [str(n) for n in range(100)]
        assert pool.stats().refused == 0


async def test_a_slow_peer_that_had_nothing_to_read_has_saved_nothing_up() -> None:
    async with FakePool(ping_interval=None) as pool:
        peer = await pool.join("x", slow(1))
        await asyncio.sleep(100)
        for n in range(10):
            pool["x"].write(str(n))
        await asyncio.sleep(5)
        assert 5 <= len(peer.texts) <= 6


@pytest.mark.parametrize(
    ("behaviour", "code", "by", "error"),
    [
        (rude(2), 1006, "lost", None),
        (rude(2, code=4009), 4009, "peer", None),
        (rude(2, breaks=True), 1002, "us", PeerProtocolError),
    ],
)
async def test_a_rude_peer_leaves_after_so_many_messages(
    behaviour: Behaviour, code: int, by: str, error: type[Exception] | None
) -> None:
    async with FakePool() as pool:
        info = await end_of(pool, behaviour, "a", "b", "c")
        assert (info.code, info.by) == (code, by)
        assert error is None or type(info.error) is error
        assert info.clean == (code == 4009)
        assert pool.peers[0].texts[:2] == ["a", "b"]


async def test_a_rude_peer_waits_for_its_messages() -> None:
    async with FakePool() as pool:
        await pool.join("x", rude(2))
        pool["x"].write("only one")
        await asyncio.sleep(60)
        assert pool["x"].state == "open"


async def test_a_message_over_the_limit_breaks_the_rules_too() -> None:
    async with FakePool(max_message_size=10) as pool:
        peer = await pool.join("x")
        socket = pool["x"]
        peer.send("ten bytes.", "eleven bytes")
        info = await socket.wait_closed()
        assert (info.code, type(info.error)) == (1009, PeerProtocolError)
        assert socket.messages_in == 1


async def test_what_a_peer_waits_for_fails_when_its_connection_ends() -> None:
    async with FakePool() as pool:
        peer = await pool.join("x")
        pool["x"].write("last words")
        pool.remove_socket("x")
        assert (await peer.receive()).text == "last words"
        with pytest.raises(LinkLostError, match=r"ended \(1000\).*read 1 messages"):
            await peer.receive()
        assert repr(peer) == "<Peer of x closed 1000, read 1>"


async def test_a_peer_plays_marbles() -> None:
    pool = FakePool({"feed": "wss://a.example"}, reconnect=Reconnect(jitter=lambda: 1))
    pool.answer(plays("--x1--(x2,b)--#", messages={"b": Message.of("", b"\x00")}), echo)
    heard: list[tuple[float, object]] = []
    pool.messages.subscribe(lambda m: heard.append((now(), m.payload)))
    pool.events.subscribe(
        lambda e: (
            heard.append((now(), "down")) if isinstance(e, ReconnectScheduled) else None
        )
    )
    async with pool:
        await asyncio.sleep(20)
    assert heard == [(2, b"1"), (6, b"2"), (6, b"\x00"), (14, "down")]


async def test_the_end_of_its_marbles_closes() -> None:
    async with FakePool() as pool:
        info = await end_of(pool, plays("---|", timespan_s=0.5))
        assert (info.code, info.by, now()) == (1000, "peer", 1.5)
