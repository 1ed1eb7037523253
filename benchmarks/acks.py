"""Acknowledgements: a byte in a pipe for every `step` messages that arrived.

They bound what is under way, so that a burst stays a burst and no buffer overflows. The
first byte of all says "ready". The pipe costs one system call for `step` messages, the
same on both sides.
"""

import asyncio
import os

__all__ = ["AckReader", "AckWriter"]


class AckWriter:
    """The end of whoever receives messages.

    Attributes:
        count: Messages that arrived.
    """

    def __init__(self, fd: int, step: int) -> None:
        self._fd = fd
        self._step = step
        self._next = step
        self.count = 0

    def ready(self) -> None:
        """Let the messages come."""
        os.write(self._fd, b"a")

    def arrived(self, count: int) -> None:
        """Messages arrived, `count` in all."""
        self.count = count
        if count >= self._next:
            steps = (count - self._next) // self._step + 1
            self._next += steps * self._step
            os.write(self._fd, b"a" * steps)


class AckReader:
    """The end of whoever sends messages.

    Attributes:
        ready: Whether the other side wants messages.
        acked: Messages that are known to have arrived.
    """

    def __init__(self, fd: int, step: int) -> None:
        self._fd = fd
        self._step = step
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(fd, self._read)
        self._waiter: asyncio.Future[None] | None = None
        self.ready = False
        self.acked = 0
        self.lost = False

    def _read(self) -> None:
        steps = len(os.read(self._fd, 65536))
        if steps == 0:
            self.lost = True
            self._loop.remove_reader(self._fd)
        elif not self.ready:
            self.ready = True
            steps -= 1
        self.acked += steps * self._step
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def news(self) -> None:
        """Wait until something is heard.

        Raises:
            EOFError: If the other side is gone.
        """
        if self.lost:
            raise EOFError("the other process ended too early")
        self._waiter = self._loop.create_future()
        await self._waiter
        self._waiter = None

    async def until_ready(self) -> None:
        """Wait until the other side wants messages."""
        while not self.ready:
            await self.news()

    async def until(self, acked: int) -> None:
        """Wait until that many messages are known to have arrived."""
        while self.acked < acked:
            await self.news()
