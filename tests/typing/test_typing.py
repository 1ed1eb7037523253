"""What users write, and the examples of the pages, pass mypy and pyright in strict mode."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readme import ROOT, python_blocks

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "usage.py").write_text((ROOT / "tests/typing/usage.py").read_text())
    for page in (
        "README.md",
        "docs/analysis.md",
        "docs/testing.md",
        "docs/observability.md",
    ):
        for n, block in enumerate(python_blocks(page)):
            (tmp_path / f"{Path(page).stem.lower()}_{n}.py").write_text(block)
    return tmp_path


def test_mypy_accepts_what_users_write(sources: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "",
        str(sources),
    ]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert run.returncode == 0, run.stdout + run.stderr


def test_pyright_accepts_what_users_write(sources: Path) -> None:
    settings = {"typeCheckingMode": "strict", "reportUnusedVariable": False}
    (sources / "pyrightconfig.json").write_text(json.dumps(settings))
    command = [sys.executable, "-m", "pyright", "--pythonpath", sys.executable]
    run = subprocess.run(
        [*command, "--project", str(sources)], capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_the_checkers_would_notice_a_mistake(sources: Path) -> None:
    (sources / "wrong.py").write_text(
        "from ssc_rx import Pool, operators as ops\n"
        "Pool().messages.pipe(ops.filter(lambda m: m.no_such_field == 1))\n"
    )
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file",
        "",
        str(sources),
    ]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert '"Message" has no attribute "no_such_field"' in run.stdout
