"""`ssc-monitor` in the foreground, a program of its own, watching the desk's pool."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

__all__ = ["foreground_monitor"]

END_S = 3.0


@asynccontextmanager
async def foreground_monitor(path: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """Give it the terminal, and take that back on leaving."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ssc_monitor", str(path))
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(END_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
