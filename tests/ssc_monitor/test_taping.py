"""R: what is shown is recorded, while it is shown."""

import os
import stat
from pathlib import Path

import pytest

from ssc_monitor.model.filter import Filter
from ssc_monitor.screens.deck import name_of
from ssc_monitor.sources.source import Lost
from ssc_rx.monitor import wire
from ssc_rx.recording import (
    Happened,
    Line,
    Missed,
    Present,
    Received,
    RecordingFile,
)
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, ETH, Stage

pytestmark = pytest.mark.asyncio(loop_factories=["asyncio"])


async def record(it: Shown, path: Path) -> None:
    """Press R, and name a file."""
    await it.press("R")
    it.app.screen.question._input.value = str(path)  # type: ignore[attr-defined]
    await it.press("enter")


async def ended(it: Shown) -> None:
    if (taping := it.app.taping) is not None:  # else the app has seen it already
        taping.wait()
        it.app._look_at_tape()
    await it.settle()
    assert it.app.taping is None


def notes(it: Shown) -> str:
    return " ".join(note.message for note in it.app._notifications)


def batch(
    it: Shown, *texts: bytes, number: int = 1, left_out: int = 0
) -> wire.Messages:
    pool = it.stage.pool
    return pool.messages(
        *(pool.sample(number, text) for text in texts), left_out=left_out
    )


def lines(path: Path) -> list[Line]:
    file = RecordingFile(path)
    found = list(file)
    assert file.damage is None
    return found


def texts(path: Path) -> list[str | None]:
    return [line.text for line in lines(path) if isinstance(line, Received)]


async def test_what_is_shown_from_then_on_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl.gz"
    async with shown((120, 30)) as it:
        await it.say(batch(it, b"before"))
        await record(it, path)
        assert "● REC" in it.lines[0]
        event = it.stage.pool.event("SocketClosed", ETH, info={"code": 1000})
        await it.say(batch(it, b"one", b"two", left_out=7), wire.Events((event,)))
        await it.press("R")
        await ended(it)
        assert "● REC" not in it.lines[0]
        assert "recorded 2 messages, " in notes(it)
        assert str(path) in notes(it)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert texts(path) == ["one", "two"]
    found = lines(path)
    sockets = [line for line in found if isinstance(line, Present)]
    assert found[0] in sockets
    assert BTC in {socket.id for socket in sockets}
    assert {socket.kind for socket in sockets} == {"server", "client"}
    assert [x.messages for x in found if isinstance(x, Missed)] == [7]
    assert [x.name for x in found if isinstance(x, Happened)] == ["SocketClosed"]


async def test_the_filter_is_obeyed_and_told(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    async with shown((140, 30)) as it:
        it.app.screen.use(Filter.parse("two"))  # type: ignore[attr-defined]
        await it.press("R")
        assert "what /two lets through" in it.text
        it.app.screen.question._input.value = str(path)  # type: ignore[attr-defined]
        await it.press("enter")
        assert "/two" in it.lines[0]
        await it.say(batch(it, b"one", b"two"))
        await it.press("R")
        await ended(it)
    assert texts(path) == ["two"]


async def test_whole_payloads_are_asked_for_while_it_records(tmp_path: Path) -> None:
    async with shown((120, 30)) as it:

        def preview() -> int:
            asked = [r for r in it.source.requests if isinstance(r, wire.Watch)][-1]
            assert asked.messages is not None
            return asked.messages.preview

        before = preview()
        await record(it, tmp_path / "feed.jsonl")
        assert preview() == 4096
        await it.press("R")
        await ended(it)
        assert preview() == before


async def test_a_file_that_is_there_has_to_be_named_twice(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text("precious")
    async with shown((120, 30)) as it:
        await record(it, path)
        assert "again replaces it" in it.text
        assert path.read_text() == "precious"
        await it.press("enter")
        assert "● REC" in it.lines[0]
        await it.press("R")
        await ended(it)
    assert texts(path) == []


@pytest.mark.parametrize(
    ("name", "text"), [("", "directory"), ("no/where", "No such file")]
)
async def test_what_can_not_be_made_is_told(
    tmp_path: Path, name: str, text: str
) -> None:
    async with shown((160, 30)) as it:
        await record(it, tmp_path / name)
        assert text in it.text
        assert it.app.taping is None
        await it.press("escape")


async def test_a_link_that_is_lost_ends_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    async with shown((120, 30)) as it:
        await record(it, path)
        await it.say(batch(it, b"one"), Lost("the process ended"))
        await ended(it)
        assert "It ended: the process ended" in notes(it)
    assert texts(path) == ["one"]


async def test_leaving_ends_a_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    async with shown((120, 30)) as it:
        await record(it, path)
        await it.say(batch(it, b"one"))
        assert "recorded 1 message" in await it.app.end_tape()
    assert texts(path) == ["one"]


@pytest.mark.parametrize("level", ["stats"])
async def test_without_messages_it_says_why(level: str) -> None:
    async with shown((120, 30), stage=Stage(level)) as it:
        await it.press("R")
        assert 'monitor="traffic"' in notes(it)


async def test_a_full_disk_ends_it_and_the_screens_go_on(small_disk: Path) -> None:
    path = small_disk / "feed.jsonl"
    async with shown((120, 30)) as it:
        await record(it, path)
        taping = it.app.taping
        assert taping is not None
        for _ in range(60):
            await it.say(
                batch(it, *(os.urandom(2000).hex().encode() for _ in range(4)))
            )
            if taping.ended:
                break
        taping.wait()
        await it.say(batch(it, b"more"))
        await ended(it)
        assert "No space left" in notes(it)
        await it.say(batch(it, b"and more"))
        assert it.app.feed is not None
        stream = it.app.feed.view.stream
        assert stream[stream.end - 1].preview == b"and more"
    file = RecordingFile(path)
    assert len(list(file)) > 1
    assert file.damage is not None


async def test_a_name_is_made_of_the_pools_and_of_the_time() -> None:
    from datetime import datetime

    now = datetime(2026, 11, 25, 19, 50)
    assert name_of("feeds", now) == "feeds-20261125-195000.jsonl.gz"
    assert name_of("../a b\x1b[2J", now).startswith("a-b--2J-")
    assert name_of("世界", now) == "pool-20261125-195000.jsonl.gz"
