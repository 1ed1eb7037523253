import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_monitor.model.rates import SECONDS, TAU_S, PerSecond, Reading
from ssc_monitor.model.sockets import Clock, SocketView
from tests.ssc_monitor.model.frames import head, row

INTERVAL = 0.25

counts = st.lists(st.integers(0, 10_000), max_size=40)


def socket_after(readings: list[int]) -> tuple[SocketView, float]:
    """One that received so many messages in each reading; and when the last one was."""
    socket = SocketView(head(1), Clock())
    now, total = 1000.0, 0
    for n in readings:
        if n:  # who isn't in a reading didn't change
            total += n
            socket.update(row(1, total), Reading(now, now + INTERVAL))
        now += INTERVAL
    return socket, now


@settings(deadline=None)
@given(counts)
def test_all_that_came_is_in_the_rates(readings: list[int]) -> None:
    socket = SocketView(head(1), Clock())
    now, total, area = 1000.0, 0, 0.0
    for n in [*readings, *[0] * 400]:
        if n:
            total += n
            socket.update(row(1, total), Reading(now, now + INTERVAL))
        now += INTERVAL
        area += socket.in_per_s(now) * INTERVAL
    assert area == pytest.approx(sum(readings), rel=1e-6, abs=1e-6)
    assert socket.in_per_s(now) == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(counts)
def test_all_that_came_is_in_the_seconds(readings: list[int]) -> None:
    socket, now = socket_after(readings)
    assert sum(socket.spark(now)) == sum(readings)
    assert socket.spark(now + SECONDS + 1) == [0] * SECONDS


def test_steady_traffic_has_its_rate() -> None:
    socket, now = socket_after([25] * 100)
    assert socket.in_per_s(now) == pytest.approx(100, rel=1e-3)
    assert socket.spark(now)[-10:-1] == [100] * 9


def test_rate_decays_while_nothing_is_told() -> None:
    socket, now = socket_after([25] * 100)
    rate = socket.in_per_s(now)
    assert socket.in_per_s(now + TAU_S) == pytest.approx(rate / math.e)
    assert socket.in_per_s(now + 20 * TAU_S) < 1e-6
    assert socket.in_per_s(now - 5) == rate  # a clock that was set back


def test_rate_is_the_same_told_often_or_seldom() -> None:
    silent, now = socket_after([100, *[0] * 8, 100])
    told = SocketView(head(1), Clock())
    at, total = 1000.0, 0
    for n in [100, *[0] * 8, 100]:
        total += n
        told.update(row(1, total), Reading(at, at + INTERVAL))
        at += INTERVAL
    assert silent.in_per_s(now) == pytest.approx(told.in_per_s(now))


def test_a_long_reading_is_spread_over_its_seconds() -> None:
    seconds = PerSecond()
    seconds.add(1000, Reading(10.5, 13.0))
    assert seconds.last(12.9, 4) == [0, 200, 400, 400]
    seconds.add(7, Reading(13.0, 13.25))
    assert seconds.last(13.25, 4) == [200, 400, 400, 7]


def test_a_reading_over_more_than_the_history_keeps_its_total() -> None:
    seconds = PerSecond()
    seconds.add(1000, Reading(0.0, 500.0))
    assert sum(seconds.last(500.0)) == 1000


@pytest.mark.parametrize("end", [10.0, 3.0])
def test_clock_that_was_set_back_is_survived(end: float) -> None:
    reading = Reading(10.0, end)
    assert reading.start < reading.end == end
    assert 0 < reading.decay < 1
    seconds = PerSecond()
    seconds.add(5, Reading(9.0, 10.0))
    seconds.add(6, reading)
    assert sum(seconds.last(end, 2)) >= 6


@settings(deadline=None)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_two_times_make_a_reading(start: float, end: float) -> None:
    reading = Reading(start, end)
    seconds = PerSecond()
    seconds.add(10, reading)
    assert 1 <= len(reading.parts) <= SECONDS
    assert math.isfinite(reading.next_rate(1.0, 10))
    assert len(seconds.last(end)) == SECONDS
