from ssc_monitor.model.warnings.burst import Burst


def test_it_is_what_counters_grew_by_until_they_stood_still_for_a_while() -> None:
    burst = Burst(10.0)
    assert burst.of({}, 0.0) == {}
    assert burst.of({"oldest": 3}, 1.0) == {"oldest": 3}
    assert burst.of({"oldest": 5}, 9.0) == {"oldest": 5}
    assert burst.of({"oldest": 5}, 19.0) == {"oldest": 5}
    assert burst.of({"oldest": 5}, 19.1) == {}
    assert burst.of({"oldest": 6, "newest": 2}, 30.0) == {"oldest": 1, "newest": 2}


def test_what_was_counted_before_is_of_no_burst() -> None:
    burst = Burst(10.0, {"oldest": 7})
    assert burst.of({"oldest": 7}, 0.0) == {}
    assert burst.of({"oldest": 9}, 1.0) == {"oldest": 2}


def test_a_clock_that_is_set_back_makes_it_last_no_longer() -> None:
    burst = Burst(10.0)
    assert burst.of({"oldest": 1}, 5000.0) == {"oldest": 1}
    assert burst.of({"oldest": 1}, 5.0) == {"oldest": 1}
    assert burst.of({"oldest": 1}, 15.1) == {}
