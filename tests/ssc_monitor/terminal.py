"""A program in a real pseudo-terminal, read as a terminal would, and byte by byte."""

import asyncio
import fcntl
import os
import re
import struct
import sys
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pyte

__all__ = ["Terminal", "foreign_controls", "terminal"]

ROOT = Path(__file__).parents[2]

_OWN = re.compile(
    rb"\x1b\[(?:[0-9]+;[0-9]+H"  # to a place
    rb"|(?:[0-9]+;)*[0-9]*m"  # a style
    rb"|\?[0-9;]+(?:\$p|[hl])"  # modes, asked for and set
    rb"|[<>=][0-9]*u)"  # the keyboard's protocol
    rb"|\x1b\]22;[a-z]*\x07"  # the shape of the pointer
    rb"|\r?\n"
)
"""The sequences that Textual writes by itself, and no more."""
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]|\xc2[\x80-\x9f]")


def foreign_controls(output: bytes) -> list[bytes]:
    """Control bytes (C0, DEL, C1) that aren't part of a sequence of the app's own.

    The hostile texts hold none of those: their style, 31;7, is one it never uses.
    """
    assert b"\x1b[31;7m" not in output
    rest = _OWN.sub(b"", output)
    return [
        rest[max(0, m.start() - 20) : m.end() + 20] for m in _CONTROL.finditer(rest)
    ]


class Terminal:
    """What a person sees and types.

    Attributes:
        output: Every byte that was written.
        code: The program's exit code, once it has ended.
    """

    def __init__(self, fd: int, columns: int, rows: int) -> None:
        self.output = b""
        self.code: int | None = None
        self._fd = fd
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None

    @property
    def screen(self) -> str:
        """All lines, as they stand."""
        return "\n".join(self._screen.display)

    def press(self, keys: str) -> None:
        """Type."""
        os.write(self._fd, keys.encode())

    def hang_up(self) -> None:
        """Close the window."""
        asyncio.get_running_loop().remove_reader(self._fd)
        os.close(self._fd)
        self._fd = -1

    def terminate(self) -> None:
        """Send SIGTERM."""
        assert self._process is not None
        self._process.terminate()

    async def shows(self, text: str) -> None:
        """Wait until the text is on the screen; the test's own time limit bounds it."""
        while text not in self.screen:
            if self._process is not None and self._process.returncode is not None:
                raise AssertionError(f"it ended, without {text!r}:\n{self.screen}")
            self._changed.clear()
            await self._changed.wait()

    async def took_over(self, times: int) -> None:
        """Wait until the app has taken the terminal over so many times."""
        while self.output.count(b"\x1b[?1049h") < times:
            self._changed.clear()
            await self._changed.wait()

    async def painted(self) -> None:
        """Wait for more output; half a second at most, for there may be none."""
        self._changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                await self._changed.wait()

    async def ended(self) -> int:
        """Wait for its end."""
        assert self._process is not None
        self.code = await self._process.wait()
        return self.code

    def read(self) -> None:
        """Take what was written."""
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:  # nobody has the other side open any more
            asyncio.get_running_loop().remove_reader(self._fd)
            data = b""
        self.output += data
        # What only asks the terminal something is not for pyte, which doesn't know it.
        self._stream.feed(re.sub(rb"\x1b\[[?>=<][0-9;$]*[a-zA-Z]", b"", data))
        self._changed.set()

    def close(self) -> None:
        """Let go of it."""
        if self._fd >= 0:
            self.hang_up()

    def runs(self, process: asyncio.subprocess.Process) -> None:
        """This is the program."""
        self._process = process


@asynccontextmanager
async def terminal(
    *arguments: str, columns: int = 120, rows: int = 36, **environment: str
) -> AsyncIterator[Terminal]:
    """Run `ssc-monitor` with these arguments; it is ended on leaving, if it hasn't."""
    near, far = os.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONUTF8": "1"}
    drop = {"NO_COLOR", "COLUMNS", "LINES"}
    kept = {name: value for name, value in os.environ.items() if name not in drop}
    it = Terminal(near, columns, rows)
    loop = asyncio.get_running_loop()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ssc_monitor", *arguments),
        stdin=far,
        stdout=far,
        stderr=far,
        cwd=ROOT,
        env=kept | own | environment,
        start_new_session=True,
    )
    os.close(far)
    it.runs(process)
    loop.add_reader(near, it.read)
    try:
        yield it
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        it.close()
