"""`ssc-monitor connect`, as a process of its own, without a terminal."""

import json
import os
import signal
import socket
import tempfile
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from tests.peers import websocket_server
from tests.ssc_monitor.program import (
    INTERRUPTIBLE,
    End,
    end,
    greet,
    run,
    start,
)

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]


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
        assert "SocketOpened" not in told.out
        again = await run("connect", f"{url}/nope?key=secret", "--json", "--reconnect")
    why = "dial failed: the server answered HTTP 404"
    for one, how in ((told, ""), (again, " was given up")):
        assert one.code == 1
        refusal, _, _ = one.err.splitlines()
        assert refusal.startswith(f"ssc-monitor: {url}/nope{how}: {why}")
        assert "secret" not in one.out + one.err
    assert "no feed is left to dial" in again.err


async def echo(connection: ServerConnection) -> None:
    """Answers what it is told, and ends as it is told."""
    await connection.send(f"speaks {connection.subprotocol}")
    async for message in connection:
        if isinstance(message, str) and message.startswith("end "):
            await connection.close(int(message[4:]), "as you wish")
            return
        await connection.send(message)


def received(told: End) -> list[str]:
    """The texts that came in, of JSON lines."""
    lines = [json.loads(line) for line in told.out.splitlines()]
    return [line["text"] for line in lines if line.get("direction") == "in"]


@pytest.mark.parametrize(("close_code", "code"), [(1000, 0), (1001, 0), (4000, 1)])
async def test_the_exit_code_says_how_the_connection_ended(
    monitors: Path, close_code: int, code: int
) -> None:
    sends = ("--send", "one", "--send", f"end {close_code}")
    async with websocket_server(echo, subprotocols=[Subprotocol("b")]) as url:
        offered = ("--subprotocol", "a", "--subprotocol", "b")
        told = await run("connect", url, "--json", *sends, *offered)
    assert told.code == code
    assert received(told) == ["speaks b", "one"]
    assert f"{url}/: closed {close_code}" in told.err.replace(f"{url}:", f"{url}/:")


async def test_a_dead_url_is_a_clear_error(monitors: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = await run("connect", f"ws://127.0.0.1:{port}/")
    assert told.code == 1
    assert "Connection refused); does the server run at that host" in told.err


async def test_a_pipe_is_sent_line_by_line_behind_what_opens(monitors: Path) -> None:
    read, write = os.pipe()
    with os.fdopen(write, "wb") as lines:
        lines.write("ä\r\n\n".encode() + b"\xff\nlast\nend 1000")
    async with websocket_server(echo) as url:
        process = await start("connect", url, "--send", "first", "--json", stdin=read)
        os.close(read)
        told = await end(process)
    assert told.code == 0
    assert received(told) == ["speaks None", "first", "ä", "", "last"]
    assert "line 3 of standard input is no UTF-8" in told.err


async def test_a_file_is_sent_too(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("one\nend 1000\n")
    async with websocket_server(echo) as url:
        with path.open() as lines:
            told = await end(
                await start("connect", url, "--json", stdin=lines.fileno())
            )
    assert (told.code, received(told)) == (0, ["speaks None", "one"])


async def test_the_end_of_a_pipe_is_not_the_end(monitors: Path) -> None:
    read, write = os.pipe()
    os.close(write)
    async with websocket_server(greet) as url:
        arguments = ("connect", url, "--filter", "stranger", "-n", "1", "--json")
        process = await start(*arguments, stdin=read)
        os.close(read)
        told = await end(process)
    assert (told.code, received(told)) == (0, ["stranger"])


async def test_an_endless_line_is_told(monitors: Path) -> None:
    with tempfile.TemporaryFile() as long:
        long.write(bytes(1024 * 1024 + 1))
        long.seek(0)
        async with websocket_server(greet) as url:
            arguments = ("connect", url, "-n", "3")
            told = await end(await start(*arguments, stdin=long.fileno()))
    assert told.code == 0
    assert "nothing more of standard input is sent: a line is longer" in told.err


async def test_its_pool_has_a_name(monitors: Path) -> None:
    async with websocket_server(greet) as url:
        process = await start("connect", url, "--name", "mine", "--text")
        assert process.stdout is not None
        await process.stdout.readline()
        listed = await run("ls", "--json")
        process.terminate()
        await end(process)
    assert json.loads(listed.out)["pool"] == "mine"


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
