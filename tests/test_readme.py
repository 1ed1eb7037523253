"""The README's examples are run as they stand; only their places are made local."""

import asyncio
import socket
import sys
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from tests.peers import websocket_server
from tests.readme import ROOT, python_blocks

FEEDS = ("wss://a.example/feed", "wss://b.example/feed")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(code: str, tmp_path: Path) -> asyncio.subprocess.Process:
    script = tmp_path / "example.py"
    script.write_text(code)
    return await asyncio.create_subprocess_exec(
        sys.executable, "-u", str(script), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )


async def end(process: asyncio.subprocess.Process) -> str:
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def reached(url: str, **options: Any) -> Any:
    """Connect as soon as somebody listens there."""
    while True:
        try:
            return await connect(url, **options)
        except OSError:
            await asyncio.sleep(0)


async def test_the_first_example(tmp_path: Path) -> None:
    async def feed(connection: ServerConnection) -> None:
        async for message in connection:
            assert message == '{"op":"subscribe","symbol":"ACME"}'
            await connection.send('{"symbol": "ACME", "price": 42.5}')
            await connection.send("no JSON")
            await connection.send("[1, 2]")

    async with websocket_server(feed) as url:
        code = python_blocks()[0].replace("sleep(60)", "sleep(1)")
        for n, place in enumerate(FEEDS):
            assert place in code
            code = code.replace(place, f"{url}/{n}")
        out = await end(await run(code, tmp_path))
    assert out == "{'symbol': 'ACME', 'price': 42.5}\n[1, 2]\n"


async def test_the_bridge(tmp_path: Path) -> None:
    async def feed(connection: ServerConnection) -> None:
        await go.wait()
        await connection.send("tick")
        await connection.wait_closed()

    go = asyncio.Event()
    port = free_port()
    async with websocket_server(feed) as url:
        code = python_blocks()[1].replace(FEEDS[0], url).replace("8000", str(port))
        process = await run(code.replace("sleep(60)", "sleep(2)"), tmp_path)
        browsers = [await reached(f"ws://127.0.0.1:{port}") for _ in range(3)]
        go.set()
        assert [await browser.recv() for browser in browsers] == ["tick"] * 3
        await end(process)
        for browser in browsers:
            await browser.close()


async def test_the_route_handler(tmp_path: Path) -> None:
    port = free_port()
    serving = f"import uvicorn\nuvicorn.run(app, port={port}, log_level='error')\n"
    process = await run(python_blocks()[2] + serving, tmp_path)
    alice = await reached(f"ws://127.0.0.1:{port}/chat/alice")
    await alice.send("hello")
    assert await alice.recv() == "got: hello"
    await alice.close(4000, "bye")
    assert process.stdout is not None
    assert await process.stdout.readline() == b"alice left: 4000 bye\n"
    process.terminate()
    await process.wait()


@pytest.mark.parametrize("command", ["./dev demo", "./dev test"])
def test_the_two_commands_are_there(command: str) -> None:
    assert command in (ROOT / "README.md").read_text()
