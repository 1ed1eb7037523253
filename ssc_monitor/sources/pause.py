"""A pause that may end early."""

import asyncio
from contextlib import suppress

__all__ = ["pause"]


async def pause(seconds: float, wake: asyncio.Event) -> None:
    """Wait until that happens, for so many seconds at the most; others get a turn."""
    if seconds <= 0:
        await asyncio.sleep(0)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
