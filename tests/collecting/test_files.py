"""Recordings go to files and come from them, whoever wrote the file."""

import gzip
import math
import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reactivex import operators as rx_ops

from ssc_rx import InvalidOptionError, Message, MessageType, Pool, Recording
from ssc_rx.collecting.columns import ROW_BYTES
from ssc_rx.recording import RecordingError, RecordingFile, record, replay
from ssc_rx.transports.memory import memory_pair
from tests.collecting.test_recording import SENT, START, facts
from tests.recording.test_reader import END, HEADER


def in_us(messages: Any) -> list[Any]:
    """All that a message is, its time as exactly as files have it."""
    return [(m.id, m.type, m.payload, round(m.time, 5)) for m in messages]


@pytest.mark.parametrize("name", ["feed.jsonl", "feed.jsonl.gz"])
def test_what_is_saved_is_loaded(tmp_path: Path, name: str) -> None:
    Recording(SENT).save(tmp_path / name)
    loaded = Recording.load(tmp_path / name)
    assert in_us(loaded) == in_us(SENT)
    assert (loaded.end, loaded.damage, loaded.missed) == ("closed", None, 0)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert (tmp_path / name).read_bytes().startswith(b"\x1f\x8b") == name.endswith("gz")


async def test_what_is_saved_is_replayed(tmp_path: Path) -> None:
    Recording(SENT).save(tmp_path / "feed.jsonl")
    stream = replay(tmp_path / "feed.jsonl", speed=math.inf)
    assert await stream.pipe(rx_ops.to_list()) == SENT


async def test_what_a_recorder_wrote_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "feed.jsonl.gz"
    near, far = memory_pair()
    pool = Pool(ping_interval=None)
    with record(pool, path):
        async with pool, pool.add_client_socket("x", near) as socket:
            for n in range(3):
                socket.on_message(MessageType.TEXT, str(n).encode())
            socket.write("out")
            far.abort()
    received = Recording.load(path)
    assert [m.text for m in received] == ["0", "1", "2"]
    assert [m.text for m in Recording.load(path, direction="out")] == ["out"]
    assert "SocketOpened" in [event.name for event in received.events]

    received.save(tmp_path / "again.jsonl")
    again = Recording.load(tmp_path / "again.jsonl")
    assert in_us(again) == in_us(received)
    assert [e.name for e in again.events] == [e.name for e in received.events]


def test_writes_stay_writes(tmp_path: Path) -> None:
    ping = b'{"t":"out","at_us":7,"id":"a","base64":"/w==","control":"ping"}\n'
    (tmp_path / "one").write_bytes(HEADER + ping + END)
    out = Recording.load(tmp_path / "one", direction="out")
    out.save(tmp_path / "two")
    assert facts(Recording.load(tmp_path / "two", direction="out")) == facts(out)
    assert out[0].type is MessageType.PING
    assert len(Recording.load(tmp_path / "two")) == 0


def test_a_payload_that_was_cut_has_its_whole_size(tmp_path: Path) -> None:
    cut = b'{"t":"in","at_us":7,"id":"a","text":"abc","size":5000}\n'
    (tmp_path / "one").write_bytes(HEADER + cut + END)
    Recording.load(tmp_path / "one").save(tmp_path / "two")
    loaded = Recording.load(tmp_path / "two")
    assert (loaded.to_polars()["size"][0], loaded.bytes) == (5000, 3)


def test_what_is_missed_and_damaged_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = b'{"t":"in","at_us":7,"id":"a","text":"abc"}\n'
    missed = b'{"t":"missed","at_us":8,"messages":12}\n'
    (tmp_path / "one").write_bytes(HEADER + line + missed + line[:20])
    loaded = Recording.load(tmp_path / "one")
    assert (len(loaded), loaded.missed, loaded.end) == (1, 12, None)
    assert "in the middle of line 4" in str(loaded.damage)
    assert "12 missed, cut off or damaged" in repr(loaded)
    assert "in the middle of line 4" in caplog.text
    loaded.save(tmp_path / "two")
    assert Recording.load(tmp_path / "two").missed == 12


def test_a_file_that_is_too_big_is_loaded_in_part_which_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Recording([Message.of("x", "0123456789")] * 9).save(tmp_path / "big")
    loaded = Recording.load(tmp_path / "big", max_bytes=4 * (ROW_BYTES + 10))
    assert (len(loaded), loaded.end) == (4, "max_bytes")
    assert "max_bytes" in caplog.text


def test_ids_are_written_without_credentials_and_stay_different(tmp_path: Path) -> None:
    urls = ["wss://a.example/feed?token=one", "wss://a.example/feed?token=two"]
    Recording(Message.of(url, url[-3:]) for url in urls).save(tmp_path / "one")
    assert b"token=one" not in (tmp_path / "one").read_bytes()
    loaded = Recording.load(tmp_path / "one")
    assert len(loaded.ids) == 2
    assert [m.text for m in loaded] == ["one", "two"]


def test_a_file_that_is_there_is_kept_unless_one_says_otherwise(tmp_path: Path) -> None:
    path = tmp_path / "one"
    Recording(SENT).save(path)
    with pytest.raises(RecordingError, match="exists already"):
        Recording().save(path)
    assert len(Recording.load(path)) == 3
    Recording(SENT[:1]).save(path, overwrite=True)
    assert len(Recording.load(path)) == 1


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(gzip.compress(b"hello\n"))
    for path, what in (
        (tmp_path / "one", "does not begin as"),
        (tmp_path, "can't read"),
    ):
        with pytest.raises(RecordingError, match=what):
            Recording.load(path)


def test_wrong_arguments_are_told(tmp_path: Path) -> None:
    wrong: Any = None
    with pytest.raises(InvalidOptionError, match="direction"):
        Recording.load(tmp_path, direction=wrong)
    with pytest.raises(InvalidOptionError, match="max_bytes"):
        Recording.load(tmp_path, max_bytes=-1)


_message = st.builds(
    Message,
    st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=1),
    st.sampled_from([MessageType.TEXT, MessageType.BINARY]),
    st.binary(max_size=9),
    st.floats(START, START + 1e6),
)


@given(messages=st.lists(_message))
def test_whatever_is_saved_comes_back_byte_for_byte(
    messages: list[Message], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("saved") / "one"
    Recording(messages).save(path)
    loaded = Recording.load(path)
    assert [m.payload for m in loaded] == [m.payload for m in messages]
    assert [m.id for m in loaded] == [m.id for m in messages]
    assert all(
        abs(one.time - other.time) < 2e-6
        for one, other in zip(loaded, messages, strict=True)
    )
    lines = list(RecordingFile(path))
    assert min((line.at_us for line in lines), default=0) == 0
