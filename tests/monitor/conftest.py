"""A private place for the monitors' sockets, and pools that are watched."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ssc_rx import Pool


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory that XDG_RUNTIME_DIR names; its path is short enough for sockets."""
    path = Path(tempfile.mkdtemp(prefix="ssc-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(path))
    monkeypatch.delenv("SSC_MONITOR", raising=False)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
async def watched(runtime: Path, make_pool: Callable[..., Pool]) -> Pool:
    """A running pool that shows its traffic."""
    pool = make_pool(ping_interval=None, close_timeout=1.0, monitor="traffic", name="w")
    await pool.start()
    return pool


@pytest.fixture
def pool(watched: Pool) -> Pool:
    """`add_peer` adds to the watched pool."""
    return watched
