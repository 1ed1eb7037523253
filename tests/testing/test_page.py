"""The examples of docs/testing.md are tests, and pass as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme import ROOT, python_blocks

PYTEST = [
    *(sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:randomly"),
    *("-o", "asyncio_default_fixture_loop_scope=function", "--rootdir", "."),
]


@pytest.mark.timeout(60)
def test_the_examples_of_the_page_pass(tmp_path: Path) -> None:
    names: list[str] = []
    for n, block in enumerate(python_blocks("docs/testing.md")):
        names.append(f"test_{n}.py" if "def test_" in block else "conftest.py")
        (tmp_path / names[-1]).write_text(block)
    assert names.count("conftest.py") == 1
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        PYTEST, capture_output=True, text=True, cwd=tmp_path, env=environment
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert re.fullmatch(r"\d+ passed in .*", run.stdout.splitlines()[-1]), run.stdout
