"""`ssc-monitor connect`, as a process of its own, without a terminal."""

import json
import os
import signal
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from tests.peers import websocket_server
from tests.ssc_monitor.program import (
    INTERRUPTIBLE,
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
