"""What tests say of a pool."""

import asyncio
from collections.abc import Sequence

from ssc_rx import Message, Pool


def assert_accounted(pool: Pool) -> None:
    """Every accepted write is handed over, queued, dropped or failed; by socket too."""
    stats = pool.stats()
    assert stats.balanced, stats
    for socket in stats.sockets:
        assert socket.balanced, socket


def assert_delivered(messages: Sequence[Message], id: str, *texts: str) -> None:
    """The messages of this ID are these texts, in this order, and no others."""
    assert [m.text for m in messages if m.id == id] == list(texts)


async def assert_nothing_left() -> None:
    """No task but this one is left; those that are ending get their turns."""
    me = asyncio.current_task()
    for _ in range(5):
        await asyncio.sleep(0)
    tasks = [t for t in asyncio.all_tasks() if t is not me and "ssc-rx" in t.get_name()]
    assert tasks == []
