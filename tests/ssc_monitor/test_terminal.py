"""The real program in a real pseudo-terminal, against a real pool."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_rx import Message, Pool
from tests.far_end import AddPeer, Peer
from tests.ssc_monitor.hostile import HOSTILE, HOSTILE_PAYLOADS, unfit
from tests.ssc_monitor.terminal import Terminal, foreign_controls, terminal

pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]


@pytest.fixture
async def pool(monitors: Path, make_pool: Callable[..., Pool]) -> Pool:
    pool = make_pool(
        ping_interval=None, monitor="traffic", name="shown", close_timeout=1
    )
    await pool.start()
    return pool


def assert_harmless(it: Terminal) -> None:
    """No control byte came out that the app didn't put there; all else is fit."""
    assert foreign_controls(it.output) == []
    assert unfit(it.screen.replace("\n", "")) == set()
    assert b"Traceback" not in it.output


async def test_it_attaches_shows_and_quits(pool: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("alice")
    async with terminal(str(pool.monitor_path)) as it:
        await it.shows("alice")
        await it.shows("LIVE")
        peer.send('{"hello":"world"}')
        await it.shows('{"hello":"world"}')
        pool.write(Message.of("alice", "an answer"))
        await it.shows("an answer")
        it.press("?")
        await it.shows("Turn the order around")
        it.press("\x1b")
        await it.shows("Sockets")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)
    assert b"\x1b[?1049l" in it.output  # the terminal is given back


async def test_it_says_that_the_pool_is_gone_and_attaches_to_the_next(
    pool: Pool, make_pool: Callable[..., Pool], add_peer: AddPeer
) -> None:
    await add_peer("alice")
    async with terminal("shown") as it:
        await it.shows("alice")
        await pool.stop()
        await it.shows("the pool stopped")
        successor = make_pool(ping_interval=None, monitor="stats", name="shown")
        await successor.start()
        await it.shows("[stats")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)


async def test_ctrl_c_ends_it(pool: Pool) -> None:
    async with terminal() as it:
        await it.shows("LIVE")
        it.press("\x03")
        assert await it.ended() == 0
    assert b"\x1b[?1049l" in it.output
    assert_harmless(it)


async def test_a_terminal_that_hangs_up_ends_it(pool: Pool) -> None:
    async with terminal() as it:
        await it.shows("LIVE")
        it.hang_up()
        assert await it.ended() == 0


async def test_sigterm_ends_it_and_gives_the_terminal_back(pool: Pool) -> None:
    async with terminal() as it:
        await it.shows("LIVE")
        it.terminate()
        assert await it.ended() == 143
    assert b"\x1b[?1049l" in it.output


async def test_with_several_pools_one_chooses(
    pool: Pool, make_pool: Callable[..., Pool]
) -> None:
    other = make_pool(ping_interval=None, monitor="stats", name="other")
    await other.start()
    async with terminal() as it:
        await it.shows("other")
        await it.shows("shown")
        it.press("\r")
        await it.shows("Sockets")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)


@pytest.mark.parametrize("columns", [40, 80, 300])
async def test_every_width_works(pool: Pool, add_peer: AddPeer, columns: int) -> None:
    peer = await add_peer("alice")
    async with terminal(str(pool.monitor_path), columns=columns, rows=14) as it:
        await it.shows("alice")
        it.press("\t")
        peer.send("hello")
        await it.shows("hello")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)


async def test_without_colour_and_unicode(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("alice")
    path = str(pool.monitor_path)
    async with terminal(path, "--ascii", NO_COLOR="1") as it:
        await it.shows("alice")
        it.press("q")
        assert await it.ended() == 0
    assert_harmless(it)


async def test_what_is_pasted_behind_a_slash_is_the_filter(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("alice")
    await add_peer("quit-t")
    async with terminal(str(pool.monitor_path)) as it:
        await it.shows("LIVE")
        it.press("/quit-t\r")  # without brackets, in one go
        await it.shows("1 of 2")
        await it.shows("/quit-t")
        it.press("\x1b")
        await it.shows("Sockets 2")
        it.press("/\x1b[200~alice\x1b[201~")
        await it.shows("1 of 2")
        await it.shows("/ alice")
        it.press("\rq")
        assert await it.ended() == 0
    assert_harmless(it)


async def test_a_message_is_copied_and_paged(
    pool: Pool, add_peer: AddPeer, tmp_path: Path
) -> None:
    peer = await add_peer("alice")
    pager = tmp_path / "pager"
    seen = tmp_path / "seen"
    pager.write_text(
        f"#!/bin/sh\ncat > {seen}\n"
        f"echo PAGED $(wc -c < {seen}) $LESS$LESSSECURE\nread line <&1\n"
    )
    pager.chmod(0o700)
    hostile = "before \x1b]0;title\x07 \x1b[31;7m after"
    marked = "before ␛]0;title␇ ␛[31;7m after"
    async with terminal(str(pool.monitor_path), PAGER=str(pager), LESS="-R") as it:
        await it.shows("LIVE")
        peer.send(hostile)
        await it.shows("after")
        it.press("\tk\r")
        await it.shows("complete")
        it.press("y")
        await it.shows("terminal's clipboard")
        assert it.output.count(b"\x1b]52;c;") == 1
        it.press("|")
        await it.shows(f"PAGED {len(marked.encode()) + 1} 1")
        peer.send("while it was away")
        it.press("\n")
        await it.took_over(2)
        assert seen.read_text() == f"{marked}\n"
        it.press(":came in\r")  # raw, on purpose
        await it.shows(f"PAGED {len(hostile)} 1")
        assert seen.read_text() == hostile
        it.press("\n")
        await it.took_over(3)
        it.press("\x1b")
        await it.shows("while it was away")
        it.press("q")
        assert await it.ended() == 0
    assert b"Traceback" not in it.output


async def test_a_dumb_terminal_gets_one_look(pool: Pool, add_peer: AddPeer) -> None:
    await add_peer("alice")
    async with terminal(str(pool.monitor_path), TERM="dumb") as it:
        assert await it.ended() == 0
        await it.shows("alice")
    assert b"\x1b" not in it.output


TOUR = (
    "\r",
    "1",
    "2",
    "3",
    "\x1b",
    "j",
    "\r",
    "2",
    "\x1b",
    "e",
    "j",
    "e",
    "\t",
    "k",
    "\r",
)
VIEWS = ("t", "J", "x", "a", "[", "]", "{", "}", "\x1b")
SLICES = [HOSTILE[n : n + 12] for n in range(0, len(HOSTILE), 12)]


async def test_the_check_finds_what_it_is_to_find() -> None:
    for name, text in HOSTILE:
        raw = text.encode(errors="surrogatepass")
        if not set(raw) & {0x1B, 0x07, 0x00, 0x08} and b"\xc2\x9b" not in raw:
            continue
        try:
            assert foreign_controls(raw), name
        except AssertionError:
            assert b"[31;7m" in raw, name
    assert foreign_controls("é\x1b[12;3Hx\x1b[38;2;1;2;3mb\x1b[0m".encode()) == []


@pytest.mark.parametrize("some", SLICES)
async def test_hostile_names_reasons_and_payloads_do_nothing(
    some: list[tuple[str, str]], monitors: Path, make_pool: Callable[..., Pool]
) -> None:
    name = "".join(text[:20] for _, text in some)[:100]
    pool = make_pool(ping_interval=None, monitor="traffic", name=name, close_timeout=1)
    await pool.start()
    peers = await _fill(pool, some)
    async with terminal(str(pool.monitor_path)) as it:
        await it.shows("LIVE")
        for key in TOUR:
            it.press(key)
            _speak(peers, some)
            await it.painted()
        for key in VIEWS:
            it.press(key)
            await it.painted()
        for text in ("/", some[0][1][:30].replace("\x1b", ""), "\x1b", "\x1b"):
            it.press(text.encode(errors="replace").decode())
            await it.painted()
        for id in pool.list()[: len(pool) // 2]:
            _remove(pool, id, some)
        await it.painted()
        it.press("\x03")
        assert await it.ended() == 0
    assert_harmless(it)


async def _fill(pool: Pool, some: list[tuple[str, str]]) -> list[Peer]:
    from ssc_rx.transports.memory import memory_pair

    peers = []
    for _, text in some:
        near, far = memory_pair()
        await pool.add_client_socket(text or "empty", near).__aenter__()
        peers.append(Peer(far))
    return peers


def _speak(peers: list[Peer], some: list[tuple[str, str]]) -> None:
    names = {name for name, _ in some}
    for peer in peers:
        for name, payload in HOSTILE_PAYLOADS:
            wanted = name in names or name not in dict(HOSTILE)
            if wanted and peer.transport.writable:
                peer.send_bytes(payload[:100_000])


def _remove(pool: Pool, id: str, some: list[tuple[str, str]]) -> None:
    reason = some[len(id) % len(some)][1].encode(errors="replace")[:100]
    pool.remove_socket(id, 4000, reason.decode(errors="ignore"))


@pytest.mark.parametrize(
    "command", ["top --once", "tail -n 30 --text", "tail -n 30 --json"]
)
async def test_plain_output_is_harmless_too(
    command: str, monitors: Path, make_pool: Callable[..., Pool]
) -> None:
    pool = make_pool(
        ping_interval=None, monitor="traffic", name="\x1b[2J", close_timeout=1
    )
    await pool.start()
    peers = await _fill(pool, HOSTILE)
    path, words = os.fspath(pool.monitor_path or ""), command.split()
    target = [path] if words[0] == "top" else ["--target", path]
    async with terminal(*words, *target) as it:
        ended = asyncio.ensure_future(it.ended())
        while not ended.done():
            _speak(peers, HOSTILE)
            await asyncio.wait([ended], timeout=0.2)
        assert ended.result() == 0
    assert foreign_controls(it.output) == []
