"""Each notebook in a real kernel: run, run again, interrupted, and the kernel restarted."""

import re
import time
from collections.abc import Iterator

import pytest

from notebooks.market import Market
from ssc_rx import PoolStats
from tests.notebook.kernel import Cell, Kernel
from tests.notebooks.book import BOOKS, Book, CodeCell

pytestmark = [pytest.mark.slow, pytest.mark.timeout(90)]

OPENED = re.compile(r"await Market\(.*?\)\.open\(\)")
EACH = pytest.mark.parametrize("book", BOOKS, ids=repr)
ON_THE_MARKET = pytest.mark.parametrize(
    "book", [book for book in BOOKS if OPENED.search(book.stored())], ids=repr
)
SHOWS_A_FAILURE = {"bug"}
"""Cells that let a subscriber raise, to show how that is told."""
QUICK_S = 0.4
"""Cells that take no longer are run three times, others twice."""


class FarMarket:
    """The market in this process, out of the kernel's: it knows who is connected."""

    def __init__(self) -> None:
        self._market = Market()
        self._thread = self._market.pool.in_thread()

    def __enter__(self) -> "FarMarket":
        self._thread.start()
        self._thread.call(self._market.open)
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.stop()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return self._stats().open_sockets

    @property
    def ever(self) -> int:
        """How many there ever were."""
        return self._stats().connections_opened["client"]

    def _stats(self) -> PoolStats:
        """In its thread, so that a connection that is being accepted is counted."""
        return self._thread.call(self._market.pool.stats)

    @property
    def opened(self) -> str:
        """What stands in for a market that is opened in the kernel."""
        urls = {"trades": self._market.trades, "quotes": self._market.quotes}
        return f"__import__('types').SimpleNamespace(**{urls})"


@pytest.fixture
def far_market() -> Iterator[FarMarket]:
    with FarMarket() as market:
        yield market


def run(kernel: Kernel, cell: CodeCell) -> Cell:
    """Run a cell; what it ends with is shown, and can be looked at."""
    ran = kernel.must(cell.code, cell=cell.id)
    if cell.id not in SHOWS_A_FAILURE:
        assert not ran.stderr, f"the cell {cell.id!r} wrote to stderr:\n{ran.stderr}"
    if cell.code.splitlines()[-1].isidentifier():
        assert ran.shown, f"the cell {cell.id!r} shows nothing"
    for shown in ran.shown:
        assert " at 0x" not in shown["text/plain"], cell.id
    return ran


@EACH
def test_it_runs_and_every_cell_may_run_again(kernel: Kernel, book: Book) -> None:
    ran, took_s = [], []
    for cell in book.code:
        began = time.monotonic()
        ran.append(run(kernel, cell))
        took_s.append(time.monotonic() - began)
    said = [(cell.printed, len(cell.shown)) for cell in ran]
    for cell, once_s in zip(book.code, took_s, strict=True):
        run(kernel, cell)
        if once_s < QUICK_S:
            run(kernel, cell)
    assert said == [(cell.printed, len(cell.shown)) for cell in ran], "output came late"
    assert not kernel.strays
    assert ran[-1].text.strip() == "", "the check has nothing to say"


@ON_THE_MARKET
def test_neither_an_interrupt_nor_a_restart_leaves_a_connection(
    kernel: Kernel, book: Book, far_market: FarMarket
) -> None:
    cells = [
        CodeCell(cell.id, OPENED.sub(far_market.opened, cell.code))
        for cell in book.code
    ]
    opening = next(n for n, cell in enumerate(cells) if ".start()" in cell.code)
    for cell in cells[: opening + 1]:
        kernel.must(cell.code, cell=cell.id)
    sockets = far_market.open
    assert sockets == far_market.ever > 0
    for _ in range(2):
        kernel.must(cells[opening].code, cell=cells[opening].id)
    kernel.until(
        lambda: (far_market.ever, far_market.open) == (3 * sockets, sockets),
        "the pools before to leave",
    )
    waiting = kernel.begin("import asyncio; print('waits'); await asyncio.sleep(60)")
    kernel.until(lambda: "waits" in waiting.printed, "the cell")
    kernel.interrupt()
    kernel.until(lambda: waiting.done, "the interrupt")
    kernel.must("await asyncio.sleep(0.1)")
    assert far_market.open == sockets
    kernel.restart()
    kernel.until(lambda: far_market.open == 0, "the connections to end")
