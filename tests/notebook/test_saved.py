"""What a notebook that a machine runs has in it afterwards."""

from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from tests.notebook.browser import assert_harmless
from tests.notebook.kernel import environment
from tests.notebook.server import FarEnd

SVG = {"svg", "line", "polygon", "polyline"}


@pytest.mark.slow
@pytest.mark.timeout(90)
@pytest.mark.filterwarnings("default")  # those of Jupyter's own packages
def test_a_saved_notebook_has_the_last_state_of_its_views(
    far_end: FarEnd,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    for name, value in environment(tmp_path_factory.getbasetemp()).items():
        monkeypatch.setenv(name, value)
    start = f"pool = Pool({{'feed': {far_end.url!r}}}, name='feed')\nawait pool.start()"
    go_on = "while pool.stats().messages_in < 20:\n    await asyncio.sleep(0.01)"
    cells = [
        f"import asyncio\nfrom ssc_rx import Pool\n{start}",
        "pool.live(hz=10)",
        "pool.messages.tail(3, hz=10)",
        "pool.messages.live_rate(hz=10)",
        f"{go_on}\nawait pool.stop()\nawait asyncio.sleep(0.3)",
        "pool",
    ]
    v4: Any = nbformat.v4
    notebook = v4.new_notebook(cells=[v4.new_code_cell(code) for code in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    shown = [
        output["data"]["text/html"]
        for cell in notebook.cells
        for output in cell["outputs"]
        if "data" in output
    ]
    pool, tail, rate, last = (assert_harmless(html, SVG).said for html in shown)
    assert "stopped" in pool
    assert "completed" in tail
    assert "completed" in rate
    assert "stopped" in last
