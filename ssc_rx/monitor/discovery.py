"""Where monitors of this user's pools are found: sockets in a private directory.

`$XDG_RUNTIME_DIR/ssc-rx/<pid>-<random>.sock`; where that variable is unset, a directory
of the user's own in the system's temporary directory. The directory is the guard: it is
ours, 0700 and no symbolic link, or it is not used.
"""

import os
import secrets
import socket
import stat
import struct
import sys
import tempfile
from pathlib import Path

from ssc_rx.errors import SscError

__all__ = [
    "MonitorError",
    "directory",
    "living",
    "new_path",
    "peer_of",
    "peer_uid",
    "pid_of",
]

MAX_PATH_BYTES = 100
"""A Unix socket's path may have 107 bytes on Linux, 103 on macOS."""


class MonitorError(SscError, OSError):
    """The monitor's endpoint can't be opened, found or trusted."""

    def __init__(self, text: str) -> None:
        super().__init__(text)


def directory(*, create: bool = False) -> Path:
    """The directory of this user's monitors.

    Raises:
        MonitorError: If it isn't private, or can't be made.
    """
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "getuid"):
        raise MonitorError("monitors need Unix sockets, which this system doesn't have")
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime and os.path.isdir(runtime):
        path = Path(runtime, "ssc-rx")
    else:
        path = Path(tempfile.gettempdir(), f"ssc-rx-{os.getuid()}")
    if create:
        try:
            path.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise MonitorError(f"can't make {path} for the monitor: {error}") from error
    _check_private(path)
    return path


def _check_private(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise MonitorError(f"can't look at {path}: {error}") from error
    fault = None
    if not stat.S_ISDIR(found.st_mode):
        fault = "is no directory"
    elif found.st_uid != os.getuid():
        fault = f"belongs to user {found.st_uid}"
    elif stat.S_IMODE(found.st_mode) & 0o077:
        fault = f"is open to others (mode {stat.S_IMODE(found.st_mode):04o})"
    if fault is not None:
        raise MonitorError(
            f"{path} {fault}, so monitors there can't be trusted; remove it, or set "
            "XDG_RUNTIME_DIR to a directory of your own with mode 0700"
        )


def new_path() -> Path:
    """Where the next monitor of this process listens; nothing is there yet.

    Raises:
        MonitorError: If there is no private directory, or its path is too long.
    """
    path = directory(create=True) / f"{os.getpid()}-{secrets.token_hex(4)}.sock"
    if len(os.fsencode(path)) > MAX_PATH_BYTES:
        raise MonitorError(
            f"{path} is too long for a Unix socket; set XDG_RUNTIME_DIR to a shorter path"
        )
    return path


def living() -> list[Path]:
    """The monitors that answer, oldest first; files that dead processes left are removed.

    Raises:
        MonitorError: If the directory can't be trusted.
    """
    found: list[tuple[float, Path]] = []
    for path in directory().glob("*.sock"):
        try:
            status = path.lstat()
        except OSError:
            continue
        if not stat.S_ISSOCK(status.st_mode) or status.st_uid != os.getuid():
            continue
        if _answers(path):
            found.append((status.st_mtime, path))
    return [path for _, path in sorted(found)]


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except BlockingIOError:  # its backlog is full: it lives
            return True
        except ConnectionRefusedError:  # nobody listens: not any more, or not yet
            if not _runs(pid_of(path)):
                path.unlink(missing_ok=True)
            return False
        except OSError:
            return False
    return True


def _runs(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    return True


def pid_of(path: Path) -> int | None:
    """The process that made a monitor's socket; `None` if its name doesn't tell."""
    pid, _, _ = path.name.partition("-")
    return int(pid) if pid.isascii() and pid.isdigit() else None


def peer_uid(connection: socket.socket) -> int | None:
    """The user at the other end of a Unix socket; `None` where the system can't tell."""
    return peer_of(connection)[0]


def peer_of(connection: socket.socket) -> tuple[int | None, int | None]:
    """The user and the process at the other end; `None` where the system can't tell."""
    if sys.platform == "linux":
        credentials = connection.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")
        )
        pid, uid, _ = struct.unpack("3i", credentials)
        # Of another PID namespace, a container's, it is told as 0.
        return int(uid), int(pid) or None
    if hasattr(os, "getpeereid"):  # pragma: no cover - the BSDs
        return int(os.getpeereid(connection.fileno())[0]), None
    return None, None
