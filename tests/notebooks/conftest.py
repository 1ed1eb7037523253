"""What the tests of the notebooks get."""

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.notebook.kernel import Kernel, environment
from tests.notebooks.book import NOTEBOOKS


class Kernels:
    """Fresh ones, each as a front end starts it for a notebook: in its folder.

    The next one starts while a test uses its own.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._next = Kernel(NOTEBOOKS, env).start()

    def take(self) -> Kernel:
        """A fresh one, to be entered."""
        taken, self._next = self._next, Kernel(NOTEBOOKS, self._env).start()
        return taken

    def close(self) -> None:
        """End the one that nobody took."""
        with self._next:
            pass


@pytest.fixture(scope="session")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernels]:
    commands = Path(sys.executable).parent
    kernels = Kernels(
        environment(tmp_path_factory.getbasetemp())
        | {
            # Two tests of a notebook may run at once: each finds its own pools only.
            "XDG_RUNTIME_DIR": str(tmp_path_factory.mktemp("run")),
            "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
            "PYTHONWARNINGS": "default",  # all are seen, on stderr
        }
    )
    yield kernels
    kernels.close()


@pytest.fixture
def kernel(kernels: Kernels) -> Iterator[Kernel]:
    with kernels.take() as kernel:
        yield kernel
