"""Hostile texts in every field × every place where they are shown, byte by byte.

The program is the real one, in a pseudo-terminal; the pool is one of which all is hostile,
on a real Unix socket. What is read off the terminal may hold no control but the app's own.
"""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.peers import websocket_server
from tests.ssc_monitor.fake_pool import FakePool
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.hostile_pool import TEXTS, hostile_pool, payloads
from tests.ssc_monitor.terminal import Terminal, foreign_controls, terminal

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [
    pytest.mark.asyncio(loop_factories=["asyncio"]),
    pytest.mark.slow,
    pytest.mark.timeout(60),
]

TOP_S_OWN = (b"\x1b[K\r\n", b"\x1b[J")
"""What `top` redraws with, besides going home; no hostile text holds it."""
PROGRESS_OWN = (b"\r\x1b[K",)
"""What `record` rewrites its line with."""


def assert_harmless(it: Terminal, own: tuple[bytes, ...] = ()) -> None:
    """No control came out that the program didn't put there; all else is fit."""
    output = it.output
    for sequence in own:
        output = output.replace(sequence, b"\n")
    if own == TOP_S_OWN:
        at_start, *_ = output.partition(b"\x1b[H")
        assert at_start == b""
        output = output.replace(b"\x1b[H", b"")
    assert foreign_controls(output) == []
    text = output.decode(errors="replace")
    for control in ("\x1b", "\r", "\n", "\x07"):  # all of them the program's own
        text = text.replace(control, "")
    assert unfit(text) == set()
    assert b"Traceback" not in output


@pytest.fixture
async def pool(monitors: Path) -> AsyncIterator[FakePool]:
    async with hostile_pool(monitors / "1-a.sock") as pool:
        yield pool


@pytest.mark.parametrize(
    "command",
    [
        "top --once --rows 100",
        "top -n 2 --json",
        "tail -n 150 --text",
        "tail -n 150 --json",
        "tail -n 20 --preview 4096 dir:in",
        "send --all hello",
        "send nobody hello",
    ],
)
async def test_plain_output(pool: FakePool, command: str) -> None:
    async with terminal(*command.split()) as it:
        assert await it.ended() in (0, 1)
    assert it.output
    assert_harmless(it)


async def test_a_list_of_hostile_pools(monitors: Path) -> None:
    async with AsyncExitStack() as stack:
        for n, text in enumerate(TEXTS):
            path = monitors / f"{n}-a.sock"
            await stack.enter_async_context(hostile_pool(path, text))
            refusal = text.encode("ascii", "replace").decode()
            refused = FakePool(monitors / f"{n}-r.sock", refuse=(503, refusal))
            await stack.enter_async_context(refused)
        for command in ("ls", "ls --json"):
            async with terminal(*command.split(), columns=300) as it:
                assert await it.ended() == 0
            assert it.output.count(b"\n") > len(TEXTS)
            assert_harmless(it)
        async with terminal(columns=160) as it:  # the list on the screens
            await it.shows("Pools")
            for key in ("j", "j", "G", "k", "?", "\x1b", "g"):
                it.press(key)
                await it.painted()
            it.press("q")
            assert await it.ended() == 0
        assert_harmless(it)


async def test_a_table_that_is_redrawn(pool: FakePool) -> None:
    async with terminal("top", "-n", "2", "--rows", "40", rows=60, columns=200) as it:
        assert await it.ended() == 0
    assert_harmless(it, TOP_S_OWN)


SCREENS = {
    "main": ("j", "G", "i", "<", ">", "\t", "k", "g"),
    "events and warnings": ("e", "\t", "k", "k", "e", "k", "k", "e"),
    "socket": ("j", "\r", "1", "2", "k", "3", "G", "g", "4", "G", "g", "1", "k"),
    "message": ("\t", "k", "\r", "t", "J", "x", "G", "a", *"[[]]{{{}}{{{{"),
    "help": ("?", "G", "g"),
    "palette": (":", "m", "\x1b[B", "x", "\x1b", "j", "\r", ":", "s", "\r"),
    "search": ("\t", "n", "x", "\r", "n", "N", "s", "m"),
    "filter": ("/", "[bold", "\x1b", "/", "size>[red]", "\r"),
    "send": ("c", "x", "\x1b", "p", "K", "\r", "\x1b"),
}


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_screen(pool: FakePool, screen: str) -> None:
    async with terminal(
        columns=160, rows=50, XDG_STATE_HOME=str(pool.path.parent)
    ) as it:
        await it.shows("Sockets")
        for key in SCREENS[screen]:
            it.press(key)
            await it.painted()
        it.terminate()
        assert await it.ended() == 143
    assert_harmless(it)


# Pause, seek, change the speed, go to nowhere and to a place; then what else there is.
PLAYED = (" ", "\x1b[C", "\x1b[D", ".", ",", "-", "+", "T", "x[/]", "\r", "\x1b",
          "T", "0%", "\r", " ", "p", "c", "\x1b", ":", "s", "\x1b",
          "j", "\r", "2", "3", "\x1b", "e", "\t", "k", "\r")  # fmt: skip


async def test_a_recording_made_and_played(pool: FakePool, tmp_path: Path) -> None:
    path = tmp_path / "\x1b[2J\u202e.jsonl"
    async with terminal("record", "-o", str(path), "--for", "1s") as it:
        assert await it.ended() == 0
    assert_harmless(it, PROGRESS_OWN)
    assert not set(path.read_bytes()) & (set(range(32)) - {10})
    for how in ("--text", "--json"):
        async with terminal("replay", str(path), how) as it:
            assert await it.ended() == 0
        assert it.output.count(b"\n") > len(TEXTS)
        assert_harmless(it)
    async with terminal("replay", str(path), "--speed", "50", columns=160) as it:
        await it.shows("Sockets")
        for key in PLAYED:
            it.press(key)
            await it.painted()
        it.terminate()
        assert await it.ended() == 143
    assert_harmless(it)


async def test_a_recording_that_was_tampered_with(
    pool: FakePool, tmp_path: Path
) -> None:
    path, forged = tmp_path / "good.jsonl", tmp_path / "forged.jsonl.gz"
    async with terminal("record", "-o", str(path), "--for", "1s") as it:
        assert await it.ended() == 0
    lines = path.read_bytes().splitlines(keepends=True)
    raw = [text.encode() + b"\n" for text in TEXTS]
    with gzip.open(forged, "wb") as file:
        for n, line in enumerate(lines):
            file.write(line)
            file.write(raw[n % len(raw)] if n > len(lines) // 2 else b"")
    async with terminal("replay", str(forged), "--text") as it:
        assert await it.ended() == 1
    assert_harmless(it)


@pytest.mark.parametrize("text", ["\x1b[2J\x07", "\u202e\u200b", "[/nope]\\"])
async def test_hostile_arguments(pool: FakePool, tmp_path: Path, text: str) -> None:
    lines = [
        [text],
        ["top", text],
        ["top", "--sort", text],
        ["tail", f"size>{text}"],
        ["tail", f"/({text}/"],
        ["tail", "--target", text],
        ["record", "-o", str(tmp_path / text / text)],
        ["replay", str(tmp_path / text)],
        ["connect", text],
        ["connect", f"ws://{text}/"],
        ["send", text, text],
        ["ls", text],
        ["tial", text],
    ]
    for line in lines:
        async with terminal(*line) as it:
            assert await it.ended() in (1, 2)
        assert it.output, line
        assert_harmless(it)


async def test_a_hostile_server(monitors: Path) -> None:
    async def speak(connection: ServerConnection) -> None:
        for payload in payloads():
            await connection.send(payload)
        for _, text in HOSTILE[:20]:
            await connection.send(text.encode(errors="replace").decode())
        await connection.close(4001, "\x1b[2J\u202e[red]\x07")

    async with websocket_server(speak, subprotocols=[Subprotocol("x")]) as url:
        for how in ("--text", "--json"):
            dial = ("connect", f"{url}/\u202e", how, "--subprotocol", "x")
            async with terminal(*dial) as it:
                assert await it.ended() == 1
            assert b"4001" in it.output
            assert_harmless(it)


async def test_a_hostile_refusal(monitors: Path) -> None:
    def refuse(connection: ServerConnection, _: Request) -> Response:
        answer = connection.respond(HTTPStatus.FOUND, "\x1b[2J\u202e\x07")
        answer.headers["Location"] = "wss://\u202e\x1b]0;PWNED/"
        return answer

    async with (
        websocket_server(refuse_all, process_request=refuse) as url,
        terminal("connect", url, "--text") as it,
    ):
        assert await it.ended() == 1
    assert_harmless(it)


async def refuse_all(_: ServerConnection) -> None:
    raise AssertionError("nobody is let in")


COSTLY = "/(a+)+$/"


@pytest.mark.parametrize(
    "filter", [COSTLY, "/(x|x)*y/", "json:" + "a." * 500, '"' * 99]
)
async def test_a_costly_or_senseless_filter_holds_nobody_up(
    pool: FakePool, tmp_path: Path, filter: str
) -> None:
    path = tmp_path / "x.jsonl"
    for line in (["tail", filter, "-n", "1"], ["record", filter, "-o", str(path)]):
        async with terminal(*line) as it:
            ended = asyncio.ensure_future(it.ended())
            await asyncio.wait({ended}, timeout=1.5)
            it.terminate() if not ended.done() else None
            assert await ended in (0, 1, 2, 143)
        assert_harmless(it, PROGRESS_OWN)
    async with terminal() as it:
        await it.shows("Sockets")
        it.press(f"/{filter}\r")
        await it.painted()
        it.press("\x1b\x1b")
        await it.painted()
        it.press("\x03")
        assert await it.ended() == 0
    # The bell rings for a key that finds no room; a letter before it is the pointer's.
    it.output = re.sub(rb"(?<![a-z])\x07+", b"", it.output)
    assert_harmless(it)


async def test_the_check_of_this_file_sees_what_is_raw(tmp_path: Path) -> None:
    for raw in ("\x1b[2J", "\x1b]0;x\x07", "\x9b2J", "a\x08b", "a\u202eb", "a\u200bb"):
        it = Terminal.__new__(Terminal)
        it.output = raw.encode()
        with pytest.raises(AssertionError):
            assert_harmless(it)
        with pytest.raises(AssertionError):
            assert_harmless(it, TOP_S_OWN)
