"""Live views in a real kernel: they go on between cells, and end when they should."""

from collections.abc import Callable

import pytest

from ssc_rx import InvalidOptionError, NotebookError, Pool
from tests.notebook.browser import assert_harmless
from tests.notebook.kernel import Cell, Kernel
from tests.notebook.server import FarEnd

kernels = [pytest.mark.slow, pytest.mark.timeout(90)]

Feed = Callable[[str], None]

VIEWS = {
    "live": "pool.live(hz=10)",
    "tail": "pool.messages.tail(3, hz=10)",
    "live_rate": "pool.messages.live_rate(seconds=5, hz=10)",
    "of a pipe": "pool.messages.pipe(ops.json()).tail(3, hz=10)",
}
EACH_VIEW = pytest.mark.parametrize("code", VIEWS.values(), ids=VIEWS.keys())


def html(cell: Cell) -> str:
    (shown,) = cell.shown
    return shown["text/html"]


def goes_on(kernel: Kernel, cell: Cell) -> None:
    before = cell.updates
    kernel.until(lambda: cell.updates > before + 2, "the view to go on")


def has_stopped(kernel: Kernel, cell: Cell, view: str = "view") -> None:
    kernel.must(f"while {view}.running: await asyncio.sleep(0.01)")
    kernel.must(f"painted = {view}.painted")
    before = cell.updates
    kernel.must("await asyncio.sleep(0.25)")  # in which others are painted twice
    assert cell.updates == before
    assert kernel.value(f"painted == {view}.painted") == "True"
    assert "stopped" in kernel.value(f"repr({view})")


@EACH_VIEW
class TestEachView:
    pytestmark = kernels

    def test_it_goes_on_while_other_cells_run_and_stays_when_it_is_stopped(
        self, kernel: Kernel, feed: Feed, code: str
    ) -> None:
        feed("feed")
        cell = kernel.must(f"view = {code}\nview")
        goes_on(kernel, cell)
        # Time in which what is painted could land in this cell.
        kernel.must("await asyncio.sleep(0.3); print('another')")
        goes_on(kernel, cell)
        assert "stopped" not in html(cell)
        kernel.must("view.stop(); view.stop()")
        has_stopped(kernel, cell, "view")
        assert "stopped" in html(cell)
        assert ("feed" if ".live(" in code else "pool.messages") in html(cell)
        assert_harmless(html(cell), {"svg", "line", "polygon", "polyline"})

    def test_it_stops_when_its_cell_runs_again(
        self, kernel: Kernel, feed: Feed, code: str
    ) -> None:
        feed("feed")
        first = kernel.must(f"view = {code}", cell="one")
        goes_on(kernel, first)
        kernel.must("old = view")
        second = kernel.must(f"view = {code} # edited", cell="one")
        has_stopped(kernel, first, "old")
        goes_on(kernel, second)
        third = kernel.must("'nothing of the kind any more'", cell="one")
        has_stopped(kernel, second, "view")
        assert third.updates == 0
        if "messages" in code:
            assert kernel.value("pool.messages.observed") == "False"

    def test_it_stops_when_its_cell_is_interrupted(
        self, kernel: Kernel, feed: Feed, code: str
    ) -> None:
        feed("feed")
        cell = kernel.begin(f"view = {code}\nawait asyncio.sleep(60)")
        goes_on(kernel, cell)
        kernel.interrupt()
        kernel.until(lambda: cell.done, "the interrupt")
        has_stopped(kernel, cell, "view")

    def test_it_stops_with_its_pool(
        self, kernel: Kernel, feed: Feed, code: str
    ) -> None:
        feed("feed")
        cell = kernel.must(f"view = {code}")
        goes_on(kernel, cell)
        kernel.must("await pool.stop()")
        has_stopped(kernel, cell, "view")

    def test_a_pool_in_a_thread_has_it_too(
        self, kernel: Kernel, far_end: FarEnd, code: str
    ) -> None:
        kernel.must(
            f"thread = Pool({{'feed': {far_end.url!r}}}, name='t').in_thread().start()\n"
            "pool = thread.pool"
        )
        cell = kernel.must(f"view = {code}")
        goes_on(kernel, cell)
        kernel.must("view.stop()")
        has_stopped(kernel, cell, "view")
        if "messages" in code:
            assert kernel.value("pool.messages.observed") == "False"
        kernel.must("thread.stop()")


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_interrupting_one_cell_leaves_the_views_of_others(
    kernel: Kernel, feed: Feed
) -> None:
    feed("feed")
    cell = kernel.must("view = pool.messages.tail(3, hz=10)")
    other = kernel.begin("print('runs', flush=True)\nawait asyncio.sleep(60)")
    kernel.until(lambda: "runs" in other.printed, "the cell")
    kernel.interrupt()
    kernel.until(lambda: other.done, "the interrupt")
    goes_on(kernel, cell)


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_a_cell_without_an_id_is_known_by_its_text(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    code = "view = pool.messages.tail(3, hz=10)"
    first = kernel.must(code)
    kernel.must("old = view")
    second = kernel.must(code)
    goes_on(kernel, second)
    has_stopped(kernel, first, "old")


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_what_has_no_repr_is_shown_by_its_type(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    kernel.must("class Odd:\n    def __repr__(self): raise ValueError('odd')")
    cell = kernel.must(
        "view = pool.messages.pipe(ops.map(lambda m: Odd())).tail(3, hz=10)"
    )
    goes_on(kernel, cell)
    assert "Odd instance" in html(cell)


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_a_pipeline_that_fails_is_told_by_its_view(kernel: Kernel, feed: Feed) -> None:
    feed("feed")
    cell = kernel.must(
        "view = pool.messages.pipe(ops.map(lambda m: 1 / 0)).live_rate(hz=10)"
    )
    kernel.until(lambda: "ZeroDivisionError" in html(cell), "the error")
    has_stopped(kernel, cell, "view")


@pytest.mark.parametrize("view", ["live", "tail", "live_rate"])
async def test_without_a_notebook_it_says_what_to_do(pool: Pool, view: str) -> None:
    make = pool.live if view == "live" else getattr(pool.messages, view)
    with pytest.raises(NotebookError, match=r"print\(pool.stats\(\)\).*ssc-monitor"):
        make()
    assert not pool._messages.observed


@pytest.mark.parametrize("hz", [0, 11, -1, float("nan"), "4", True])
def test_a_rate_that_can_t_be_is_refused(hz: float) -> None:
    pool = Pool()
    for make in (pool.live, pool.messages.tail, pool.messages.live_rate):
        with pytest.raises(InvalidOptionError, match="hz must be from"):
            make(hz=hz)
    with pytest.raises(InvalidOptionError, match="n must be from 1 to 50"):
        pool.messages.tail(51)
    with pytest.raises(InvalidOptionError, match="seconds must be from 1 to 3600"):
        pool.messages.live_rate(seconds=0)
