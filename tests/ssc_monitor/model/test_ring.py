import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.ring import Ring


@settings(deadline=None)
@given(
    st.integers(1, 8),
    st.lists(st.integers(), max_size=40),
    st.integers(-3, 45),
    st.integers(-3, 45),
)
def test_ring_is_a_list_without_its_beginning(
    capacity: int, values: list[int], first: int, end: int
) -> None:
    ring: Ring[int] = Ring(capacity)
    for index, value in enumerate(values):
        assert ring.append(value) == index
    start = max(0, len(values) - capacity)
    kept = dict(enumerate(values))
    for index in range(start):
        del kept[index]
    assert list(ring) == list(kept.values())
    assert (ring.first, ring.end, ring.evicted) == (start, len(values), start)
    assert len(ring) == len(kept)
    assert ring.capacity == capacity
    assert {index: ring[index] for index in kept} == kept
    assert ring.slice(first, end) == [
        value for index, value in kept.items() if first <= index < end
    ]


def test_evicted_and_future_values_are_not_there() -> None:
    ring: Ring[str] = Ring(2)
    for value in "abc":
        ring.append(value)
    for index in (0, 3, -1):
        with pytest.raises(IndexError, match=r"not in \[1, 3\)"):
            ring[index]


def test_slice_is_a_copy() -> None:
    ring: Ring[str] = Ring(2)
    ring.append("a")
    ring.slice(0, 1).append("b")
    assert list(ring) == ["a"]
