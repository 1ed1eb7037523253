"""The examples of docs/recording.md, one after the other."""

import asyncio
import re
import sys
from pathlib import Path

from websockets.asyncio.server import ServerConnection

from tests.peers import websocket_server

PAGE = Path(__file__).parents[2] / "docs" / "recording.md"


async def output_of(code: str, folder: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdout=asyncio.subprocess.PIPE, cwd=folder
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def test_what_the_page_records_it_plays_again(tmp_path: Path) -> None:
    async def feed(connection: ServerConnection) -> None:
        for n in range(3):
            await connection.send(f'{{"n": {n}}}')
        await connection.send("no JSON")
        await connection.wait_closed()

    recording, playing = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    recording = recording.replace("sleep(60)", "sleep(0.5)")
    async with websocket_server(feed) as url:
        assert "wss://a.example/feed" in recording
        code = recording.replace("wss://a.example/feed", url)
        out = await output_of(code, tmp_path)
    assert out == "4 messages, missed: 0\n"
    assert await output_of(playing, tmp_path) == "3\n"
