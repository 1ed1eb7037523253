"""What tests of the viewer get: a directory of monitors of their own."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvloop


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]] | None:
    """Screens and commands run on one loop; only the sources know which one it is."""
    asked = item.get_closest_marker("asyncio")
    if "sources" in item.path.parts or (asked and "loop_factories" in asked.kwargs):
        return None
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def monitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory in which monitors are found; a short path, as sockets need it."""
    runtime = Path(tempfile.mkdtemp(prefix="ssc", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(runtime))
    path = runtime / "ssc-rx"
    path.mkdir(mode=0o700)
    yield path
    shutil.rmtree(runtime)
