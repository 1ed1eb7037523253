"""A bounded table forgets who was silent longest, and counts it."""

from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept


def test_who_was_silent_longest_makes_room() -> None:
    tally = Tally()
    kept: Kept[str, int] = Kept(2, tally)
    assert kept.put("a", 1) is None
    assert kept.put("b", 2) is None
    assert kept.get("a") == 1
    assert kept.put("c", 3) == ("b", 2)
    assert list(kept) == ["a", "c"]
    assert tally.evicted == 1


@given(st.integers(1, 5), st.lists(st.integers(0, 9)))
def test_it_is_the_last_keys_that_were_used(bound: int, keys: list[int]) -> None:
    tally = Tally()
    kept: Kept[int, int] = Kept(bound, tally)
    used: list[int] = []
    for key in keys:
        known = kept.get(key)
        assert (known is not None) == (key in used)
        kept.put(key, key)
        used = [*(k for k in used if k != key), key][-bound:]
        assert list(kept) == used
    assert len(kept) == len(used) <= bound
