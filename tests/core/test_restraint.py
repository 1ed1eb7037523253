from ssc_rx.core.restraint import Restraint


def test_so_many_pass_in_a_window_and_the_next_one_tells_of_the_others() -> None:
    restraint = Restraint(2, 10.0)
    assert [restraint.passes(now) for now in (5, 6, 7, 14.9)] == [0, 0, None, None]
    assert [restraint.passes(now) for now in (15, 16, 17)] == [2, 0, None]
    assert restraint.passes(1000) == 1
