"""Where monitors are found, and whom one may trust."""

import os
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from ssc_rx.monitor.discovery import (
    MonitorError,
    directory,
    living,
    new_path,
    peer_uid,
    pid_of,
)


@contextmanager
def listening(path: Path, backlog: int = 1) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX)) as listener:
        listener.bind(str(path))
        listener.listen(backlog)
        yield listener


def dead_pid() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_the_directory_is_private(runtime: Path) -> None:
    path = new_path()
    assert path.parent == runtime / "ssc-rx"
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert pid_of(path) == os.getpid()
    assert path != new_path()


def test_without_a_runtime_directory_it_is_the_user_s_own(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(runtime))
    for value in ("", str(runtime / "missing")):
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
        assert directory(create=True) == runtime / f"ssc-rx-{os.getuid()}"


def test_looking_makes_nothing(runtime: Path) -> None:
    assert living() == []
    assert not (runtime / "ssc-rx").exists()


def test_a_directory_that_others_can_enter_is_refused(runtime: Path) -> None:
    (runtime / "ssc-rx").mkdir()
    (runtime / "ssc-rx").chmod(0o755)
    with pytest.raises(MonitorError, match=r"open to others \(mode 0755\).*remove it"):
        new_path()
    with pytest.raises(MonitorError):
        living()


def test_a_link_or_a_file_in_its_place_is_refused(runtime: Path) -> None:
    elsewhere = runtime / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    (runtime / "ssc-rx").symlink_to(elsewhere)
    with pytest.raises(MonitorError, match="is no directory"):
        new_path()
    (runtime / "ssc-rx").unlink()
    (runtime / "ssc-rx").write_text("")
    with pytest.raises(MonitorError, match=r"can't make|is no directory"):
        new_path()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a directory away")
def test_another_user_s_directory_is_refused(runtime: Path) -> None:
    (runtime / "ssc-rx").mkdir(mode=0o700)
    os.chown(runtime / "ssc-rx", 65534, 65534)
    with pytest.raises(MonitorError, match="belongs to user 65534"):
        living()


def test_a_path_too_long_for_a_socket_is_refused(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = runtime / ("d" * 80)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    with pytest.raises(MonitorError, match=r"too long.*shorter"):
        new_path()


def test_only_what_answers_is_found(runtime: Path) -> None:
    folder = new_path().parent
    alive = folder / f"{os.getpid()}-a.sock"
    with listening(alive):
        (folder / "notes.txt").write_text("")
        (folder / "file.sock").write_text("")
        (folder / "link.sock").symlink_to(alive)
        assert living() == [alive]


def test_what_the_dead_left_is_removed(runtime: Path) -> None:
    folder = new_path().parent
    stale = folder / f"{dead_pid()}-a.sock"
    nameless = folder / "nameless.sock"
    ours = folder / f"{os.getpid()}-b.sock"  # bound, and not listening yet
    for path in (stale, nameless, ours):
        with closing(socket.socket(socket.AF_UNIX)) as listener:
            listener.bind(str(path))
    assert living() == []
    assert not stale.exists()
    assert not nameless.exists()
    assert ours.exists()


def test_one_that_is_busy_lives(runtime: Path) -> None:
    path = new_path()
    with listening(path, backlog=0):
        callers = [socket.socket(socket.AF_UNIX) for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            with suppress(BlockingIOError):
                caller.connect(str(path))
        assert living() == [path]
        for caller in callers:
            caller.close()


def test_the_user_at_the_other_end_is_known() -> None:
    near, far = socket.socketpair(socket.AF_UNIX)
    with closing(near), closing(far):
        assert peer_uid(near) == os.getuid()


@pytest.mark.parametrize("name", ["x.sock", "-.sock", "²-a.sock"])
def test_a_name_without_a_pid_tells_none(name: str) -> None:
    assert pid_of(Path(name)) is None
