"""Recording a pool: what is in the file, and what is not, is told."""

# ruff: noqa: ASYNC240 - the files are small, and in memory

import asyncio
import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ssc_rx import InvalidOptionError, Message, MessageType, Pool
from ssc_rx.recording import (
    Happened,
    Missed,
    Received,
    RecordingError,
    RecordingFile,
    Written,
    record,
)
from ssc_rx.recording import recorder as module
from tests.far_end import AddPeer
from tests.recorder import Recorder as Heard

FULL = Path("/dev/full")


def lines(path: Path, *kinds: type) -> list[Any]:
    return [line for line in RecordingFile(path) if isinstance(line, kinds)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.jsonl"


async def test_both_directions_and_what_happened_are_in_it_in_order(
    pool: Pool, add_peer: AddPeer, heard: Heard, path: Path
) -> None:
    with record(pool, path) as recorder:
        peer = await add_peer("a")
        peer.send("grüße")
        peer.send_bytes(b"\x00\xff")
        await heard.messages.reach(2)
        pool.write(Message.of("a", "back"))
        pool.write(Message("a", MessageType.PING, b"?"))
        pool["a"].close(4001, "bye")
        await pool["a"].wait_closed()
    file = RecordingFile(path)
    found = list(file)
    told = [
        line.name if isinstance(line, Happened) else line
        for line in found
        if not isinstance(line, Missed)
    ]
    assert told[:2] == ["SocketOpening", "SocketOpened"]
    received = [line for line in found if isinstance(line, Received)]
    assert [(m.id, m.text, m.base64) for m in received] == [
        ("a", "grüße", None),
        ("a", None, b"\x00\xff"),
    ]
    written = [line for line in found if isinstance(line, Written)]
    assert [(m.text, m.base64, m.control) for m in written] == [
        ("back", None, None),
        (None, b"?", "ping"),
    ]
    assert "SocketClosed" in told
    assert file.damage is None
    assert file.end is not None
    assert (file.end.messages, file.end.reason) == (4, "closed")
    assert (recorder.messages, recorder.missed, recorder.ended) == (4, 0, True)
    assert recorder.bytes == path.stat().st_size
    assert repr(recorder) == f"<Recorder {str(path)!r}, ended, 4 messages>"
    times = [line.at_us for line in found]
    assert times == sorted(times)


async def test_only_its_owner_may_read_it(pool: Pool, path: Path) -> None:
    record(pool, path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_name_that_ends_with_gz_is_compressed(
    pool: Pool, add_peer: AddPeer, heard: Heard, tmp_path: Path
) -> None:
    path = tmp_path / "feed.jsonl.gz"
    with record(pool, path):
        peer = await add_peer("a")
        for n in range(1000):
            peer.send(f'{{"price": 1{n}}}')
        await heard.messages.reach(1000)
    assert path.read_bytes()[:2] == b"\x1f\x8b"
    assert [m.text for m in lines(path, Received)] == [
        f'{{"price": 1{n}}}' for n in range(1000)
    ]


async def test_it_ends_with_the_pool(
    make_pool: Callable[..., Pool], path: Path
) -> None:
    pool = make_pool()
    await pool.start()
    recorder = record(pool, path)
    await pool.stop()
    recorder.close()
    file = RecordingFile(path)
    assert [line.name for line in file if isinstance(line, Happened)] == ["PoolStopped"]
    assert file.end is not None
    assert file.end.reason == "stopped"


async def test_only_what_was_asked_for_is_in_it(
    pool: Pool, add_peer: AddPeer, heard: Heard, tmp_path: Path
) -> None:
    received, written, some = (tmp_path / name for name in ("in", "out", "some"))
    with (
        record(pool, received, direction="in"),
        record(pool, written, direction="out"),
        record(pool, some, where=lambda m: "2" in m.text, redact=lambda _: b"secret"),
    ):
        peer = await add_peer("a")
        peer.send("1")
        peer.send("2")
        await heard.messages.reach(2)
        pool.write(Message.of("a", "12"))
        await peer.heard_texts(1)
    assert [m.text for m in lines(received, Received, Written)] == ["1", "2"]
    assert [m.text for m in lines(written, Received, Written)] == ["12"]
    assert [m.text for m in lines(some, Received, Written)] == ["secret", "secret"]


async def test_ids_are_told_without_secrets_and_stay_apart(
    pool: Pool, add_peer: AddPeer, heard: Heard, path: Path
) -> None:
    with record(pool, path):
        for token in ("one", "two"):
            peer = await add_peer(f"wss://user:{token}@x/feed?token={token}")
            peer.send("hello")
        await heard.messages.reach(2)
    assert [m.id for m in lines(path, Received)] == [
        "wss://x/feed?token=…",
        "wss://x/feed?token=… (2)",
    ]
    text = path.read_text()
    assert "one" not in text
    assert "two" not in text


@pytest.mark.parametrize(
    ("bound", "reason"),
    [({"max_bytes": 2_000}, "max_bytes"), ({"max_seconds": 0.001}, "max_seconds")],
)
async def test_a_bound_ends_it_and_the_pool_goes_on(
    pool: Pool,
    add_peer: AddPeer,
    heard: Heard,
    path: Path,
    bound: dict[str, Any],
    reason: str,
) -> None:
    recorder = record(pool, path, **bound)
    peer = await add_peer("a")
    sent = 0
    while not recorder.ended:
        peer.send("x" * 100)
        sent += 1
        await asyncio.sleep(0.001)
    await heard.messages.reach(sent)
    recorder.close()
    file = RecordingFile(path)
    assert len(lines(path, Received)) <= sent
    list(file)
    assert file.end is not None
    assert file.end.reason == reason
    assert path.stat().st_size < 100_000


async def test_what_it_can_not_keep_up_with_is_counted(
    pool: Pool,
    add_peer: AddPeer,
    heard: Heard,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING_BYTES", 3_000)
    monkeypatch.setattr(module, "PACE_S", 5.0)
    with record(pool, path) as recorder:
        peer = await add_peer("a")
        for _ in range(20):
            peer.send("x" * 1_000)
        await heard.messages.reach(20)
    kept, missed = len(lines(path, Received)), recorder.missed
    assert missed > 0
    assert kept + missed == 20
    assert sum(line.messages for line in lines(path, Missed)) == missed


async def test_nothing_is_overwritten_unless_asked_for(pool: Pool, path: Path) -> None:
    path.write_text("precious")
    with pytest.raises(RecordingError, match="exists already"):
        record(pool, path)
    assert path.read_text() == "precious"
    record(pool, path, overwrite=True).close()
    assert RecordingFile(path).header.pool == pool.name


async def test_a_place_that_can_not_be_written_is_told(
    pool: Pool, tmp_path: Path
) -> None:
    with pytest.raises(RecordingError, match="can't make"):
        record(pool, tmp_path / "nowhere" / "feed")
    with pytest.raises(RecordingError, match="is a directory"):
        record(pool, tmp_path)
    with pytest.raises(RecordingError, match="can't make"):
        record(pool, tmp_path, overwrite=True)


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("name", ["/dev/full", "link.gz"])
async def test_a_full_disk_ends_it_and_nothing_else(
    pool: Pool,
    add_peer: AddPeer,
    heard: Heard,
    tmp_path: Path,
    name: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    full = tmp_path / name
    if not full.exists():
        full.symlink_to(FULL)
    recorder = record(pool, full, overwrite=True)
    peer = await add_peer("a")
    for _ in range(100):
        peer.send("x" * 1_000)
    await heard.messages.reach(100)
    recorder.close()
    assert isinstance(recorder.error, OSError)
    assert recorder.ended
    assert "can't write" in caplog.text
    peer.send("the pool lives")
    await heard.messages.reach(101)


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
async def test_on_a_disk_that_fills_up_what_found_room_can_be_read(
    pool: Pool, add_peer: AddPeer, heard: Heard, small_disk: Path, name: str
) -> None:
    recorder = record(pool, small_disk / name)
    peer = await add_peer("a")
    for _ in range(200):
        peer.send(os.urandom(500).hex())
    await heard.messages.reach(200)
    recorder.close()
    assert isinstance(recorder.error, OSError)
    assert recorder.error.errno == errno.ENOSPC
    file = RecordingFile(small_disk / name)
    kept = [line for line in file if isinstance(line, Received)]
    assert 0 < len(kept) < 200
    assert file.damage is not None
    peer.send("the pool lives")
    await heard.messages.reach(201)


@pytest.mark.parametrize(
    "wrong",
    [
        {"where": "btc"},
        {"direction": "both"},
        {"max_bytes": 0},
        {"max_seconds": -1},
    ],
)
async def test_wrong_arguments_are_told(
    pool: Pool, path: Path, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidOptionError, match=next(iter(wrong))):
        record(pool, path, **wrong)
    assert not path.exists()


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
async def test_a_crash_loses_no_more_than_the_last_second(
    pool: Pool,
    add_peer: AddPeer,
    heard: Heard,
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FLUSH_S", 0.0)
    with record(pool, tmp_path / name):
        peer = await add_peer("a")
        peer.send("one")
        await heard.messages.reach(1)
        found: list[Any] = []
        while not found:
            await asyncio.sleep(0.01)  # another thread writes
            with contextlib.suppress(RecordingError):  # it has not begun
                found = lines(tmp_path / name, Received)
