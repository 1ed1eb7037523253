"""What a change did."""

from pathlib import Path

import pytest

from benchmarks.bar import Bar, Quartiles
from benchmarks.compare import comparison, effect, figures_in
from benchmarks.record import write_json
from tests.benchmarks.results import line, table

BAR = Bar("at least", 3.0, 3.5)
KEY = ("burst-1000-websockets", "uvloop")


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    found = line(BAR, (1.0, 4.0), (1.0, 5.0), (1.0, 6.0))
    write_json(tmp_path / "a.json", [(table(found.row), [found])], {}, {})
    assert figures_in(tmp_path / "a.json") == {KEY: Quartiles(4.5, 5.0, 5.5)}


def test_quartiles_that_overlap_show_no_change() -> None:
    before = Quartiles(2.0, 3.0, 4.0)
    assert effect(before, Quartiles(3.9, 5.0, 6.0), more_is_better=True) == (
        "no change shown"
    )
    assert effect(before, Quartiles(4.1, 5.0, 6.0), more_is_better=True) == "better"
    assert effect(before, Quartiles(4.1, 5.0, 6.0), more_is_better=False) == "worse"
    assert effect(before, Quartiles(1.0, 1.1, 1.9), more_is_better=False) == "better"


def test_rows_that_both_have_are_compared() -> None:
    text = comparison({KEY: Quartiles(2.0, 2.5, 3.0)}, [line(BAR, (1.0, 5.0))])
    assert "2.50 (2.00 to 3.00)" in text
    assert "5.00 (5.00 to 5.00)" in text
    assert "+100 %  better" in text
    assert comparison({}, [line(BAR, (1.0, 5.0))]).startswith("nothing to compare")


def test_another_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text("[]")
    with pytest.raises(ValueError, match=r"not a file of \./dev bench"):
        figures_in(tmp_path / "b.json")
    with pytest.raises(ValueError, match=r"not a file of \./dev bench"):
        figures_in(tmp_path / "missing.json")
