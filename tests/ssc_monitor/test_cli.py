"""The real program, as a process of its own."""

import json
import os
import pty
import socket
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.peers import websocket_server
from tests.ssc_monitor.fake_pool import (
    FakePool,
    hello,
)
from tests.ssc_monitor.program import (
    ONE,
    PROGRAM,
    SECOND,
    End,
    end,
    greet,
    run,
    start,
)

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

NO_TEXTUAL = """
import sys
sys.modules["textual"] = sys.modules["rich"] = None
from ssc_monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""
FAKE_APP = """
import asyncio, sys, types

class MonitorApp:
    return_code = 3

    def __init__(self, source, *, choices, fps, ascii, **options):
        name = source.name if source else [found.hello.pid for found in choices]
        self.told = f"{name} {fps} {ascii}"

    async def run_async(self):
        print(self.told, type(asyncio.get_running_loop()).__module__)

    async def end_tape(self):
        return ""

sys.modules["ssc_monitor.app"] = app = types.ModuleType("ssc_monitor.app")
app.MonitorApp = MonitorApp
from ssc_monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""


# Help


async def test_version() -> None:
    told = await run("--version")
    assert told == End(0, f"ssc-monitor {version('ssc-rx')}\n", "")


async def test_help_imports_nothing_but_the_standard_library() -> None:
    heavy = "{'ssc_rx', 'textual', 'websockets', 'msgspec', 'asyncio.unix_events'}"
    code = (
        "import sys\nfrom ssc_monitor.arguments import parse\n"
        f"try: parse(['--help'])\nfinally: print({heavy} & set(sys.modules))"
    )
    told = await run(program=("-c", code))
    assert told.out.endswith("\nset()\n")


# Finding a pool


@pytest.mark.parametrize(
    "command", ["", "ls", "ls --json", "tail", "top", "top --once"]
)
async def test_without_a_pool_it_says_how_to_open_one(
    monitors: Path, command: str
) -> None:
    told = await run(*command.split())
    assert (told.code, told.out) == (1, "")
    assert 'Pool(..., monitor="traffic")' in told.err
    assert "SSC_MONITOR=traffic" in told.err
    assert "Traceback" not in told.err


async def test_an_unknown_target_is_told_with_those_there_are(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(pool="feeds\x1b")):
        told = await run("top", "nobody\x1b")
    assert (told.code, told.out) == (1, "")
    assert "no pool 'nobody\\x1b'" in told.err
    assert told.err.endswith("there are: 4242 (feeds␛)\n")


@pytest.mark.parametrize(
    ("word", "meant"), [("tial", "tail"), ("snapshot", "top --once")]
)
async def test_a_command_that_is_misspelt_is_told(
    monitors: Path, word: str, meant: str
) -> None:
    told = await run(word)
    assert told.code == 1
    assert f"no pool {word!r}" in told.err
    assert f"did you mean ssc-monitor {meant}?\n" in told.err


async def test_ls(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello()) as pool,
        FakePool(monitors / "2-b.sock", refuse=(503, "Full.")),
    ):
        text, lines = await run("ls"), await run("ls", "--json")
    assert (text.code, text.err, text.out.count("\n")) == (0, "", 3)
    assert "4242  feeds" in text.out
    assert "HTTP 503: Full." in text.out
    found = [json.loads(line) for line in lines.out.splitlines()]
    assert {one["path"] for one in found} >= {str(pool.path)}
    assert {one.get("problem", "").partition(" ref")[2] for one in found} == {
        "",
        "used with HTTP 503: Full.",
    }


async def test_a_directory_that_is_not_private_is_an_error(monitors: Path) -> None:
    os.chmod(monitors, 0o777)
    told = await run("ls")
    assert told.code == 1
    assert told.err.startswith("ssc-monitor: ")
    assert "open to others" in told.err
    assert told.err.count("\n") == 1


async def test_what_is_no_monitor_is_told(monitors: Path) -> None:
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(monitors / "stale"))
    os.symlink(monitors / "stale", monitors / "link")
    for name, problem in {
        "stale": "nobody listens",
        "link": "symbolic link",
        "": "is a directory",
    }.items():
        told = await run("tail", "--target", f"{monitors}/{name}")
        assert (told.code, told.out) == (1, "")
        assert problem in told.err
        assert told.err.count("\n") == 1


async def test_a_pool_of_another_version_is_told(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", subprotocols=("ssc-monitor.v9",)):
        told = await run("tail")
    assert told.code == 1
    assert "ssc-monitor.v9" in told.err


async def test_a_process_that_says_nothing_is_told(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock"):
        told = await run("tail")
    assert told.code == 1
    assert "did not answer within 2 s" in told.err


# Terminals


async def on_terminal(
    *arguments: str, program: tuple[str, ...] = PROGRAM, term: str = "xterm"
) -> End:
    """A run whose input and output is a terminal."""
    ours, theirs = pty.openpty()
    process = await start(
        *arguments, program=program, stdin=theirs, stdout=theirs, TERM=term
    )
    os.close(theirs)
    told = await end(process)
    with suppress(OSError):  # there is nothing to read
        told.out = os.read(ours, 65536).decode()
    os.close(ours)
    return told


async def test_on_a_terminal_it_opens_the_app(monitors: Path) -> None:
    program = ("-c", FAKE_APP)
    async with FakePool(monitors / "1-a.sock", hello(pid=1)):
        told = await on_terminal(program=program)
        assert told == End(3, "feeds 10 False uvloop\r\n", "")
        async with FakePool(monitors / "2-b.sock", hello(pid=2, pool="ü\x1b")):
            told = await on_terminal("--fps", "4", program=program)
            assert told.out in (
                "[1, 2] 4 False uvloop\r\n",
                "[2, 1] 4 False uvloop\r\n",
            )
            told = await on_terminal("2", "--ascii", program=program)
            assert told.out == "ü␛ 10 True uvloop\r\n"
    told = await on_terminal("connect", "ws://u:p@a/", "--fps", "1", program=program)
    assert told == End(3, "ws://a/ 1 False uvloop\r\n", "")


async def test_in_a_web_page_it_opens_the_app(monitors: Path) -> None:
    driver = "textual.drivers.web_driver:WebDriver"  # as textual-serve says
    async with FakePool(monitors / "1-a.sock", hello()):
        told = await run(program=("-c", FAKE_APP), TEXTUAL_DRIVER=driver)
    assert told == End(3, "feeds 10 False uvloop\n", "")


async def test_on_a_terminal_connect_prints_if_it_shall(monitors: Path) -> None:
    async with websocket_server(greet) as url:
        told = await on_terminal("connect", url, "-n", "1", program=("-c", FAKE_APP))
    assert (told.code, told.out.endswith("dialling\r\n")) == (0, True)


async def test_a_pool_that_refuses_opens_no_app(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", refuse=(503, "Full.")):
        told = await on_terminal(program=("-c", FAKE_APP))
    assert (told.code, told.out) == (1, "")
    assert told.err.endswith("refused with HTTP 503: Full.\n")


async def test_a_dumb_terminal_gets_one_look(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND):
        told = await on_terminal(term="dumb")
    assert told.code == 0
    assert told.out.startswith("feeds  app.py")
    assert "\x1b" not in told.out


async def test_without_textual_there_is_no_dashboard_but_all_else(
    monitors: Path,
) -> None:
    program = ("-c", NO_TEXTUAL)
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND, ONE):
        for command in ("ls", "top --once", "tail -n 1"):
            assert (await run(*command.split(), program=program)).code == 0
        told = await on_terminal(program=program)
    assert (told.code, told.out) == (1, "")
    assert "pip install 'ssc-rx[monitor]'" in told.err
    assert "Traceback" not in told.err
