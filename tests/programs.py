"""Programs that serve, run as processes of their own."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Whatever started the tests may ignore Ctrl-C, and that is inherited.
INTERRUPTIBLE = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module(sys.argv.pop(1), run_name="__main__", alter_sys=True)
"""


@dataclass
class End:
    """How a program ended, and what it said after its first line."""

    code: int
    out: str
    err: str


class Program:
    """A program that runs.

    Attributes:
        first_line: What it said first.
    """

    def __init__(self, process: subprocess.Popen[str], first_line: str) -> None:
        self._process = process
        self.first_line = first_line

    def end(self, signal: int) -> End:
        """Send it a signal, and wait until it has ended."""
        self._process.send_signal(signal)
        out, err = self._process.communicate()
        return End(self._process.returncode, out, err)

    async def end_meanwhile(self, signal: int) -> End:
        """The same, while the event loop goes on."""
        return await asyncio.to_thread(self.end, signal)


@contextmanager
def program(module: str, *arguments: str) -> Iterator[Program]:
    """`python -m module`, where warnings are errors, from its first line on."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", INTERRUPTIBLE, module, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        first = process.stdout.readline()
        if not first:
            _, err = process.communicate()
            raise AssertionError(f"{module} said nothing but {err}")
        yield Program(process, first)
    finally:
        process.kill()
        process.communicate()
