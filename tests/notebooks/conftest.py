"""What the tests of the notebooks get."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.notebook.kernel import Kernel, environment
from tests.notebooks.book import NOTEBOOKS


@pytest.fixture
def kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Kernel]:
    """A kernel as a front end starts it for a notebook: in its folder."""
    for name, value in environment(tmp_path_factory.getbasetemp()).items():
        monkeypatch.setenv(name, value)
    # Two tests of a notebook may run at once: each finds its own pools only.
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
    commands = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{commands}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONWARNINGS", "default")  # all are seen, on stderr
    with Kernel(NOTEBOOKS) as kernel:
        yield kernel
