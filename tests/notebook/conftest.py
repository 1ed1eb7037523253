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

CLEAN = """
import gc
import ssc_rx
for thing in gc.get_objects():
    if type(thing) is ssc_rx.PoolThread:
        thing.stop()
for thing in gc.get_objects():
    if type(thing) is ssc_rx.Pool and thing.stats().state != "stopped":
        await thing.stop()
import logging
logging.getLogger().handlers.clear()
get_ipython().reset(new_session=False)
"""


@pytest.fixture
def far_end() -> Iterator[FarEnd]:
    with FarEnd() as far_end:
        yield far_end


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel of this Python; it takes a second or two to start."""
    with Kernel(env=environment(tmp_path_factory.getbasetemp())) as kernel:
        yield kernel


@pytest.fixture
def kernel(running: Kernel) -> Iterator[Kernel]:
    """A kernel in which nothing of ours goes on, with everything of ours imported."""
    running.must(SET_UP)
    yield running
    running.clean(CLEAN)


@pytest.fixture
def feed(kernel: Kernel, far_end: FarEnd) -> Callable[[str], None]:
    """Starts `pool`, whose socket "feed" is at the far end."""

    def start(name: str) -> None:
        kernel.must(f"pool = Pool({{'feed': {far_end.url!r}}}, name={name!r})")
        kernel.must("await pool.start()")

    return start
