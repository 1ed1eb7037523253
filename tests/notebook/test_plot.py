"""The line of a rate: to scale, and never out of its picture."""

import re

import pytest

from ssc_rx.notebook.plot import HEIGHT, WIDTH, line_plot


def points(shown: str) -> list[tuple[float, float]]:
    """Those of the line."""
    (line,) = re.findall(r'<polyline points="([^"]*)"', shown)
    pairs = [pair.split(",") for pair in line.split()]
    return [(float(x), float(y)) for x, y in pairs]


def test_the_newest_value_is_to_the_right_and_the_greatest_at_the_top() -> None:
    drawn = points(line_plot([1.0, 4.0, 2.0], 5))
    assert drawn[-1][0] == WIDTH
    assert min(y for _, y in drawn) == drawn[1][1] == 2.0
    assert drawn[0][0] == WIDTH / 2


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0], [1e12] * 60, [5.0]])
def test_anything_fits(values: list[float]) -> None:
    for x, y in points(line_plot(values, 60)):
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
