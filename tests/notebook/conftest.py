"""What the tests with a real kernel get."""

from collections.abc import Callable, Iterator

import pytest

from tests.notebook.kernel import Kernel, environment
from tests.notebook.server import FarEnd

SET_UP = """
import asyncio, logging, time
from ssc_rx import *
from ssc_rx import operators as ops
"""


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with FarEnd() as far_end:
        yield far_end


@pytest.fixture
def kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kernel]:
    """A kernel of this Python, with everything of ours imported."""
    for name, value in environment(tmp_path_factory.getbasetemp()).items():
        monkeypatch.setenv(name, value)
    with Kernel() as kernel:
        kernel.must(SET_UP)
        yield kernel


@pytest.fixture
def feed(kernel: Kernel, far_end: FarEnd) -> Callable[[str], None]:
    """Starts `pool`, whose socket "feed" is at the far end."""

    def start(name: str) -> None:
        kernel.must(f"pool = Pool({{'feed': {far_end.url!r}}}, name={name!r})")
        kernel.must("await pool.start()")

    return start
