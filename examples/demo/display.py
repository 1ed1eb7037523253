"""Keeping the page before a person's eyes, or printing a line where there is none."""

import asyncio
import sys
import time

from rich.console import Console
from rich.live import Live

from examples.demo.happenings import Happenings
from examples.demo.page import Page, line
from examples.demo.rates import Rates
from ssc_rx import Pool

__all__ = ["display"]

REFRESH_S = 0.5
LINE_S = 1.0


async def display(pool: Pool, happenings: Happenings) -> None:
    """Show the pool until cancelled, in a way that fits standard output."""
    console = Console()
    if sys.stdout.isatty() and not console.is_dumb_terminal:
        await _table(pool, happenings, console)
    else:
        await _lines(pool)


async def _table(pool: Pool, happenings: Happenings, console: Console) -> None:
    page = Page(happenings, time.time())
    rates = Rates(pool.stats())
    # Its own refreshing would be a thread; this way all happens on the event loop.
    with Live(console=console, screen=True, auto_refresh=False) as live:
        while True:
            rates.add(pool.stats())
            live.update(page.draw(rates, *console.size), refresh=True)
            await asyncio.sleep(REFRESH_S)


async def _lines(pool: Pool) -> None:
    started_at = time.time()
    rates = Rates(pool.stats())
    while True:
        await asyncio.sleep(LINE_S)
        rates.add(pool.stats())
        print(line(rates, started_at), flush=True)
