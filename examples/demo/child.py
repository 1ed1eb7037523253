"""The parent's end of the other process: starting it, talking to it, ending it."""

import asyncio
import contextlib
import sys
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from examples.demo.pipe import Line, decode, encode

__all__ = ["Child", "ChildDied"]

ROOT = Path(__file__).resolve().parents[2]
END_S = 3.0
LAST_WORDS = 30

T = TypeVar("T", bound=Line)


class ChildDied(Exception):
    """The other process ended by itself, or does not answer."""


class Child:
    """A Python module that runs in a process of its own: `async with Child(...)`.

    Args:
        module: Its name.
        *arguments: Its command line.

    Leaving closes its standard input, which tells it to end, and kills it if it doesn't.

    Attributes:
        code: Its exit code; `None` while it runs.
        pid: Its process ID.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._module = module
        self._arguments = arguments
        self._process: asyncio.subprocess.Process
        self._last_words: deque[str] = deque(maxlen=LAST_WORDS)
        self._listening: asyncio.Task[None]

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def code(self) -> int | None:
        return self._process.returncode

    async def __aenter__(self) -> "Child":
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self._module,
            *self._arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            # Out of the terminal's reach: Ctrl-C is for the parent to act on.
            start_new_session=True,
        )
        self._listening = asyncio.create_task(self._listen(), name="child's stderr")
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        process = self._process
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        await self._listening

    def send(self, line: Line) -> None:
        """Tell it something."""
        assert self._process.stdin is not None
        self._process.stdin.write(encode(line))

    async def receive(self, kind: type[T], *, within_s: float) -> T:
        """Wait for what it says.

        Raises:
            ChildDied: If it ended instead, or said nothing in that many seconds.
        """
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(within_s):
                raw = await self._process.stdout.readline()
        except TimeoutError:
            raise ChildDied(f"it said nothing for {within_s:g} s") from None
        if not raw:
            await self._fail()
        line = decode(raw)
        assert isinstance(line, kind)
        return line

    async def watch(self) -> None:
        """Run as long as it runs, then raise.

        Raises:
            ChildDied: When it has ended.
        """
        await self._process.wait()
        await self._fail()

    async def _fail(self) -> None:
        code = await self._process.wait()
        await asyncio.wait([self._listening])
        how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        raise ChildDied("\n".join([how, *self._last_words]))

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        async for raw in self._process.stderr:
            self._last_words.append(raw.decode(errors="replace").rstrip())
