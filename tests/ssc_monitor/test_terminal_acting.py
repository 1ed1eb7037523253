"""Acting on a real pool, in a real pseudo-terminal."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_rx import Pool
from tests.assertions import assert_accounted
from tests.far_end import AddPeer
from tests.peers import websocket_server
from tests.ssc_monitor.hostile import HOSTILE_PAYLOADS, unfit
from tests.ssc_monitor.terminal import Terminal, foreign_controls, terminal

pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]


@pytest.fixture
async def pool(
    monitors: Path, make_pool: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> Pool:
    """A pool that may be acted on."""
    monkeypatch.setenv("XDG_STATE_HOME", str(monitors))
    pool = make_pool(
        ping_interval=None, monitor="control", name="open", close_timeout=1
    )
    await pool.start()
    return pool


async def close_dialog(it: Terminal) -> None:
    """Press esc, and wait until the dialog is gone: what follows is no alt+key then."""
    it.press("\x1b")
    while "⏎ send" in it.screen:
        await it.painted()


def assert_harmless(it: Terminal) -> None:
    """No control byte came out that the app didn't put there; all else is fit."""
    assert foreign_controls(it.output) == []
    assert unfit(it.screen.replace("\n", "")) == set()
    assert b"Traceback" not in it.output


async def test_what_is_typed_in_a_terminal_reaches_the_peer(
    pool: Pool, monitors: Path
) -> None:
    received: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def peer(connection: ServerConnection) -> None:
        async for message in connection:
            received.put_nowait(message)

    async with websocket_server(peer) as url, terminal("open") as it:
        await pool.add_server_socket(url, id="alice")
        await it.shows("alice")
        it.press("c")
        await it.shows("⏎ send")
        it.press("Grüße")
        await it.shows("TEXT, 7 bytes")
        it.press("\r")
        await it.shows("queued to 1")
        assert await received.get() == "Grüße"
        # What is pasted may be anything: none of it acts on this terminal, and none of it
        # sends. (Textual takes a paste with an ESC in it for keys, the first a ^.)
        it.press("\x1b[200~\x1b]52;c;cm0gLXJmIC8=\x07two\u202elines\r\nend\x1b[201~")
        await it.shows("1 character left out")
        await it.shows("│  end ")
        it.press("\r")
        await it.shows("queued to 1")
        assert await received.get() == "^]52;c;cm0gLXJmIC8=twolines\nend"
        await close_dialog(it)
        it.press("p")
        await it.shows("pong after")
        it.press("K")
        await it.shows("isn't dialled again")
        it.press("\r")
        await it.shows("is kicked")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)
    (kept,) = (monitors / "ssc-rx" / "composed").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "alice" not in pool


EACH = [payload for _, payload in HOSTILE_PAYLOADS if 0 < len(payload) < 2000][::5]


@pytest.mark.parametrize("payload", EACH)
async def test_whatever_a_peer_sent_is_sent_back_byte_by_byte(
    payload: bytes, pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("mallory")
    async with terminal("open") as it:
        await it.shows("mallory")
        await it.shows("LIVE")
        peer.send_bytes(payload)
        await it.shows("↓ B")
        it.press("\tG\r")
        await it.shows("bytes, complete")
        it.press("r")
        await it.shows("⏎ send")
        it.press("\r")
        await it.shows("queued to 1")
        await peer.heard.until(lambda: peer.heard.of("message") == [(2, payload)])
        await close_dialog(it)
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)


async def test_the_pool_may_start_anew_while_a_message_is_composed(
    pool: Pool, make_pool: Callable[..., Pool]
) -> None:
    async with websocket_server() as url, terminal("open") as it:
        await pool.add_server_socket(url, id="alice")
        await it.shows("alice")
        it.press("jc")
        await it.shows("(•) socket alice")
        it.press("still here")
        await it.shows("TEXT, 10 bytes")
        await pool.stop()
        await it.shows("there is no link to the pool now")
        again = make_pool(ping_interval=None, monitor="control", name="open")
        await again.start()
        await again.add_server_socket(url, id="alice")
        await it.shows("TEXT, 10 bytes")
        await it.shows("(•) socket alice")
        it.press("\r")
        await it.shows("queued to 1")
        assert again["alice"].stats.accepted == 1
        assert_accounted(again)
        await close_dialog(it)
        it.press("q")
        assert await it.ended() == 0
