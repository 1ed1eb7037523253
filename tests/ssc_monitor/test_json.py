"""What `--json` prints has the keys that docs/monitor/json.md tells of, and no others."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_monitor.commands import ls, tail, top
from ssc_rx import Outbox, Pool, events
from ssc_rx.monitor import wire
from tests.peers import websocket_server
from tests.ssc_monitor.fake_pool import NOW, FakePool, hello, reading
from tests.ssc_monitor.program import run

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

PAGE = Path(__file__).parents[2] / "docs" / "monitor" / "json.md"
WORD = re.compile(r"`(\w+)`")


def tables() -> dict[str, list[tuple[str, ...]]]:
    """The tables of the page, by their headings, without their titles."""
    found: dict[str, list[tuple[str, ...]]] = {}
    heading = ""
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif line.startswith("| `"):
            cells = (cell.strip() for cell in line.strip("|").split("|"))
            found.setdefault(heading, []).append(tuple(cells))
    return found


def keys(table: str) -> set[str]:
    """The keys that a table tells of."""
    return {key for first, *_ in tables()[table] for key in WORD.findall(first)}


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


async def talkative(connection: ServerConnection) -> None:
    await connection.send("text")
    await connection.send(b"binary")
    await connection.wait_closed()


@pytest.fixture
async def pool(monitors: Path, make_pool: Callable[..., Pool]) -> Any:
    async with websocket_server(talkative) as url:
        pool = make_pool({"talkative": url}, monitor="traffic", outbox=Outbox())
        pool.messages.subscribe(lambda _: None)
        await pool.start()
        yield pool
        await pool.stop(deadline=1.0)


async def test_ls(pool: Pool, monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", refuse=(503, "Full.")):
        told = lines((await run("ls", "--json")).out)
    good, bad = sorted(told, key=lambda one: "problem" in one)
    assert good.keys() == keys("ls")
    assert bad.keys() == keys("A pool that can't be attached to")


async def test_top(pool: Pool) -> None:
    (look,) = lines((await run("top", "--once", "--json")).out)
    assert look.keys() == keys("top")
    (row,) = look["rows"]
    assert row.keys() == keys("A socket in `rows`")


async def test_top_tells_of_subscribers_and_warnings(monitors: Path) -> None:
    slow = wire.SubscriberRow(1, "pool.messages", "", "app.slow", 10, 5.0, 1.0)
    end = reading({}, time=NOW + 1, lag=3.0, timed=(slow,))
    said = hello(), reading({}, begin=True), end
    async with FakePool(monitors / "1-a.sock", *said):
        (look,) = lines((await run("top", "--once", "--json")).out)
    (timed,) = look["timed"]
    assert timed.keys() == keys("A subscriber in `timed`")
    assert look["warnings"]
    for one in look["warnings"]:
        assert one.keys() == keys("A warning in `warnings`")


async def test_messages_and_events(monitors: Path) -> None:
    async with websocket_server(talkative) as url:
        told = lines((await run("connect", url, "--json", "-n", "4")).out)
    happened = [one for one in told if "event" in one]
    text, binary = (one for one in told if "event" not in one)
    assert text.keys() == keys("A message")
    assert binary.keys() == keys("A message") - {"text"} | {"base64"}
    assert {one["event"] for one in happened} == {"SocketOpening", "SocketOpened"}
    for one in happened:
        assert one.keys() == keys("An event")
        assert one["facts"].keys() == facts()[one["event"]]


async def test_a_closing_tells_how(monitors: Path) -> None:
    async def leave(_: ServerConnection) -> None:
        pass

    async with websocket_server(leave) as url:
        told = lines((await run("connect", url, "--json")).out)
    (closed,) = (one for one in told if one.get("event") == "SocketClosed")
    assert closed["facts"]["info"].keys() == keys("How a connection ended: `info`")


def facts() -> dict[str, set[str]]:
    """The events that the page tells of, with their facts."""
    return {
        name.strip("`"): set(WORD.findall(f))
        for name, f in tables()["The facts of an event"]
    }


def all_events(base: type[Any]) -> Iterator[type[Any]]:
    for one in base.__subclasses__():
        yield one
        yield from all_events(one)


async def test_the_page_tells_of_every_event() -> None:
    known = {
        one.__name__: set(one.__struct_fields__) - {"id", "time"}
        for one in all_events(events.Event)
        if one.__module__ == events.__name__
    }
    assert facts() == known


async def test_help_points_to_the_page() -> None:
    for text in (ls.ABOUT, tail.ABOUT, top.ABOUT):
        assert "docs/monitor/json.md" in text
