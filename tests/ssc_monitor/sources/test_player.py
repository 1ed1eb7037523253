"""A recording that is paused, sought and sped up: at any place as if it had been played."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ssc_monitor.feed import Feed
from ssc_monitor.sources import index, player
from ssc_monitor.sources.player import Player
from ssc_rx.recording import (
    FORMAT,
    Happened,
    Header,
    Line,
    Missed,
    Present,
    Received,
    RecordingWriter,
    Written,
)

START = 1_700_000_000.0
S = 1_000_000
LENGTH = 90


def recording(path: Path, lines: list[Line], end: float = LENGTH) -> Path:
    writer = RecordingWriter(path, Header(FORMAT, "9.9", "app.py", "feeds", 42, START))
    writer.put(lines)
    writer.end(int(end * S), "closed")
    return path


def life(messages: int = 6000, sockets: int = 12) -> list[Line]:
    """A minute and a half in which sockets come, talk, drop and leave."""
    rng = random.Random(7)
    lines: list[Line] = [
        Present(0, f"s{n}", "server", "open", 1) for n in range(sockets)
    ]
    at = 0
    for n in range(messages):
        at += int(LENGTH * S / messages)
        id = f"s{rng.randrange(sockets)}"
        lines.append(Received(at, id, f"{n}"))
        if n % 5 == 0:
            lines.append(Written(at, id, None, bytes(n % 50)))
        if n % 100 == 50:
            lines.append(Missed(at, 3))
        if n % 90 == 30:
            info = {"code": 1006, "by": "lost"}
            lines.append(Happened(at, "SocketClosed", id, {"info": info}))
            facts = {"kind": "client", "generation": 2}
            lines.append(Happened(at, "SocketOpened", id, facts))
        if n % 70 == 20:
            lines.append(Happened(at, "ReconnectScheduled", id, {"attempt": 1}))
        if n % 200 == 150:
            facts = {"reason": "lost", "messages": 2}
            lines.append(Happened(at, "WritesLost", id, facts))
    return lines


@contextmanager
def close_points() -> Iterator[None]:
    """An index of many points, and few lines before a place, as of a large file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "LINES_APART", 100)
        patch.setattr(player, "LINES_BEFORE", 300)
        yield


class Playing:
    """A player, and the view of what it plays."""

    def __init__(self, path: Path, speed: float = 1.0) -> None:
        self.player = Player(path, speed)
        self.transport = self.player.transport
        self.transport.paused = True  # until all is read, which takes no virtual time
        loop = asyncio.get_running_loop()
        self.feed = Feed(self.player, loop.time)
        self._task = asyncio.create_task(self.feed.run())

    async def __aenter__(self) -> "Playing":
        await self.until(lambda: self.transport.complete)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.player.close()
        await self._task

    async def until(self, true: Any) -> None:
        while not true():  # noqa: ASYNC110 - a thread reads the file
            await asyncio.sleep(0.01)

    async def go(self, to_s: float) -> None:
        self.transport.paused = True
        self.transport.go(to_s)
        await self.until(lambda: self.transport.target_s is None)

    async def play(self, to_s: float) -> None:
        """From where it is, step by step."""
        if self.transport.paused:
            self.transport.pause()
        await self.until(lambda: self.transport.position_s >= to_s)

    async def play_on(self) -> None:
        """From where it is to its end."""
        if self.transport.paused:
            self.transport.pause()
        await self.until(lambda: self.transport.ended)

    def counted(self) -> dict[str, Any]:
        """All that has to be the same however one came here."""
        view = self.feed.view
        sockets = {s.number: s for s in view.sockets.values() if not s.gone}
        return {
            "row": view.row,
            "sockets": {
                n: (s.id, s.kind, s.state, s.generation, s.messages_in, s.bytes_in)
                for n, s in sockets.items()
            },
            "more": {
                n: (s.messages_out, s.bytes_out, s.opened_at, s.last_received)
                for n, s in sockets.items()
            },
            "events": list(view.events),
            "why": {
                id: self.feed.endings.of(id, view.now, gone=False) for id in "s0 s1 s2"
            },
        }

    def newest(self, most: int = 200) -> list[tuple[object, ...]]:
        stream = self.feed.view.stream
        entries = stream.slice(max(stream.first, stream.end - most), stream.end)
        return [(e.number, e.direction, e.time, e.preview, e.size) for e in entries]


@pytest.mark.virtual_time
@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
async def test_a_place_that_was_sought_is_as_if_it_had_been_played(
    tmp_path: Path, name: str
) -> None:
    path = recording(tmp_path / name, life())
    with close_points():
        async with Playing(path) as there, Playing(path) as played:
            for to_s in (10.0, 33.0, 61.7, 88.0):
                await played.play(to_s)
                played.transport.pause()
                at = played.transport.position_s
                for start in (0.0, 89.0, 45.0):
                    await there.go(start)
                    await there.go(at)
                    assert there.counted() == played.counted()
                    assert there.newest() == played.newest()
                    view, other = there.feed.view, played.feed.view
                    assert view.now == pytest.approx(other.now, abs=0.01)
                    assert view.in_per_s == pytest.approx(other.in_per_s, rel=0.15)
                    share = sum(view.spark_in) / sum(other.spark_in)
                    assert share == pytest.approx(1, abs=0.05)


@pytest.mark.virtual_time
async def test_it_goes_on_from_where_it_was_put(tmp_path: Path) -> None:
    async with Playing(recording(tmp_path / "feed", life())) as it:
        await it.go(50)
        before = it.feed.view.row
        assert before is not None
        it.transport.pause()
        loop = asyncio.get_running_loop()
        then = loop.time()
        await it.until(lambda: it.transport.position_s >= 60)
        assert loop.time() - then == pytest.approx(10, abs=0.3)
        row = it.feed.view.row
        assert row is not None
        assert row.messages_in > before.messages_in


@pytest.mark.virtual_time
async def test_a_pause_holds_all_still(tmp_path: Path) -> None:
    async with Playing(recording(tmp_path / "feed", life())) as it:
        await it.play(5)
        it.transport.pause()
        held = it.counted()
        await asyncio.sleep(30)
        assert it.counted() == held
        assert it.feed.health == "live"


@pytest.mark.virtual_time
@pytest.mark.parametrize(("speed", "took"), [(0.5, 180), (1, 90), (64, 90 / 64)])
async def test_its_speed_is_kept(tmp_path: Path, speed: float, took: float) -> None:
    loop = asyncio.get_running_loop()
    async with Playing(recording(tmp_path / "feed", life(500)), speed) as it:
        then = loop.time()
        await it.play_on()
        assert loop.time() - then == pytest.approx(took, abs=0.5)
        assert it.transport.position_s == LENGTH


async def test_as_fast_as_can_be_waits_for_nothing(tmp_path: Path) -> None:
    async with Playing(recording(tmp_path / "feed", life()), float("inf")) as it:
        await it.play_on()
        row = it.feed.view.row
        assert row is not None
        assert row.messages_in == 6000
        await it.go(0)
        row = it.feed.view.row
        assert row is not None
        assert row.messages_in == 0


@pytest.mark.virtual_time
async def test_the_end_is_a_place_like_any_other(tmp_path: Path) -> None:
    async with Playing(recording(tmp_path / "feed", life(500)), 64) as it:
        await it.play_on()
        assert it.feed.health == "live"
        ended = it.counted()
        await it.go(3)
        assert not it.transport.ended
        await it.go(LENGTH)
        assert it.counted() == ended


async def test_points_are_bounded_however_long_it_is(tmp_path: Path) -> None:
    path = recording(tmp_path / "feed", life(20_000))
    with close_points(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "LINES_APART", 1)
        patch.setattr(index, "MAX_POINTS", 8)
        async with Playing(path) as it:
            assert len(it.player._index.points) <= 8
            await it.go(70)
            row = it.feed.view.row
            assert row is not None
            assert row.messages_in == pytest.approx(20_000 * 70 / 90, abs=1)


async def test_events_that_are_forgotten_are_announced(tmp_path: Path) -> None:
    path = recording(tmp_path / "feed", life())
    with close_points(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(index, "MAX_EVENTS", 20)
        async with Playing(path) as it:
            await it.go(45)
            view = it.feed.view
            known = [event.sequence for event in view.events]
            assert known == sorted(known)
            row = view.row
            assert row is not None
            assert view.events_missed + len(known) == it.player._playback.tally.events


async def test_what_is_cut_off_is_played_up_to_there(tmp_path: Path) -> None:
    path = recording(tmp_path / "feed", life(500))
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    async with Playing(path, float("inf")) as it:
        assert it.transport.damage is not None
        assert "in the middle of line" in it.transport.damage
        await it.play_on()
        row = it.feed.view.row
        assert row is not None
        assert row.messages_in > 100


async def test_a_file_that_goes_away_ends_nothing(tmp_path: Path) -> None:
    path = recording(tmp_path / "feed", life(500))
    async with Playing(path) as it:
        path.unlink()
        await it.go(40)
        assert it.transport.damage is not None
        assert "No such file" in it.transport.damage
        await it.until(lambda: it.transport.target_s is None)


async def test_the_rest_of_a_payload_that_was_cut_is_not_held(tmp_path: Path) -> None:
    lines: list[Line] = [Received(1, "a", "cut", size=900)]
    async with Playing(recording(tmp_path / "feed", lines, 1), float("inf")) as it:
        await it.play_on()
        it.feed.get(1)
        await it.until(lambda: 1 in it.feed.view.payloads)
        assert it.feed.view.payloads[1] is None
