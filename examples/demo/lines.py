"""A line a second of what the pool does, for whoever has no terminal."""

import asyncio
import time

from examples.demo.figures import count, per_second
from ssc_rx import Pool

__all__ = ["print_lines"]

LINE_S = 1.0


async def print_lines(pool: Pool) -> None:
    """Print until cancelled."""
    started_at = time.time()
    before = pool.stats()
    while True:
        await asyncio.sleep(LINE_S)
        now = pool.stats()
        seconds = now.time - before.time
        into = (now.messages_in - before.messages_in) / seconds
        out = (now.messages_out - before.messages_out) / seconds
        print(
            f"{now.time - started_at:5.1f} s  {now.open_sockets} open  "
            f"{per_second(into):>7}/s in  {per_second(out):>5}/s out  "
            f"{count(now.accepted)} accepted = {count(now.messages_out)} handed over + "
            f"{now.queued} queued + {now.failed_total} failed",
            flush=True,
        )
        before = now
