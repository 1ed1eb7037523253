"""TCP sockets of this process: given small buffers, and read back as they are.

Works on file descriptors, so that all sides are treated alike, whatever they hide. With
the system's own buffers a reader would find megabytes at every wake-up, and a burst would
be no burst.
"""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress

__all__ = ["RECEIVE_BYTES", "SEND_BYTES", "shape_sockets"]

RECEIVE_BYTES = 16 * 1024
"""What is asked for; Linux takes twice that, and some 120 frames of 128 bytes wait."""
SEND_BYTES = 32 * 1024
_FOLDERS = ("/proc/self/fd", "/dev/fd")
_OPTIONS = (
    ("TCP_NODELAY", socket.IPPROTO_TCP, socket.TCP_NODELAY),
    ("SO_RCVBUF", socket.SOL_SOCKET, socket.SO_RCVBUF),
    ("SO_SNDBUF", socket.SOL_SOCKET, socket.SO_SNDBUF),
)


def shape_sockets() -> dict[str, str]:
    """Set the buffers of all connected TCP sockets; returns what they are set to.

    Where they differ among themselves, all values are named.
    """
    found: dict[str, set[int]] = {name: set() for name, _, _ in _OPTIONS}
    connected = 0
    for sock in _connected():
        connected += 1
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BYTES)
        for name, level, option in _OPTIONS:
            value = sock.getsockopt(level, option)
            found[name].add(int(value != 0) if name == "TCP_NODELAY" else value)
    shown = {name: " and ".join(map(str, sorted(found[name]))) for name in found}
    return {"connections": str(connected)} | shown


def _connected() -> Iterator[socket.socket]:
    folder = next(path for path in _FOLDERS if os.path.isdir(path))
    for fd in map(int, os.listdir(folder)):
        with suppress(OSError):  # the listing's own is closed by now
            if not stat.S_ISSOCK(os.fstat(fd).st_mode):
                continue
            with socket.socket(fileno=os.dup(fd)) as sock:
                if sock.family in (socket.AF_INET, socket.AF_INET6):
                    with suppress(OSError):  # one that listens has no peer
                        sock.getpeername()
                        yield sock
