"""Where a recording is played, and how fast: plain numbers."""

import math

import pytest

from ssc_monitor.model.transport import SPEEDS, PlaceError, Transport, place


def test_speeds_are_stepped_through_from_end_to_end() -> None:
    transport = Transport()
    for _ in range(20):
        transport.faster()
    assert transport.speed == math.inf
    seen = [transport.speed]
    for _ in range(20):
        transport.slower()
        seen.append(transport.speed)
    assert tuple(seen[: len(SPEEDS)]) == SPEEDS[::-1]
    assert transport.speed == 0.25


def test_a_speed_that_is_no_step_goes_to_the_nearest_one() -> None:
    transport = Transport(3.0)
    transport.faster()
    assert transport.speed == 4.0
    transport = Transport(3.0)
    transport.slower()
    assert transport.speed == 2.0


def test_seeks_add_up_until_it_is_there() -> None:
    transport = Transport()
    transport.learn(100.0, 1.0, None)
    transport.seek(10)
    transport.seek(10)
    assert transport.target_s == 20
    assert not transport.moving
    transport.arrived(20)
    assert transport.position_s == 20
    assert transport.target_s is None
    transport.seek(-60)
    assert transport.target_s == 0


def test_the_end_bounds_a_seek_once_it_is_known() -> None:
    transport = Transport()
    transport.learn(100.0, 0.5, None)
    transport.go(500)
    assert transport.target_s == 500  # it may be that long
    transport.learn(200.0, 1.0, None)
    transport.go(500)
    assert transport.target_s == 200


def test_at_its_end_it_is_played_again() -> None:
    transport = Transport()
    transport.learn(9.0, 1.0, None)
    transport.reach(9.0, ended=True)
    assert not transport.moving
    transport.pause()
    assert (transport.target_s, transport.paused) == (0.0, False)
    transport.arrived(0.0)
    assert transport.moving


def test_who_plays_it_hears_of_every_change() -> None:
    heard: list[None] = []
    transport = Transport(changed=lambda: heard.append(None))
    transport.pause()
    transport.faster()
    transport.slower()
    transport.seek(1)
    assert len(heard) == 4


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("1:30", 90),
        (" 0:01:30.5 ", 90.5),
        ("2:00:00", 7200),
        ("50%", 100),
        ("12.5 %", 25),
        ("100%", 200),
    ],
)
def test_a_place_is_a_time_or_a_share(text: str, seconds: float) -> None:
    assert place(text, 200.0) == seconds


@pytest.mark.parametrize(
    "text", ["", "soon", "-5", "1:2:3:4", "9:99", "1:60:00", "101%", "1e9", "٣", "nan"]
)
def test_what_is_no_place_is_told_with_what_is(text: str) -> None:
    with pytest.raises(PlaceError, match=r"1:30|100%"):
        place(text, 200.0)
