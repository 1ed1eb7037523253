"""How often the screen is painted."""

from ssc_monitor.pace import GOOD_TICKS, Pace


def painted(pace: Pace, ticks: int) -> int:
    return sum(pace.tick() for _ in range(ticks))


def test_all_is_well() -> None:
    pace = Pace(10)
    for _ in range(100):
        assert pace.tick()
        pace.report(0.0, 0.01)
    assert pace.fps == 10


def test_it_halves_down_to_two_when_painting_is_slow() -> None:
    pace = Pace(10)
    pace.report(0.0, 0.2)
    assert pace.fps == 5
    assert painted(pace, 100) in (50, 51)
    for _ in range(10):
        pace.report(0.0, 0.2)
    assert pace.fps == 2
    assert painted(pace, 100) in (20, 21)


def test_it_halves_when_ticks_are_late() -> None:
    pace = Pace(10)
    pace.report(0.5, 0.0)
    assert pace.fps == 5


def test_it_recovers() -> None:
    pace = Pace(10)
    for _ in range(10):
        pace.report(0.0, 0.2)
    for _ in range(3 * GOOD_TICKS):
        pace.report(0.0, 0.01)
    assert pace.fps == 10


def test_it_is_never_faster_than_asked_nor_slower_than_that() -> None:
    pace = Pace(1)
    pace.report(0.0, 1.0)
    assert pace.fps == 1
