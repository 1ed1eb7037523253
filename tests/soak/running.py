"""The pool's process, as the process of generator and checker sees it."""

import asyncio
import contextlib
import sys
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO, Literal

from tests.soak.control import LINE_BYTES, Control
from tests.soak.words import AnyWord, Order, word_reader

__all__ = ["LOOPS", "Loop", "PoolProcess", "pool_process"]

Loop = Literal["asyncio", "uvloop"]
LOOPS: tuple[Loop, ...] = ("asyncio", "uvloop")
ROOT = Path(__file__).parent.parent.parent
END_S = 30.0
"""How long it may take to end after its work."""


class PoolProcess:
    """A running pool under test, and the pipe to it."""

    def __init__(self, process: Process, log: IO[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._log = log
        self.control = Control[AnyWord](
            process.stdout, process.stdin.write, word_reader()
        )

    async def complaints(self) -> list[str]:
        """Wait for its end, which is near; what was wrong with it."""
        try:
            code = await asyncio.wait_for(self._process.wait(), END_S)
        except TimeoutError:
            return [f"the pool's process did not end within {END_S:.0f} s"]
        self._log.seek(0)
        said = self._log.read().decode(errors="replace")
        found = [] if code == 0 else [f"the pool's process ended with exit code {code}"]
        if "Traceback" in said or found:
            found.append(f"the pool's process said:\n{said[-4000:]}")
        return found


@asynccontextmanager
async def pool_process(loop: Loop, order: Order) -> AsyncIterator[PoolProcess]:
    """A pool on an event loop, in a process that is gone when this is left."""
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.soak.under_test", loop),
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            cwd=ROOT,
            limit=LINE_BYTES,
            start_new_session=True,  # Ctrl-C is for us, who end it
        )
        try:
            pool = PoolProcess(process, log)
            pool.control.tell(order)
            yield pool
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()
