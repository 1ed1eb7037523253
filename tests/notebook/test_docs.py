"""The cells of docs/notebooks.md, one after the other, in a kernel."""

from pathlib import Path

import pytest

from tests.notebook.kernel import Kernel
from tests.notebook.server import FarEnd
from tests.readme import python_blocks

PAGE = Path(__file__).parents[2] / "docs" / "notebooks.md"
ELSEWHERE = "wss://a.example/feed"


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_the_page_is_a_notebook_that_runs(kernel: Kernel, far_end: FarEnd) -> None:
    cells = {}
    for n, block in enumerate(python_blocks(PAGE)):
        code = block.replace(ELSEWHERE, far_end.url)
        if "print(message.text)" in code:
            cells[code] = kernel.must(code, cell=str(n))
            kernel.until(lambda code=code: cells[code].printed != "", "what is printed")
        else:
            kernel.must(code, cell=str(n))
    assert len(cells) == 2
    assert kernel.value("len(rows), pool.stats().state") == "(3, 'stopped')"
    kernel.until(lambda: far_end.open == 0, "the sockets to close")
