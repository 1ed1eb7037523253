"""What the running program is called."""

import sys

import pytest

from ssc_rx import Pool
from ssc_rx.program import program_name


@pytest.mark.parametrize(
    ("argv", "name", "pool"),
    [
        (["/srv/app.py"], "app.py", "app-"),
        (["/srv/desk/__main__.py"], "desk", "desk-"),
        ([""], "python", "python-"),
        ([], "python", "python-"),
        (["-"], "python", "python-"),
        (["-c"], "python", "python-"),
    ],
)
def test_a_program_and_its_pools_are_named_by_its_file(
    argv: list[str], name: str, pool: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", argv)
    assert program_name() == name
    assert Pool().name.startswith(pool)
