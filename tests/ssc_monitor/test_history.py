"""What was composed before."""

import os
import stat
from pathlib import Path

import pytest

from ssc_monitor.history import MAX_CHARACTERS, MAX_DRAFTS, History, history_path
from ssc_monitor.model.draft import Draft


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "h.jsonl"


def test_it_goes_back_and_forth_as_a_shell_does(path: Path) -> None:
    history = History(path)
    for text in ("one", "two"):
        history.add(Draft(text))
    now = Draft("half typed", "JSON")
    assert history.older(now) == Draft("two")
    assert history.older(Draft("two")) == Draft("one")
    assert history.older(Draft("one")) is None
    assert history.newer() == Draft("two")
    assert history.newer() == now
    assert history.newer() is None


def test_it_is_there_the_next_time_for_nobody_else(path: Path) -> None:
    History(path).add(Draft("00 ff", "hex"))
    History(path).add(Draft("Grüße\n世界"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    again = History(path)
    assert again.older(Draft("")) == Draft("Grüße\n世界")
    assert again.older(Draft("")) == Draft("00 ff", "hex")
    assert os.listdir(path.parent) == [path.name]


def test_what_repeats_is_kept_once_and_what_is_blank_not_at_all(path: Path) -> None:
    history = History(path)
    for text in ("a", "b", "a", " \n", ""):
        history.add(Draft(text))
    assert len(History(path)) == 2
    assert history.older(Draft("")) == Draft("a")


def test_it_is_bounded(path: Path) -> None:
    history = History(path)
    for n in range(MAX_DRAFTS + 5):
        history.add(Draft(str(n)))
    history.add(Draft("x" * (MAX_CHARACTERS + 1)))
    assert len(history) == MAX_DRAFTS
    assert len(History(path)) == MAX_DRAFTS - 1  # without the long one


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[1]",
        b'{"as": "poem", "text": "x"}',
        b'{"as": "text", "text": 7}',
    ],
)
def test_what_is_damaged_is_passed_over(line: bytes, path: Path) -> None:
    History(path).add(Draft("good"))
    path.write_bytes(line + b"\n" + path.read_bytes())
    history = History(path)
    assert len(history) == 1
    assert history.problem == ""


def test_what_can_not_be_written_is_told_and_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    history = History(tmp_path / "file" / "h.jsonl")
    history.add(Draft("sent anyway"))
    assert "can't be kept" in history.problem
    assert history.older(Draft("")) == Draft("sent anyway")


def test_each_pool_has_its_own_in_the_state_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    paths = {history_path(name) for name in ("feeds", "a/b", "a_b", "../x", "\ud800")}
    assert len(paths) == 5
    assert {path.parent for path in paths} == {tmp_path / "ssc-rx" / "composed"}
    monkeypatch.setenv("XDG_STATE_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert history_path("a").is_relative_to(tmp_path / ".local" / "state")
