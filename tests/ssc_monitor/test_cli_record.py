"""`ssc-monitor record` and `replay`, as processes: a file, and what it is played as."""

import asyncio
import json
import os
import re
import signal
import stat
from pathlib import Path
from typing import Any

import pytest

from ssc_rx.monitor import wire
from ssc_rx.recording import (
    Happened,
    Missed,
    Received,
    RecordingFile,
    Written,
)
from tests.ssc_monitor.fake_pool import NOW, FakePool, hello, sample
from tests.ssc_monitor.program import BEGIN, INTERRUPTIBLE, SECOND, end, run, start

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

HOSTILE = b"\x1b]0;owned\x07\x9b2J [red]markup[/]"
SAMPLES = (
    sample(1, b"one"),
    sample(2, b"\x00\xff", type=2, direction="out"),
    sample(3, "gr\u00fc\u00dfe".encode()[:3], size=900),
    sample(4, b"!", type=9, direction="out"),
    sample(5, HOSTILE.replace(b"\x9b", b"")),
)
TRAFFIC = wire.Messages(SAMPLES, 7, 7, 5, 2, 0)
OPENED = wire.Event(1, NOW + 1, "SocketOpened", "wss://a/", {"kind": "server"})


def told(*more: wire.Frame) -> tuple[wire.Frame, ...]:
    return (BEGIN, wire.Events((OPENED,)), TRAFFIC, *more)


async def recorded(monitors: Path, path: Path, *arguments: str) -> Any:
    async with FakePool(monitors / "1-a.sock", hello(), *told()):
        return await run("record", "-o", str(path), "--for", "0.5s", *arguments)


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
async def test_what_is_told_is_in_the_file(
    monitors: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    ended = await recorded(monitors, path)
    assert (ended.code, ended.out) == (0, "")
    assert "5 messages and 1 event recorded; seen 7" in ended.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    file = RecordingFile(path)
    lines = list(file)
    assert file.header.pid == 4242
    assert [x.name for x in lines if isinstance(x, Happened)] == ["SocketOpened"]
    assert sum(x.messages for x in lines if isinstance(x, Missed)) == 2
    first, ping, *_ = (x for x in lines if isinstance(x, Received | Written))
    assert isinstance(first, Received)
    assert (first.id, first.text, first.size) == ("wss://a/", "one", None)
    assert isinstance(ping, Written)
    assert ping.base64 == b"\x00\xff"
    cut = next(x for x in lines if isinstance(x, Received) and x.size)
    assert (cut.text, cut.size) == ("gr", 900)
    assert file.end is not None
    assert (file.end.messages, file.end.reason) == (5, "max_seconds")


async def test_of_a_quiet_pool_the_end_is_when_it_ended(
    monitors: Path, tmp_path: Path
) -> None:
    path = tmp_path / "feed.jsonl"
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN):
        ended = await run("record", "-o", str(path), "--for", "0.5s")
    assert ended.code == 0
    file = RecordingFile(path)
    assert not [x for x in file if isinstance(x, Received | Written | Happened)]
    assert file.end is not None
    assert file.end.at_us >= 500_000


async def test_how_much_and_where_is_told_once(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    ended = await recorded(monitors, path)
    *_, account = ended.err.splitlines()
    assert account.startswith("ssc-monitor: 5 messages and 1 event recorded; seen 7")
    assert re.search(rf": [0-9.]+k?B in {re.escape(str(path))}$", account)
    assert account.count("messages") == 1


async def test_a_pool_s_name_as_a_filter_is_told(
    monitors: Path, tmp_path: Path
) -> None:
    named = await recorded(monitors, tmp_path / "a.jsonl", "feeds")
    assert "'feeds' is a FILTER here; the pool of that name is --target feeds" in (
        named.err
    )
    meant = await recorded(monitors, tmp_path / "b.jsonl", "feeds", "--target", "feeds")
    other = await recorded(monitors, tmp_path / "c.jsonl", "one")
    assert "is a FILTER" not in meant.err + other.err


async def test_it_is_played_as_it_was(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl.gz"
    await recorded(monitors, path)
    text, lines = (
        await run("replay", str(path)),
        await run("replay", str(path), "--json"),
    )
    assert (text.code, lines.code) == (0, 0)
    assert "the recording ended" in text.err
    assert "open" in text.out
    assert "\x1b" not in text.out
    played = [json.loads(line) for line in lines.out.splitlines()]
    messages = [x for x in played if "direction" in x]
    assert [x["type"] for x in messages] == ["text", "binary", "text", "ping", "text"]
    assert [x["size"] for x in messages][:3] == [3, 2, 900]
    assert messages[2]["cut"]
    assert messages[0]["time"] == pytest.approx(NOW + 1, abs=0.001)
    assert [x["event"] for x in played if "event" in x] == ["SocketOpened"]
    found = await run("replay", str(path), "one", "--text")
    assert found.out.count(" in ") == 1


async def test_a_filter_leaves_the_rest_out(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    ended = await recorded(monitors, path, "dir:in", "one")
    assert ended.code == 0
    lines = [x for x in RecordingFile(path) if not isinstance(x, Missed)]
    # Of what is cut, the pool knows whether it matches.
    whole = [x.text for x in lines if isinstance(x, Received) and x.size is None]
    assert whole == ["one"]
    assert not [x for x in lines if isinstance(x, Happened)]


@pytest.mark.parametrize(
    ("signalled", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)]
)
async def test_a_signal_ends_a_whole_file(
    monitors: Path, tmp_path: Path, signalled: signal.Signals, code: int
) -> None:
    path = tmp_path / "feed.jsonl"
    async with FakePool(monitors / "1-a.sock", hello(), *told()) as pool:
        process = await start("record", "-o", str(path), program=("-c", INTERRUPTIBLE))
        await pool.until(lambda: bool(pool.heard))
        while not path.exists():  # noqa: ASYNC110 - another process makes it
            await asyncio.sleep(0.01)
        process.send_signal(signalled)
        ended = await end(process)
    assert ended.code == code
    file = RecordingFile(path)
    list(file)
    assert file.damage is None
    assert file.end is not None
    assert file.end.reason == "closed"


async def test_a_bound_of_bytes_ends_it(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    async with FakePool(monitors / "1-a.sock", hello(), *told()):
        ended = await run("record", "-o", str(path), "--max-bytes", "300")
    assert ended.code == 0
    file = RecordingFile(path)
    list(file)
    assert file.end is not None
    assert file.end.reason == "max_bytes"


async def test_a_pool_that_goes_away_ends_it(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    async with FakePool(monitors / "1-a.sock", hello(), *told()) as pool:
        process = await start("record", "-o", str(path))
        await pool.until(lambda: bool(pool.heard))
    ended = await end(process)
    assert ended.code == 1
    assert RecordingFile(path).header.pool == "feeds"


async def test_what_can_not_be_made_is_told(monitors: Path, tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl"
    path.write_text("precious")
    ended = await recorded(monitors, path)
    assert ended.code == 1
    assert "--overwrite" in ended.err
    assert path.read_text() == "precious"
    nowhere = await recorded(monitors, tmp_path / "no" / "feed")
    assert nowhere.code == 1
    assert "can't make" in nowhere.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
async def test_a_full_disk_is_told(monitors: Path) -> None:
    ended = await recorded(monitors, Path("/dev/full"), "--overwrite")
    assert ended.code == 1
    assert "can't write" in ended.err


async def test_a_disk_that_fills_up_ends_it_with_what_found_room(
    monitors: Path, small_disk: Path
) -> None:
    path = small_disk / "feed.jsonl"
    noise = [sample(n, os.urandom(2_000), type=2) for n in range(1, 65)]
    loud = wire.Messages(tuple(noise), 64, 64, 64, 0, 0)
    async with FakePool(monitors / "1-a.sock", hello(), *told(loud)):
        ended = await run("record", "-o", str(path), "--for", "30s")
    assert ended.code == 1
    assert f"can't write {path}: No space left on device" in ended.err
    file = RecordingFile(path)
    lines = list(file)
    assert any(isinstance(x, Received) for x in lines)
    assert file.damage is not None


async def test_a_pool_without_traffic_is_told(monitors: Path, tmp_path: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(level="stats"), *SECOND):
        ended = await run("record", "-o", str(tmp_path / "x"), "--for", "1s")
    assert ended.code == 1
    assert "monitor='stats'" in ended.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("record",),
        ("record", "-o", "x", "--for", "soon"),
        ("record", "-o", "x", "--for", "0"),
        ("record", "-o", "x", "--max-bytes", "-1"),
        ("record", "-o", "x", "size>x"),
        ("replay",),
        ("replay", "x", "--speed", "0"),
        ("replay", "x", "--speed", "warp"),
    ],
)
async def test_arguments_that_can_not_be_understood(
    monitors: Path, arguments: tuple[str, ...]
) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN):
        ended = await run(*arguments)
    assert (ended.code, ended.out) == (2, "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (None, "No such file"),
        (b"", "it is empty"),
        (b"\x1b[2J nonsense\n", "does not begin as a recording does"),
        (b"\x1f\x8b cut", "does not begin|empty|compressed"),
    ],
)
async def test_a_file_that_is_no_recording_is_told(
    tmp_path: Path, content: bytes | None, text: str
) -> None:
    path = tmp_path / "feed"
    if content is not None:
        path.write_bytes(content)
    ended = await run("replay", str(path))
    assert (ended.code, ended.out) == (1, "")
    assert any(one in ended.err for one in text.split("|"))
    assert "\x1b" not in ended.err


async def test_a_damaged_one_is_played_up_to_there(
    monitors: Path, tmp_path: Path
) -> None:
    path = tmp_path / "feed.jsonl"
    await recorded(monitors, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b'"gr"') + 2])
    ended = await run("replay", str(path), "--text")
    assert ended.code == 1
    assert "one" in ended.out
    assert "ends in the middle of line" in ended.err
