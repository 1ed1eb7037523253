"""What objects look like in a notebook: short, bounded, and never what a peer wants."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    CloseInfo,
    LinkLostError,
    Message,
    MessageType,
    Pool,
    SocketState,
    SocketStats,
)
from ssc_rx.notebook.faces import age, clock, size
from tests.far_end import AddPeer
from tests.notebook.browser import Outline, assert_harmless

HOSTILE = '</td><script>alert("x")</script>\u202e\x1b]0;x\x07\ud800'


def shown(thing: Any) -> Outline:
    """What of a thing is read in a notebook."""
    data: dict[str, str] = thing._repr_mimebundle_()
    assert set(data) == {"text/plain", "text/html"}
    assert data["text/plain"].isprintable()
    assert len(data["text/plain"]) < 400
    return assert_harmless(data["text/html"])


async def test_a_pool_shows_its_sockets(pool: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("a")
    await add_peer("b")
    heard = asyncio.Event()
    pool["a"].messages.subscribe(lambda message: heard.set())
    peer.send("hello")
    await heard.wait()
    said = shown(pool).said
    assert "2 open" in said
    assert "1 in, 5 bytes" in said
    assert repr(pool) == f"<Pool {pool.name!r} running, 2 sockets: 2 open>"
    assert "the last data at" in shown(pool["a"]).said
    assert "1 message, 5 bytes" in shown(pool["a"].stats).said


async def test_stats_are_short_as_text(pool: Pool, add_peer: AddPeer) -> None:
    for n in range(200):
        await add_peer(f"socket {n}")
    stats = pool.stats()
    assert repr(stats) == (
        f"<PoolStats {pool.name!r} running: 200 sockets, 200 open; "
        "0 in, 0 out, 0 queued, 0 lost, 0 refused>"
    )
    assert "… and 150 more" in shown(stats).said
    assert len(stats._repr_mimebundle_()["text/html"]) < 100_000


async def test_nothing_that_a_peer_says_acts(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer(HOSTILE)
    for thing in (
        pool,
        pool.stats(),
        pool[HOSTILE],
        pool[HOSTILE].stats,
        Pool(name=HOSTILE),
        Message(HOSTILE, payload=HOSTILE.encode(errors="replace")),
        CloseInfo(1000, HOSTILE, "peer"),
        CloseInfo(1006, "", "lost", False, LinkLostError(HOSTILE)),
    ):
        assert "alert" in shown(thing).said


async def test_secrets_of_an_id_are_not_shown(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("wss://me:secret@a.example/feed?token=secret")
    for thing in (pool, pool.stats(), *(pool[id] for id in pool)):
        said = shown(thing).said
        assert "a.example" in said
        assert "secret" not in said


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (Message("x", MessageType.BINARY, b"\x00\xff"), "00 ff"),
        (Message("x", payload=b'{"a": 1}'), '{"a": 1}'),
        (Message("x", payload=b"y" * 10_000_000), "10.0 MB"),
        (Message("x", MessageType.BINARY, b"\xff" * 10_000_000), "10.0 MB"),
        (Message("x", 99, b"?"), "99"),  # type: ignore[arg-type]
        (Message("x", payload="no bytes"), "str"),  # type: ignore[arg-type]
        (Message(7, time=float("inf")), "?"),  # type: ignore[arg-type]
    ],
)
def test_any_message_can_be_shown(message: Message, said: str) -> None:
    data = message._repr_mimebundle_()
    assert said in assert_harmless(data["text/html"]).said
    assert len(data["text/html"]) < 2_000


def test_how_a_socket_ended_is_told() -> None:
    info = CloseInfo(1011, "no pong", "us", False, LinkLostError("gone"))
    said = shown(info).said
    for part in ("1011", "no pong", "by us", "not clean", "gone"):
        assert part in said


async def test_a_closed_socket_shows_its_end(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("a")
    socket = pool["a"]
    await socket.close(4000, "enough")
    assert "enough" in shown(socket).said


def test_what_went_wrong_is_seen_at_once() -> None:
    stats = SocketStats(
        id="a",
        kind="server",
        state=SocketState.RECONNECTING,
        generation=3,
        latency=0.0123,
        opened_at=None,
        last_received=None,
        refused=3,
        dropped={"oldest": 2},
        failed={"lost": 7},
    )
    said = shown(stats).said
    for part in ("reconnecting", "2 oldest", "7 lost", "refused3", "12.3 ms"):
        assert part in said


def test_a_stream_says_how_to_see_what_comes() -> None:
    pool = Pool(name="feed")
    assert "stream.tail(10)" in shown(pool.messages).said
    assert repr(pool.messages) == "<Stream pool.messages>"


@pytest.mark.parametrize(
    ("function", "value", "said"),
    [
        (size, 0, "0 bytes"),
        (size, 999, "999 bytes"),
        (size, 1500, "1.5 KB"),
        (size, 123_456_789, "123 MB"),
        (size, 10**18, "1000000 TB"),
        (age, None, "never"),
        (age, -1, "0.0 s ago"),
        (age, 59, "59 s ago"),
        (age, 61, "1 min ago"),
        (age, 7261, "2 h 1 min ago"),
        (clock, None, ""),
        (clock, 1e300, "?"),
    ],
)
def test_figures_are_read_at_a_glance(
    function: Callable[[Any], str], value: Any, said: str
) -> None:
    assert function(value) == said
