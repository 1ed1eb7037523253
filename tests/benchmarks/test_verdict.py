"""What may be said about a row."""

import pytest

from benchmarks.bar import Bar, Quartiles, Status
from benchmarks.report import table as report
from benchmarks.verdict import Line
from tests.benchmarks.results import SETTINGS, line, table

FASTER = Bar("at least", 3.0, 3.5)
CHEAPER = Bar("at most", 1.25, 1.0)


@pytest.mark.parametrize(
    ("bar", "quartiles", "status"),
    [
        (FASTER, (3.5, 3.6, 3.7), "goal shown"),
        (FASTER, (3.4, 3.6, 3.7), "floor shown"),
        (FASTER, (2.9, 3.6, 3.7), "not shown"),
        (FASTER, (2.0, 2.1, 2.9), "missed"),
        (CHEAPER, (0.8, 0.9, 1.0), "goal shown"),
        (CHEAPER, (0.8, 0.9, 1.1), "floor shown"),
        (CHEAPER, (1.2, 1.3, 1.4), "not shown"),
        (CHEAPER, (1.3, 1.4, 1.5), "missed"),
        (Bar("at most"), (1.3, 1.4, 1.5), "measured"),
    ],
)
def test_a_bar_is_shown_only_if_three_quarters_of_the_rounds_reach_it(
    bar: Bar, quartiles: tuple[float, float, float], status: Status
) -> None:
    assert bar.status(Quartiles(*quartiles)) == status


def test_the_ratio_goes_the_way_that_the_bar_says() -> None:
    assert line(FASTER, (2.0, 8.0)).figures == [4.0]
    assert line(CHEAPER, (2.0, 8.0)).figures == [0.25]


def test_sides_that_are_set_differently_get_no_ratio() -> None:
    nagle = SETTINGS | {"subject TCP_NODELAY": "0"}
    found = line(FASTER, (1.0, 5.0), settings=nagle)
    assert found.status == "unequal"
    assert found.differences == ["subject TCP_NODELAY: 1 and 0"]


def test_a_side_that_offers_compression_gets_no_ratio() -> None:
    deflate = SETTINGS | {"load extensions": "permessage-deflate"}
    assert line(FASTER, (1.0, 5.0), settings=deflate).status == "unequal"


def test_the_number_of_connections_may_differ() -> None:
    more = SETTINGS | {"subject connections": "5000"}
    assert line(FASTER, (1.0, 5.0), settings=more).status == "goal shown"


def test_a_row_whose_load_was_the_bottleneck_says_so_and_shows_no_ratio() -> None:
    found = line(FASTER, (1.0, 5.0), load_bound=True)
    assert found.status == "load-bound"
    text = report(table(found.row), [found])
    assert "5.00 (5.00 to 5.00)" not in text
    assert "may have been, the bottleneck" in text


def test_what_is_not_installed_is_told() -> None:
    found = Line(line(FASTER).row, "uvloop", failure="no picows", installed=False)
    assert found.status == "not installed"
    assert Line(found.row, "uvloop", failure="a message is missing").status == "failed"
