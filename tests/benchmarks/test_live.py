"""The cost of a live table, in one round: that it is measured, and not how much."""

from pathlib import Path

import pytest

from benchmarks import live
from benchmarks.bar import quartiles
from tests.notebook.kernel import environment


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_a_table_is_painted_in_a_kernel(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    found = live.measure(rounds=1)
    assert found.paintings_per_s > 0
    assert "live table" in live.report(found)


@pytest.mark.slow
@pytest.mark.timeout(90)
def test_a_cell_that_fails_ends_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(live, "SET_UP", "1 / 0")
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        live.measure(rounds=1)


def test_what_it_says() -> None:
    said = live.report(live.LiveCosts(quartiles([1.0, 1.5, 9.0]), 4.0))
    assert "1.5 % of a core" in said
    assert "not shown" in said
