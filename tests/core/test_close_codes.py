from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.core.close_codes import close_label


def test_registered_codes_are_told_apart_and_others_by_their_range() -> None:
    codes = (1000, 1006, 1011, 1015, 3008, 4501, 1004, 1016, 2999, 5000, 0)
    labels = [close_label(code) for code in codes]
    assert labels == ["1000", "1006", "1011", "1015", "3xxx", "4xxx"] + ["other"] * 5


@given(st.lists(st.integers()))
def test_whatever_peers_send_there_are_few_labels(codes: list[int]) -> None:
    assert len({close_label(code) for code in (*codes, *range(6000))}) <= 18
