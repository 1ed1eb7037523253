"""A load without a clock: every socket always has more to send than it may.

Plain writes of large ready-made blocks, whenever a socket's buffer has room. So whoever
reads finds a full buffer at each socket at every turn, and never waits; that it didn't is
checked by how long it was idle.
"""

import os
import selectors
from collections.abc import Sequence

__all__ = ["flood"]

BLOCK_BYTES = 64 * 1024


def flood(fds: Sequence[int], frame: bytes, frames_each: int) -> None:
    """Send that many frames to each of these sockets, to all at once.

    Raises:
        OSError: If one of them breaks.
    """
    # Any part of the stream that a write takes begins within the block's first frame.
    block = memoryview(frame * (BLOCK_BYTES // len(frame) + 2))
    left = dict.fromkeys(fds, frames_each * len(frame))
    with selectors.DefaultSelector() as selector:
        for fd in fds:
            selector.register(fd, selectors.EVENT_WRITE)
        while left:
            for key, _ in selector.select():
                fd = key.fd
                rest = left[fd]
                begin = -rest % len(frame)
                try:
                    rest -= os.write(fd, block[begin : begin + min(rest, BLOCK_BYTES)])
                except BlockingIOError:
                    continue
                if rest:
                    left[fd] = rest
                else:
                    selector.unregister(fd)
                    del left[fd]
