"""A recording on the screens: counted as its pool counted, in its time."""

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest

from ssc_monitor.model.pool import PoolView
from ssc_monitor.sources.replay import ReplaySource
from ssc_monitor.sources.source import Attached, Lost
from ssc_rx.monitor import wire
from ssc_rx.recording import (
    FORMAT,
    Happened,
    Header,
    Line,
    Missed,
    Received,
    RecordingWriter,
    Written,
)

START = 1_700_000_000.0
S = 1_000_000


def recording(path: Path, *lines: Line) -> Path:
    header = Header(FORMAT, "9.9", "app.py", "feeds", 42, START)
    writer = RecordingWriter(path, header)
    writer.put(lines)
    writer.end(9 * S, "closed")
    return path


def happened(at: float, name: str, id: str, **facts: Any) -> Happened:
    return Happened(int(at * S), name, id, facts)


LIFE = (
    happened(0.5, "SocketOpening", "a", kind="server"),
    happened(1, "SocketOpened", "a", kind="server", generation=1),
    Received(2 * S, "a", "one"),
    Written(3 * S, "a", None, b"\x00\x01"),
    Missed(3 * S, 5),
    Received(4 * S, "b", "cut", size=900),
    happened(5, "ReconnectScheduled", "a", attempt=1, delay=0.5),
    happened(6, "SocketOpened", "a", kind="server", generation=2),
    happened(7, "WritesLost", "a", reason="lost", messages=3),
    happened(8, "SocketClosed", "b", info={"code": 1000}),
)


async def played(source: ReplaySource) -> tuple[PoolView, list[Any]]:
    view, items = PoolView(), []
    async for item in source.frames():
        items.append(item)
        if not isinstance(item, (Attached, Lost)):
            view.apply(item)
    return view, items


async def test_it_is_counted_as_it_was(tmp_path: Path) -> None:
    source = ReplaySource(recording(tmp_path / "feed", *LIFE), math.inf)
    view, items = await played(source)
    assert isinstance(items[0], Attached)
    assert items[-1] == Lost("the recording ended", retry=False)
    assert source.played
    assert view.hello is not None
    assert (view.hello.pool, view.hello.program, view.hello.pid) == (
        "feeds",
        "app.py",
        42,
    )
    a = next(s for s in view.sockets.values() if s.id == "a")
    assert (a.kind, a.state, a.generation) == ("server", "open", 2)
    assert (a.messages_in, a.bytes_in, a.messages_out, a.bytes_out) == (1, 3, 1, 2)
    row = view.row
    assert row is not None
    assert (row.sockets, row.open_sockets, row.sockets_closed) == (1, 1, 1)
    assert (row.messages_in, row.bytes_in, row.failed) == (2, 903, {"lost": 3})
    entries = view.stream.slice(0, view.stream.end)
    assert [(e.id, e.direction, e.size, e.whole) for e in entries] == [
        ("a", "in", 3, True),
        ("a", "out", 2, True),
        ("b", "in", 900, False),
    ]
    assert view.counts is not None
    assert (view.counts.seen, view.counts.sampled_out) == (8, 5)
    assert view.events.end == 6


@pytest.mark.virtual_time
@pytest.mark.parametrize(("speed", "took"), [(1.0, 9.0), (4.0, 2.25)])
async def test_it_takes_its_time(tmp_path: Path, speed: float, took: float) -> None:
    loop = asyncio.get_running_loop()
    source = ReplaySource(recording(tmp_path / "feed", *LIFE), speed)
    view, _ = await played(source)
    assert loop.time() == pytest.approx(took, abs=0.2)
    assert view.now == pytest.approx(START + 9, abs=1)


@pytest.mark.virtual_time
async def test_closing_ends_it(tmp_path: Path) -> None:
    source = ReplaySource(recording(tmp_path / "feed", *LIFE))
    items = []
    async for item in source.frames():
        items.append(item)
        if isinstance(item, wire.Messages):
            await source.close()
    assert not any(isinstance(item, Lost) for item in items)
    assert not source.played


async def test_many_lines_leave_others_their_turns(tmp_path: Path) -> None:
    lines = [Received(n, "a", "x") for n in range(20_000)]
    source = ReplaySource(recording(tmp_path / "feed", *lines), math.inf)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    view, _ = await played(source)
    ticking.cancel()
    assert view.row is not None
    assert view.row.messages_in == 20_000
    assert ticks >= 10
