"""The examples of docs/analysis.md, one after the other; its table names all operators."""

import asyncio
import contextlib
import itertools
import json
from pathlib import Path

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from ssc_rx import operators as ops
from tests.peers import websocket_server
from tests.readme import ROOT, python_blocks
from tests.recording.test_docs import output_of


async def test_what_the_page_collects_it_analyses(tmp_path: Path) -> None:
    async def feed(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            for n in itertools.count():
                await connection.send(
                    json.dumps({"price": n, "size": 1} if n % 50 else {})
                )
                await asyncio.sleep(0.001)  # the pace of a feed

    collecting, analysing = python_blocks("docs/analysis.md")
    async with websocket_server(feed) as url:
        assert "wss://a.example/feed" in collecting
        code = collecting.replace("wss://a.example/feed", url)
        out = await output_of(code, tmp_path)
    assert out.startswith("<Recording of 100 messages of 1 ID, ")
    assert "shape: (100, 4)" in out
    out = await output_of(analysing, tmp_path)
    assert "shape: (" in out
    assert out.endswith("2 messages without a price\n")


def test_the_page_names_all_operators_for_analysis() -> None:
    page = (ROOT / "docs" / "analysis.md").read_text()
    for name in ops.__all__:
        late = "analysis" in getattr(ops, name).__module__ or name == "asof"
        if late and name not in ("Analysis", "Joining"):
            assert f"`ops.{name}(" in page or f"`{name}`" in page, name
