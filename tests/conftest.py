"""What every test gets: the event loop under test, and pools that are always stopped."""

import asyncio
import gc
import logging
import multiprocessing
import os
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvloop

from ssc_rx import Pool
from ssc_rx.testing import VirtualTimeLoop
from ssc_rx.transports.memory import memory_pair
from tests.assertions import assert_accounted, assert_nothing_left
from tests.far_end import AddPeer, Peer
from tests.recorder import Recorder

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}
ONLY = os.environ.get("SSC_TEST_LOOP", "")


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Each async test runs on asyncio's own loop and on uvloop's, or on virtual time.

    With SSC_TEST_LOOP it runs on the one that this names.
    """
    if item.get_closest_marker("virtual_time") is not None:
        return {"virtual": VirtualTimeLoop}
    asked = item.get_closest_marker("asyncio")
    if ONLY and not (asked and "loop_factories" in asked.kwargs):
        return {ONLY: LOOPS[ONLY]}
    return LOOPS


@pytest.fixture(scope="session", autouse=True)
def busy_cores() -> Iterator[None]:
    """With SSC_TEST_BUSY, every core is busy while the tests run."""
    burners = []
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")  # one of several is enough
    if os.environ.get("SSC_TEST_BUSY") and worker == "gw0":
        context = multiprocessing.get_context("spawn")
        cores = os.cpu_count() or 1
        burners = [context.Process(target=_burn, daemon=True) for _ in range(cores)]
    for burner in burners:
        burner.start()
    yield
    for burner in burners:
        burner.kill()
        burner.join()


def _burn() -> None:
    tests = os.getppid()
    while os.getppid() == tests:  # a run that its time limit ends kills nobody
        for _ in range(1_000_000):
            pass


class _Unhandled(logging.Handler):
    """Keeps what event loops report because nobody handles it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.reports: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.reports.append(self.format(record))


@pytest.fixture(autouse=True)
def nothing_unhandled() -> Iterator[None]:
    """A test fails if an event loop's exception handler is called during it.

    So it does for "Task exception was never retrieved", on whatever thread.
    """
    unhandled = _Unhandled()
    logger = logging.getLogger("asyncio")
    logger.addHandler(unhandled)
    yield
    gc.collect(1)  # what a short test left is young; a full collection takes too long
    logger.removeHandler(unhandled)
    assert not unhandled.reports, "\n".join(unhandled.reports)


@pytest.fixture
async def make_pool() -> AsyncIterator[Callable[..., Pool]]:
    """Makes pools that are stopped and checked at the end of the test."""
    pools: list[Pool] = []

    def make(*args: Any, **options: Any) -> Pool:
        pool = Pool(*args, **options)
        pools.append(pool)
        return pool

    yield make
    for pool in pools:
        assert_accounted(pool)
        if pool.stats().state != "new":
            await pool.stop(deadline=1.0)
        assert_accounted(pool)
    await assert_nothing_left()


@pytest.fixture
async def pool(make_pool: Callable[..., Pool]) -> Pool:
    """A running pool without sockets, without keepalive, in which a drop is the end."""
    pool = make_pool(ping_interval=None, close_timeout=1.0, reconnect=None)
    await pool.start()
    return pool


@pytest.fixture
def heard(pool: Pool) -> Recorder:
    """Everything that the pool's streams say."""
    return Recorder(pool)


@pytest.fixture
async def add_peer(pool: Pool) -> AsyncIterator[AddPeer]:
    """Adds a client socket on memory, and gives its far end."""
    sockets, far_ends = [], []

    async def add(id: str, **options: Any) -> Peer:
        near, far = memory_pair()
        entered = pool.add_client_socket(id, near, **options)
        sockets.append(await entered.__aenter__())
        far_ends.append(far)
        return Peer(far)

    yield add
    for far in far_ends:
        far.stalled = False
    for socket in sockets:
        socket.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB, where one may be mounted."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if (
        os.geteuid()
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("a disk can't be mounted here")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)
