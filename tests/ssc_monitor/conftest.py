"""What tests of the viewer get: a directory of monitors of their own."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def monitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The directory in which monitors are found; a short path, as sockets need it."""
    runtime = Path(tempfile.mkdtemp(prefix="ssc", dir="/tmp"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", os.fspath(runtime))
    path = runtime / "ssc-rx"
    path.mkdir(mode=0o700)
    yield path
    shutil.rmtree(runtime)
