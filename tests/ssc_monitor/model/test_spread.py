import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.model.spread import Spread, magnitudes, spread_of


def test_percentiles_are_numbers_that_there_were() -> None:
    assert spread_of([]) is None
    assert spread_of([7.0]) == Spread(1, 7.0, 7.0, 7.0, 7.0)
    assert spread_of(range(1, 101)) == Spread(100, 50, 90, 99, 100)
    assert spread_of([3, 1, 2]) == Spread(3, 2, 3, 3, 3)


@given(st.lists(st.integers(0, 1 << 30), min_size=1))
def test_percentiles_are_in_order(numbers: list[int]) -> None:
    spread = spread_of(numbers)
    assert spread is not None
    assert spread.p50 <= spread.p90 <= spread.p99 <= spread.max == max(numbers)
    assert {spread.p50, spread.p90, spread.p99} <= set(numbers)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([0, 1], [(1, 2)]),
        ([64, 65, 128], [(64, 1), (128, 2)]),
        ([1, 8], [(1, 1), (2, 0), (4, 0), (8, 1)]),
    ],
)
def test_magnitudes_are_powers_of_two_without_a_hole(
    numbers: list[int], expected: list[tuple[int, int]]
) -> None:
    assert magnitudes(numbers) == expected


@given(st.lists(st.integers(0, 1 << 40)))
def test_each_number_is_of_one_magnitude(numbers: list[int]) -> None:
    assert sum(count for _, count in magnitudes(numbers)) == len(numbers)
