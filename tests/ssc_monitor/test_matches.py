"""What of the stream a filter wants."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.matches import Held, Matches
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.ring import Ring

Wanted = Callable[[Entry], bool]


def entry(index: int, number: int, missing: int = 0) -> Entry:
    return Entry(index + 1, index, number, f"#{number}", "in", 1, 0, 0.0, b"", missing)


def even(entry: Entry) -> bool:
    return entry.number % 2 == 0


def found(matches: Matches) -> list[tuple[int, int]]:
    at = [matches.at(position) for position in range(matches.first, matches.end)]
    return [(entry.index, missing) for entry, missing in at]


def expected(entries: list[Entry], wanted: Wanted) -> list[tuple[int, int]]:
    """Indexes of the wanted, with all that is missing since the one before."""
    told, missing = [], 0
    for entry in entries:
        missing += entry.missing
        if wanted(entry):
            told.append((entry.index, missing))
            missing = 0
    return told


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=60),
    st.integers(1, 20),
    st.integers(1, 9),
)
def test_it_finds_what_a_look_at_everything_finds(
    said: list[tuple[int, int]], capacity: int, most: int
) -> None:
    ring: Ring[Entry] = Ring(capacity)
    half = len(said) // 2
    for number, missing in said[:half]:
        ring.append(entry(ring.end, number, missing))
    matches = Matches(ring, even)
    for number, missing in said[half:]:
        ring.append(entry(ring.end, number, missing))
        matches.advance(most)
    for _ in range(len(said) + 1):
        matches.advance(most)
    assert matches.complete
    kept = expected(list(ring), even)
    # What is missing before the first one depends on what was evicted before it.
    assert [i for i, _ in found(matches)] == [i for i, _ in kept]
    assert found(matches)[1:] == kept[1:]


def test_new_ones_come_first_when_there_is_little_time() -> None:
    ring: Ring[Entry] = Ring(100)
    for index in range(50):
        ring.append(entry(index, 2))
    matches = Matches(ring, even)
    matches.advance(10)
    assert [index for index, _ in found(matches)] == list(range(40, 50))
    ring.append(entry(50, 2))
    matches.advance(2)
    assert [index for index, _ in found(matches)] == list(range(39, 51))


def test_a_position_stays_an_entry_s() -> None:
    ring: Ring[Entry] = Ring(10)
    for index in range(10):
        ring.append(entry(index, index))
    matches = Matches(ring, even)
    matches.advance(100)
    position = matches.position_of(6)
    for index in range(10, 14):
        ring.append(entry(index, index))
        matches.advance(100)
    assert matches.at(position)[0].index == 6
    assert matches.position_of(6) == position
    assert matches.position_of(5) == position
    assert matches.position_of(99) == matches.end


def test_without_a_filter_positions_are_indexes() -> None:
    ring: Ring[Entry] = Ring(4)
    for index in range(6):
        ring.append(entry(index, 1, missing=index))
    matches = Matches(ring, None)
    assert (matches.first, matches.end) == (2, 6)
    assert matches.at(3) == (ring[3], 3)
    assert matches.position_of(0) == 2
    assert matches.complete
    assert not matches.advance(1)


def test_a_held_copy_does_not_move() -> None:
    ring: Ring[Entry] = Ring(4)
    for index in range(6):
        ring.append(entry(index, 1))
    held = Held(ring)
    ring.append(entry(6, 1))
    assert (held.first, held.end) == (2, 6)
    assert [held[index].index for index in range(2, 6)] == [2, 3, 4, 5]
    for index in (1, 6):
        with pytest.raises(IndexError):
            held[index]


def test_it_stops_when_there_is_no_more_time() -> None:
    ring: Ring[Entry] = Ring(100)
    for index in range(10):
        ring.append(entry(index, 1, missing=1))
    looked: list[int] = []

    def wanted(entry: Entry) -> bool:
        looked.append(entry.index)
        return entry.index % 2 == 0

    matches = Matches(ring, wanted)
    for _ in range(10):
        assert not matches.complete
        before = len(looked)
        matches.advance(4000, lambda: False)
        assert len(looked) == before + 1
    assert matches.complete
    assert sorted(looked) == list(range(10))
    found = [matches.at(at) for at in range(matches.first, matches.end)]
    assert [(e.index, missing) for e, missing in found] == [
        (0, 1), (2, 2), (4, 2), (6, 2), (8, 2),
    ]  # fmt: skip
