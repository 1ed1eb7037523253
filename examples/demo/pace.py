"""A steady pace."""

import asyncio

__all__ = ["Pace"]

LATEST_S = 0.5


class Pace:
    """Turns at a fixed interval; delays are caught up, but no more than half a second.

    Args:
        interval_s: Seconds from turn to turn.
    """

    def __init__(self, interval_s: float) -> None:
        self._interval_s = interval_s
        self._due = asyncio.get_running_loop().time()

    async def turn(self) -> None:
        """Wait for the next turn."""
        now = asyncio.get_running_loop().time()
        self._due = max(self._due + self._interval_s, now - LATEST_S)
        await asyncio.sleep(self._due - now)
