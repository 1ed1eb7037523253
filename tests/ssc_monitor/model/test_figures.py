import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model import figures

numbers = st.floats() | st.integers() | st.just(10**400)


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (0, "0"),
        (999, "999"),
        (999.6, "1.0k"),
        (1_234, "1.2k"),
        (98_412, "98.4k"),
        (99_949, "99.9k"),
        (99_951, "100k"),
        (999_499, "999k"),
        (999_501, "1.0M"),
        (9_100_000, "9.1M"),
        (-1_234, "-1.2k"),
        (1e30, "1e+30"),
        (math.inf, "–"),
    ],
)
def test_short(n: float, text: str) -> None:
    assert figures.short(n) == text


@pytest.mark.parametrize(
    ("per_s", "text"),
    [
        (0, "–"),
        (0.04, "–"),
        (0.3, "0.3"),
        (1, "1.0"),
        (9.94, "9.9"),
        (9.96, "10"),
        (12.4, "12"),
        (41_200, "41.2k"),
        (-5, "–"),
        (math.nan, "–"),
    ],
)
def test_rate(per_s: float, text: str) -> None:
    assert figures.rate(per_s) == text


def test_count_and_size() -> None:
    assert figures.count(1_234_567) == "1,234,567"
    assert [figures.size(n) for n in (0, 71, 1_100, 9_100_000)] == [
        "0B",
        "71B",
        "1.1kB",
        "9.1MB",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "00:00:00"),
        (2467.9, "00:41:07"),
        (86_399, "23:59:59"),
        (3 * 86_400 + 14_706, "3d 04:05:06"),
        (-1, "00:00:00"),
        (None, "–"),
    ],
)
def test_duration(seconds: float | None, text: str) -> None:
    assert figures.duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.21, "210ms"),
        (1, "1s"),
        (59.9, "59s"),
        (60, "1m"),
        (3 * 3600 + 5, "3h"),
        (200_000, "2d"),
        (-3, "0ms"),
        (None, "–"),
    ],
)
def test_ago(seconds: float | None, text: str) -> None:
    assert figures.ago(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0004, "0.4ms"),
        (0.00096, "1ms"),
        (0.0234, "23ms"),
        (0.9994, "999ms"),
        (0.9996, "1.0s"),
        (12.34, "12.3s"),
        (None, "–"),
    ],
)
def test_latency(seconds: float | None, text: str) -> None:
    assert figures.latency(seconds) == text


@pytest.mark.parametrize(
    "figure",
    [
        figures.short,
        figures.rate,
        figures.size,
        figures.duration,
        figures.ago,
        figures.latency,
    ],
)
@settings(deadline=None)
@given(n=numbers)
def test_every_number_can_be_told(figure: Callable[[float], str], n: float) -> None:
    assert figure(n).isprintable()


@settings(deadline=None)
@given(st.floats(0, 999e18))
def test_short_stays_short(n: float) -> None:
    assert len(figures.short(n)) <= 5


def test_sparkline_draws_the_newest_at_the_right() -> None:
    assert figures.sparkline([0, 1, 2, 4, 8], 5) == " ▂▃▅█"
    assert figures.sparkline([0, 1, 2, 4, 8], 3) == "▃▅█"
    assert figures.sparkline([8], 3) == "  █"
    assert figures.sparkline([0, 1, 4, 8], 4, ascii=True) == " .=#"


def test_sparkline_of_nothing_is_blank() -> None:
    assert figures.sparkline([], 4) == "    "
    assert figures.sparkline([0, 0], 4) == "    "
    assert figures.sparkline([1], 0) == ""


@settings(deadline=None)
@given(st.lists(numbers, max_size=80), st.integers(0, 70), st.booleans())
def test_sparkline_fills_its_width(
    values: list[float], width: int, ascii: bool
) -> None:
    line = figures.sparkline(values, width, ascii)
    assert len(line) == width
    assert line.isascii() or not ascii


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (119, "119 s"),
        (180, "3 min"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_spoken(seconds: float, text: str) -> None:
    assert figures.spoken(seconds) == text
