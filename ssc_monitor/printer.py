"""`Printer`: lines to a standard output that may be slower than they come, or gone."""

import asyncio
import fcntl
import os
import stat
from asyncio import Future
from typing import TextIO

__all__ = ["Printer"]

MAX_WAITING_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 4096
"""PIPE_BUF of Linux: a pipe that can be written to takes so much without waiting."""


class Printer:
    """Prints lines without ever keeping the event loop waiting.

    A line that finds more than 4 MiB waiting is left out, and counted: the reader of a
    pipe may be slow, or a terminal stopped.

    Args:
        stream: Where to; needs a file descriptor.

    Attributes:
        left_out: How many lines were not printed.
    """

    def __init__(self, stream: TextIO) -> None:
        self.left_out = 0
        self._fd = stream.fileno()
        self._encoding = stream.encoding
        self._waiting = bytearray()
        self._more = asyncio.Event()
        self._finished = False
        mode = os.fstat(self._fd).st_mode
        # Others, such as files, can always be written to, and can't be waited for.
        self._has_to_wait = (
            stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(self._fd)
        )
        access = fcntl.fcntl(self._fd, fcntl.F_GETFL) & os.O_ACCMODE
        self._can_hang_up = stat.S_ISFIFO(mode) and access == os.O_WRONLY

    def put(self, line: str) -> bool:
        """Print a line; characters that the output's encoding lacks are escaped.

        Returns:
            `False` if it is left out.
        """
        if len(self._waiting) > MAX_WAITING_BYTES:
            self.left_out += 1
            return False
        self._waiting += line.encode(self._encoding, "backslashreplace") + b"\n"
        self._more.set()
        return True

    def finish(self) -> None:
        """Let `run` end when everything is printed."""
        self._finished = True
        self._more.set()

    async def run(self) -> bool:
        """Print until `finish()`.

        Returns:
            Whether everything was printed: `False` if nobody reads it any more.

        Raises:
            OSError: If it can't be written.
        """
        hung_up = asyncio.get_running_loop().create_future()
        printing = asyncio.create_task(self._print(), name="ssc-monitor prints")
        self._notice_hang_up(hung_up)
        try:
            await asyncio.wait({printing, hung_up}, return_when=asyncio.FIRST_COMPLETED)
            if hung_up.done():
                return False
            await printing
        except BrokenPipeError:
            return False
        finally:
            self._forget_hang_up()
            printing.cancel()
            await asyncio.gather(printing, return_exceptions=True)
        return True

    async def _print(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                if self._has_to_wait:
                    await self._writable()
                written = os.write(self._fd, self._waiting[:CHUNK_BYTES])
                del self._waiting[:written]
            if self._finished:
                return

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        writable: Future[None] = loop.create_future()
        loop.add_writer(self._fd, _settle, writable)
        try:
            await writable
        finally:
            loop.remove_writer(self._fd)

    # Without this, `tail | head -n 1` would end only with the next line.

    def _notice_hang_up(self, hung_up: Future[None]) -> None:
        if self._can_hang_up:
            # Nothing can be read from the end that is written to: it only fails.
            asyncio.get_running_loop().add_reader(self._fd, _settle, hung_up)

    def _forget_hang_up(self) -> None:
        if self._can_hang_up:
            asyncio.get_running_loop().remove_reader(self._fd)


def _settle(future: Future[None]) -> None:
    if not future.done():
        future.set_result(None)
