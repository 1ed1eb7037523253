"""The examples of docs/observability.md are run as they stand; its tables are complete."""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

from ssc_rx import Pool
from ssc_rx.metrics import PoolCollector
from tests.peers import echo, websocket_server
from tests.readme import ROOT, python_blocks
from tests.test_logs import loggers
from tests.test_readme import end, free_port, run

PAGE = "docs/observability.md"
FEED = "wss://a.example/feed"


def text() -> str:
    return (ROOT / PAGE).read_text()


def scrape(port: int) -> str:
    """As soon as somebody listens there."""
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
                return str(answer.read().decode())
        except OSError:
            continue


async def test_the_example_for_prometheus(tmp_path: Path) -> None:
    port = free_port()
    async with websocket_server(echo) as url:
        code = python_blocks(PAGE)[0].replace(FEED, url).replace("9000", str(port))
        process = await run(code.replace("sleep(60)", "sleep(2)"), tmp_path)
        seen = await asyncio.to_thread(scrape, port)
        await end(process)
    assert 'ssc_connections{kind="server",pool="feeds",state="open"} 1.0' in seen


async def test_the_example_for_opentelemetry(tmp_path: Path) -> None:
    async with websocket_server(echo) as url:
        code = python_blocks(PAGE)[1].replace(FEED, url)
        code = code.replace("sleep(60)", "sleep(1)").replace("10_000", "200")
        told = await end(await run(code, tmp_path))
    first, _ = json.JSONDecoder().raw_decode(told)
    (scope,) = first["resource_metrics"][0]["scope_metrics"]
    units = {metric["name"]: metric["unit"] for metric in scope["metrics"]}
    assert units["ssc.connections"] == "{connection}"
    assert units["ssc.message.bytes"] == "By"
    assert units["ssc.ping.rtt.sum"] == "s"
    (point,) = next(
        metric["data"]["data_points"]
        for metric in scope["metrics"]
        if metric["name"] == "ssc.connections"
    )
    assert point["attributes"].items() >= {"kind": "server", "state": "open"}.items()


def test_the_example_for_structlog(tmp_path: Path) -> None:
    code = python_blocks(PAGE)[2] + (
        "from ssc_rx.logbook import Logbook\n"
        "error = ValueError('wss://a.example/?token=secret')\n"
        "Logbook('feeds').subscriber_failed('pool.messages', 'feed', error, 1)\n"
    )
    (tmp_path / "example.py").write_text(code)
    script = [sys.executable, str(tmp_path / "example.py")]
    done = subprocess.run(script, capture_output=True, text=True, cwd=ROOT)
    record = json.loads(done.stderr)
    assert (record["pool"], record["socket_id"]) == ("feeds", "feed")
    assert record["level"] == "error"
    assert "ValueError: wss://a.example/?…" in record["exc_info"]


def test_the_table_has_every_metric_with_its_labels() -> None:
    rows = re.findall(r"^\| `(ssc_\w+)` \| (\w+) \| ([^|]*)\|", text(), re.M)
    told = {
        (name, kind, tuple(re.findall(r"`(\w+)`", its))) for name, kind, its in rows
    }
    there = set()
    for family in PoolCollector(Pool(name="x")).describe():
        name = family.name + ("_total" if family.type == "counter" else "")
        labels = family._labelnames[1:]
        there.add((name, family.type, tuple(labels)))
    assert told == there


def test_the_table_has_every_logger() -> None:
    told = re.findall(r"`(ssc_rx\.[\w.]+)(…?)`", text())
    for logger in loggers():
        assert any(
            logger.name.startswith(name) if more else logger.name == name
            for name, more in told
        ), logger.name
