"""The time of day, as lines show it."""

from datetime import UTC

import pytest

from ssc_monitor.clock import Clock
from tests.ssc_monitor.scripted import START


def test_the_time_of_day_with_milliseconds() -> None:
    clock = Clock(UTC)
    assert clock.wall(START + 1.1239) == "12:00:01.123"
    assert clock.wall(START + 1.9999) == "12:00:01.999"
    assert clock.wall(START + 2) == "12:00:02.000"


@pytest.mark.parametrize("time", [float("nan"), float("inf"), 1e300, -1e300, 1e15])
def test_what_is_no_time_is_shown_as_such(time: float) -> None:
    assert Clock(UTC).wall(time) == "--:--:--.---"


def test_it_never_goes_back() -> None:
    clock = Clock()
    assert clock.now() <= clock.now()
