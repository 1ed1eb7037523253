"""The real program, as a process of its own."""

import asyncio
import json
import os
import pty
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from ssc_rx.monitor import wire
from tests.peers import websocket_server
from tests.ssc_monitor.fake_pool import (
    NOW,
    FakePool,
    hello,
    reading,
    sample,
    socket_row,
)

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

BEGIN = reading({"wss://a/": socket_row(1)}, begin=True)
SECOND = (BEGIN, reading({}, time=NOW + 1, sockets=1))
ONE = wire.Messages((sample(1, b"one"),), 1, 1, 1, 0, 0)
PROGRAM = ("-m", "ssc_monitor")
# Whatever started the tests may ignore Ctrl-C, and that is inherited.
INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ssc_monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""
WITHOUT_OUTPUT = """
import os, sys
os.close(1)
os.execv(sys.executable, [sys.executable, "-m", "ssc_monitor", *sys.argv[1:]])
"""
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

    def __init__(self, source, *, choices, fps, ascii):
        name = source.name if source else [found.hello.pid for found in choices]
        self.told = f"{name} {fps} {ascii}"

    async def run_async(self):
        print(self.told, type(asyncio.get_running_loop()).__module__)

sys.modules["ssc_monitor.app"] = app = types.ModuleType("ssc_monitor.app")
app.MonitorApp = MonitorApp
from ssc_monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""


@dataclass
class End:
    """How a run ended."""

    code: int | None
    out: str
    err: str


async def start(
    *arguments: str,
    program: tuple[str, ...] = PROGRAM,
    stdin: int = DEVNULL,
    stdout: int = PIPE,
    **environment: str,
) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
        env=os.environ | {"PYTHONWARNINGS": "error"} | environment,
    )


async def end(process: Process) -> End:
    out, err = await process.communicate()
    return End(process.returncode, (out or b"").decode(), err.decode())


async def run(
    *arguments: str, program: tuple[str, ...] = PROGRAM, **environment: str
) -> End:
    return await end(await start(*arguments, program=program, **environment))


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


@pytest.mark.parametrize("command", ["", "ls", "ls --json", "tail", "snapshot"])
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
        told = await run("snapshot", "nobody\x1b")
    assert (told.code, told.out) == (1, "")
    assert "no pool 'nobody\\x1b'" in told.err
    assert told.err.endswith("there are: 4242 (feeds␛)\n")


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


# Snapshots


async def test_without_a_terminal_it_prints_a_snapshot(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND) as pool:
        bare, asked = await run(), await run("snapshot")
        named, by_path = await run("feeds"), await run(str(pool.path))
    assert (bare.code, bare.err) == (0, "")
    assert bare.out.startswith("feeds  app.py  pid 4242  running")
    assert "wss://a/" in bare.out
    assert bare == asked == named == by_path


async def test_snapshots_of_several_pools(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), *SECOND),
        FakePool(monitors / "2-b.sock", hello(pid=2), *SECOND),
        FakePool(monitors / "3-c.sock", refuse=(503, "Full.")),
    ):
        lines, text = await run("snapshot", "--json"), await run()
    assert (lines.code, text.code) == (1, 1)
    assert "Full." in lines.err
    assert {json.loads(line)["pid"] for line in lines.out.splitlines()} == {2, 4242}
    assert text.out.count("\n\n") == 3


# Tail


async def test_tail(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE):
        lines = await run("tail", "-n", "1", "--json")
        text = await run("tail", "-n", "1", "on", "dir:in")
    assert (lines.code, text.code) == (0, 0)
    assert json.loads(lines.out)["text"] == "one"
    assert text.out.endswith(" in    text         3 wss://a/  one\n")
    assert lines.err == text.err
    assert lines.err.startswith("ssc-monitor: 1 message and 0 events shown; seen 1")


async def test_of_several_pools_one_has_to_be_named(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE),
        FakePool(monitors / "2-b.sock", hello(pid=2), BEGIN, ONE),
    ):
        told = await run("tail")
        one = await run("tail", "--target", "2", "-n", "1")
    assert (told.code, told.out) == (2, "")
    assert "--target" in told.err
    assert "4242 (feeds)" in told.err
    assert one.code == 0


async def test_a_filter_that_is_none_is_told(monitors: Path) -> None:
    told = await run("tail", "size>x")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("ssc-monitor: bad filter: ")


async def test_ctrl_c_ends_it_quietly(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        process = await start("tail", program=("-c", INTERRUPTIBLE))
        await pool.until(lambda: bool(pool.heard))
        process.send_signal(signal.SIGINT)
        told = await end(process)
    assert (told.code, told.out) == (130, "")
    assert told.err.startswith("ssc-monitor: 0 messages and 0 events shown; seen 0")
    assert told.err.count("\n") == 1


async def test_sigterm_ends_it_with_its_account(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE) as pool:
        process = await start("tail", "one")
        assert process.stdout is not None
        line = await process.stdout.readline()
        process.terminate()
        told = await end(process)
        await pool.until(lambda: not pool.viewers)
    assert (told.code, told.out) == (143, "")
    assert line.endswith(b"wss://a/  one\n")
    assert "events shown; seen 1" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", ["", "ls", "snapshot"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (15, 143)])
async def test_signals_end_all_commands_quietly(
    monitors: Path, command: str, number: int, code: int
) -> None:
    # One that says nothing keeps them waiting.
    async with FakePool(monitors / "1-a.sock") as pool:
        process = await start(*command.split(), program=("-c", INTERRUPTIBLE))
        await pool.until(lambda: bool(pool.viewers))
        process.send_signal(number)
        assert await end(process) == End(code, "", "")


async def test_a_pipe_that_is_closed_ends_it_in_silence(monitors: Path) -> None:
    out, near = os.pipe()
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE) as pool:
        process = await start("tail", stdout=near)
        os.close(near)
        assert b"one" in await asyncio.to_thread(os.read, out, 1000)
        os.close(out)
        assert await end(process) == End(0, "", "")
        await pool.until(lambda: not pool.viewers)


async def test_a_link_that_is_lost_ends_it(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        process = await start("tail")
        await pool.until(lambda: bool(pool.heard))
        await pool.end()
        told = await end(process)
    assert told.code == 1
    assert told.err.startswith("ssc-monitor: the process ended the link: the pool stop")


async def test_an_output_without_unicode_gets_escapes(monitors: Path) -> None:
    told = wire.Messages((sample(1, "ü\x1b".encode()),), 1, 1, 1, 0, 0)
    async with FakePool(monitors / "1-a.sock", hello(pool="ü"), *SECOND, told):
        line = await run("tail", "-n", "1", PYTHONIOENCODING="ascii")
        look = await run(PYTHONIOENCODING="ascii")
    assert line.out.endswith(r"\xfc\u241b" + "\n")
    assert look.out.startswith(r"\xfc  app.py")


PLAIN = ("ls", "snapshot", "tail -n 1")


async def test_an_output_that_is_closed_does_no_harm(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND, ONE):
        for command in PLAIN:
            told = await run(*command.split(), program=("-c", WITHOUT_OUTPUT))
            assert (told.code, told.out) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
async def test_an_output_that_is_full_is_told(monitors: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND, ONE):
        for command in PLAIN:
            told = await end(await start(*command.split(), stdout=full))
            assert told.code == 1
            lines = told.err.splitlines()
            assert lines[-1].startswith("ssc-monitor: can't print: [Errno 28]")
            assert len(lines) == 1 + command.startswith("tail")
    os.close(full)


# Connect


async def greet(connection: ServerConnection) -> None:
    assert connection.request is not None
    await connection.send(connection.request.headers.get("X-Who", "stranger"))
    await connection.wait_closed()


async def test_connect_without_a_terminal_prints(monitors: Path) -> None:
    async with websocket_server(greet) as url:
        told = await run("connect", url, "--header", "X-Who: me", "--json", "-n", "3")
    assert told.code == 0
    lines = [json.loads(line) for line in told.out.splitlines()]
    assert [line.get("event") for line in lines if "event" in line] == [
        "SocketOpening",
        "SocketOpened",
    ]
    assert [line["text"] for line in lines if "text" in line] == ["me"]
    assert os.listdir(monitors) == []


def refuse(connection: ServerConnection, request: Request) -> Response:
    return connection.respond(HTTPStatus.NOT_FOUND, "")


async def test_connect_ends_when_all_it_dials_refuse(monitors: Path) -> None:
    async with websocket_server(greet, process_request=refuse) as url:
        told = await run("connect", f"{url}/nope?key=secret", "--json")
    assert told.code == 1
    assert "SocketOpened" not in told.out
    refusal, end, _ = told.err.splitlines()
    assert refusal.startswith(
        f"ssc-monitor: {url}/nope was given up: dial failed: the server answered HTTP 404"
    )
    assert end == "ssc-monitor: no feed is left to dial"
    assert "secret" not in told.out + told.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (15, 143)])
async def test_signals_end_connect_and_leave_nothing(
    monitors: Path, number: int, code: int
) -> None:
    async with websocket_server(greet) as url:
        process = await start("connect", url, program=("-c", INTERRUPTIBLE))
        assert process.stdout is not None
        await process.stdout.readline()
        process.send_signal(number)
        told = await end(process)
    assert told.code == code
    assert told.err.count("\n") == 1
    assert os.listdir(monitors) == []


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("http://a", "it doesn't begin with ws:// or wss://"),
        ("ws://u:secret@a/?k=secret ws://u:secret@a/?k=secret", "given twice"),
        ("ws://", "no WebSocket URL"),
        ("ws://a --header a:b --header A:c", "--header is given twice"),
    ],
)
async def test_connect_with_bad_arguments(
    monitors: Path, arguments: str, problem: str
) -> None:
    told = await run("connect", *arguments.split())
    assert (told.code, told.out) == (2, "")
    assert problem in told.err
    assert "secret" not in told.err
    assert told.err.count("\n") == 1


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


async def test_on_a_terminal_connect_prints_if_it_shall(monitors: Path) -> None:
    async with websocket_server(greet) as url:
        told = await on_terminal("connect", url, "-n", "1", program=("-c", FAKE_APP))
    assert (told.code, told.out.endswith("dialling\r\n")) == (0, True)


async def test_a_pool_that_refuses_opens_no_app(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", refuse=(503, "Full.")):
        told = await on_terminal(program=("-c", FAKE_APP))
    assert (told.code, told.out) == (1, "")
    assert told.err.endswith("refused with HTTP 503: Full.\n")


async def test_a_dumb_terminal_gets_a_snapshot(monitors: Path) -> None:
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
        for command in ("ls", "snapshot", "tail -n 1"):
            assert (await run(*command.split(), program=program)).code == 0
        told = await on_terminal(program=program)
    assert (told.code, told.out) == (1, "")
    assert "pip install 'ssc-rx[monitor]'" in told.err
    assert "Traceback" not in told.err
