"""What the parent process says, read from standard input."""

import asyncio
import os
import threading
import time
from typing import TypeVar

from examples.demo.pipe import Line, decode

__all__ = ["Inbox"]

LAST_SECONDS = 3.0
"""How long this process may take to end after its parent has gone."""

T = TypeVar("T", bound=Line)


class Inbox:
    """Lines from the parent. The end of the pipe means that it wants no more, or died.

    A thread reads, and ends the process if the event loop doesn't: whatever happens,
    no feed server is left behind.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[Line | None] = asyncio.Queue()
        threading.Thread(target=self._read, name="inbox", daemon=True).start()

    async def get(self, kind: type[T]) -> T:
        """Wait for a line of this kind.

        Raises:
            EOFError: If the parent closed the pipe instead.
        """
        line = await self._lines.get()
        if line is None:
            raise EOFError
        assert isinstance(line, kind)
        return line

    async def closed(self) -> None:
        """Wait for the end of the pipe, then raise.

        Raises:
            EOFError: When the parent has closed it.
        """
        while await self._lines.get() is not None:
            pass
        raise EOFError

    def _read(self) -> None:
        # Unbuffered: a thread that waits in a buffered read blocks Python's exit.
        with open(0, "rb", buffering=0, closefd=False) as stdin:
            for raw in stdin:
                self._put(decode(raw))
        self._put(None)
        time.sleep(LAST_SECONDS)
        os._exit(1)

    def _put(self, line: Line | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
