"""The bytes of a recording, from any place that was marked."""

import gzip
import os
from pathlib import Path

import pytest

from ssc_rx.recording import RecordingError
from ssc_rx.recording.storage import PIECE_BYTES, Storage

DATA = b"".join(b"%d lines\n" % n for n in range(60_000))


def rest(storage: Storage) -> bytes:
    with storage:
        return b"".join(iter(storage.read, b""))


@pytest.fixture(params=["plain", "gzip", "members"])
def path(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "file"
    match request.param:
        case "plain":
            path.write_bytes(DATA)
        case "gzip":
            path.write_bytes(gzip.compress(DATA))
        case _:  # as `cat a.gz b.gz` makes it, padded
            parts = (DATA[:1000], DATA[1000:300_000], DATA[300_000:])
            path.write_bytes(b"".join(map(gzip.compress, parts)) + bytes(512))
    return path


def test_all_is_read_in_pieces(path: Path) -> None:
    with Storage(path) as storage:
        pieces = list(iter(storage.read, b""))
    assert b"".join(pieces) == DATA
    assert max(map(len, pieces)) <= PIECE_BYTES


def test_a_mark_is_where_it_goes_on_any_number_of_times(path: Path) -> None:
    storage = Storage(path)
    read = 0
    marks = [(0, storage.mark())]
    while piece := storage.read():
        read += len(piece)
        marks.append((read, storage.mark()))
    storage.close()
    for _ in range(2):
        for at, mark in reversed(marks):
            assert rest(Storage(path, mark)) == DATA[at:]


def test_a_few_bytes_that_hold_a_great_many_are_read_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(20_000_000)))
    storage = Storage(path)
    assert len(storage.read()) <= PIECE_BYTES
    assert len(storage.mark().held) <= PIECE_BYTES
    assert rest(storage) == bytes(20_000_000 - PIECE_BYTES)


def test_what_is_cut_short_is_told_when_it_is_met(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    whole = gzip.compress(DATA)
    path.write_bytes(whole[: len(whole) // 2])
    storage = Storage(path)
    with pytest.raises(EOFError):
        rest(storage)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(RecordingError, match="no file"):
        Storage(tmp_path / "fifo")
    with pytest.raises(RecordingError, match="is a directory"):
        Storage(tmp_path)
    with pytest.raises(RecordingError, match="No such file"):
        Storage(tmp_path / "nothing")
    with pytest.raises(RecordingError, match="null"):
        Storage(Path("a\0b"))
