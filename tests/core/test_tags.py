"""Who bears which tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import InvalidOptionError
from ssc_rx.core.tags import Tags, check_tags


def test_bearers_are_found_in_the_order_in_which_they_came() -> None:
    tags: Tags[str] = Tags()
    tags.add("a", ["x", "y"])
    tags.add("b", ["x"])
    tags.add("a", ["x"])
    assert tags.bearers("x") == ["a", "b"]
    assert tags.bearers("y") == ["a"]
    assert tags.bearers("z") == []
    assert tags.count("x") == 2


@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.integers(0, 4),
            st.sets(st.sampled_from("xyz"), max_size=3),
        )
    )
)
def test_it_agrees_with_plain_sets_and_keeps_nothing_empty(
    steps: list[tuple[bool, int, set[str]]],
) -> None:
    tags: Tags[int] = Tags()
    model: dict[str, set[int]] = {}
    for adds, who, names in steps:
        if adds:
            tags.add(who, names)
        else:
            tags.remove(who, names)
        for name in names:
            bearers = model.setdefault(name, set())
            bearers.add(who) if adds else bearers.discard(who)
    for name in "xyz":
        assert set(tags.bearers(name)) == model.get(name, set())
    assert len(tags) == sum(bool(bearers) for bearers in model.values())


@pytest.mark.parametrize("tags", ["room", [""], [1], 7, None, [None]])
def test_what_is_no_tag_is_refused(tags: object) -> None:
    with pytest.raises(InvalidOptionError):
        check_tags(tags)


def test_tags_are_a_set() -> None:
    assert check_tags(["a", "b", "a"]) == {"a", "b"}
    assert check_tags(()) == frozenset()
