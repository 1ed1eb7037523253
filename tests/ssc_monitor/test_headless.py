"""Plain output: the list of pools, and one look at a pool."""

import json
import re
from pathlib import Path

from ssc_monitor.headless import (
    found_as_json,
    found_as_text,
    look_as_json,
    look_as_text,
)
from ssc_monitor.sources.source import Found
from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import (
    NOW,
    STARTED_AT,
    FakePool,
    hello,
    reading,
    socket_row,
)
from tests.ssc_monitor.test_look import frames, look

PATH = Path("/run/user/1000/ssc-rx/4242-a.sock")
HOSTILE = "\x1b[2J\u202e\ud800\n"


async def test_a_look_as_text(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", *frames()) as pool:
        text = look_as_text(await look(pool.path), 20)
    assert text.split("\n") == [
        "feeds  app.py  pid 4242  running  up 00:01:01  traffic  ssc-rx 1.2.3",
        (
            "2 sockets, 2 open   in 100/s 800B/s   out 12/s 0B/s   queued 0   refused 0   "
            "failed 3   lag 3ms   2 other viewers"
        ),
        "",
        "IN/s  OUT/s  BYTES/s     IN  OUT  QUEUED   RTT   LAST  STATE  KIND    ID",
        " 100     12      800  1,100   12       0     –  200ms  open   server  busy",
        "   –      –        –      5    0       0  23ms      –  open   server  calm",
    ]


async def test_a_look_as_json(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", *frames()) as pool:
        line = look_as_json(await look(pool.path), 1)
    assert line.isascii()
    seen = json.loads(line)
    assert (seen["path"], seen["pool"], seen["pid"]) == (str(pool.path), "feeds", 4242)
    assert (seen["messages_in"], seen["messages_in_per_s"]) == (1105, 100.0)
    assert (seen["failed"], seen["state"]) == ({"lost": 2, "closed": 1}, "running")
    (busiest,) = seen["rows"]
    assert (busiest["id"], busiest["messages_out_per_s"]) == ("busy", 12.0)


async def test_only_the_busiest_sockets_are_shown(monitors: Path) -> None:
    rows = {f"s{n}": socket_row(n, messages_in=n) for n in range(1, 51)}
    end = reading({}, time=NOW + 1, sockets=50, open_sockets=50)
    async with FakePool(
        monitors / "1-a.sock", hello(), reading(rows, begin=True), end
    ) as pool:
        seen = await look(pool.path)
    lines = look_as_text(seen, 20).split("\n")
    assert lines[4].endswith("  s50")
    assert lines[23].endswith("  s31")
    assert lines[24] == "and 30 more sockets"
    assert "and" not in look_as_text(seen, 50)
    assert look_as_text(seen, 0).count("\n") == 2


async def test_a_pool_without_sockets_has_no_table(monitors: Path) -> None:
    still = reading({}, begin=True), reading({}, time=NOW + 1)
    async with FakePool(monitors / "1-a.sock", hello(), *still) as pool:
        text = look_as_text(await look(pool.path), 20)
    assert text.count("\n") == 1
    assert "0 sockets, 0 open" in text


async def test_hostile_pools_are_shown_harmlessly(monitors: Path) -> None:
    name = HOSTILE.replace("\ud800", "")
    greeting = hello(pool=name, program=name, level=name, version=name)
    row = socket_row(1, state=name)
    state = wire.State(
        NOW, True, (wire.SocketHead(1, name, name),), (row,), (), reading({}).pool
    )
    end = reading({}, time=NOW + 1, state=name, failed={name: 1})
    async with FakePool(monitors / "1-a.sock", greeting, state, end) as pool:
        seen = await look(pool.path)
    assert all(line.isprintable() for line in look_as_text(seen, 20).split("\n"))
    line = look_as_json(seen, 20)
    assert line.isascii()
    assert line.isprintable()
    assert json.loads(line)["rows"][0]["id"] == name


def test_found_pools_as_text() -> None:
    found = [
        Found(PATH, hello()),
        Found(PATH.with_name("7-b.sock"), None, "refused with HTTP 503: Full."),
        Found(PATH.with_name("8-c.sock"), hello(pid=8, pool=HOSTILE, program="b.py")),
    ]
    lines = found_as_text(found, now=STARTED_AT + 90).split("\n")
    assert re.split(" {2,}", lines[0].strip()) == [
        *("PID", "POOL", "PROGRAM", "LEVEL", "UP", "SSC-RX", "SOCKET")
    ]
    assert re.split(" {2,}", lines[1].strip()) == [
        *("4242", "feeds", "app.py", "traffic", "00:01:30", "1.2.3", str(PATH))
    ]
    assert lines[2].endswith("7-b.sock: refused with HTTP 503: Full.")
    assert all(line.isprintable() for line in lines)


def test_found_pools_as_json() -> None:
    found = [Found(PATH, hello(pool=HOSTILE)), Found(PATH, None, "is a directory")]
    text = found_as_json(found)
    assert text.isascii()
    first, second = map(json.loads, text.split("\n"))
    assert (first["path"], first["pid"]) == (str(PATH), 4242)
    assert (first["pool"], first["level"]) == (HOSTILE, "traffic")
    assert second == {"path": str(PATH), "problem": "is a directory"}
