"""The rates of a pool: from counters and the times of its readings."""

import msgspec
import pytest

from ssc_monitor.model.filter import Filter
from ssc_monitor.model.pool import PoolView
from ssc_rx.monitor import wire
from tests.ssc_monitor.model.frames import POOL, batch, head, row, sample

ALL = Filter.parse("")


def pool_row(**facts: object) -> wire.PoolRow:
    return msgspec.structs.replace(POOL, **facts)


def begin(*numbers: int, time: float = 100.0) -> wire.State:
    """The first reading of an attachment."""
    return wire.State(
        time,
        begin=True,
        born=tuple(map(head, numbers)),
        rows=tuple(map(row, numbers)),
        pool=POOL,
    )


def test_a_reading_in_several_frames_counts_its_time_once() -> None:
    view = PoolView()
    view.apply(begin(1, 2))
    view.apply(wire.State(101.0, rows=(row(1, 100),)))
    view.apply(wire.State(101.0, rows=(row(2, 100),)))
    view.apply(wire.State(101.0, pool=pool_row(messages_in=200)))
    first, second = view.sockets.values()
    assert first.in_per_s(101.0) == second.in_per_s(101.0) > 0
    assert view.in_per_s == pytest.approx(2 * first.in_per_s(101.0))


def test_a_socket_that_was_born_later_has_all_of_its_messages_in_its_rate() -> None:
    view = PoolView()
    view.apply(begin())
    view.apply(wire.State(101.0, born=(head(1),), rows=(row(1, 50),), pool=POOL))
    assert sum(view.sockets[1].spark(101.0)) == 50


def test_what_came_before_the_attachment_is_no_rate() -> None:
    view = PoolView()
    view.apply(wire.State(100.0, begin=True))
    view.apply(wire.State(100.0, born=(head(1),), rows=(row(1, 10**9),)))
    view.apply(wire.State(100.0, pool=pool_row(messages_in=10**9)))
    view.apply(wire.State(100.25, pool=pool_row(messages_in=10**9)))
    assert view.sockets[1].in_per_s(100.25) == view.in_per_s == 0
    assert sum(view.spark_in) == 0


def test_rates_of_the_pool() -> None:
    view = PoolView()
    view.apply(begin())
    for n in range(1, 101):
        total = pool_row(
            messages_in=25 * n, bytes_in=50 * n, messages_out=n, bytes_out=2 * n
        )
        view.apply(wire.State(100 + n / 4, pool=total))
    assert view.in_per_s == pytest.approx(100, rel=1e-3)
    assert view.bytes_in_per_s == pytest.approx(200, rel=1e-3)
    assert view.out_per_s == pytest.approx(4, rel=1e-3)
    assert view.bytes_out_per_s == pytest.approx(8, rel=1e-3)
    assert view.spark_in[-10:-1] == [100] * 9
    assert sum(view.spark_in) == 2500


def test_rates_are_right_from_the_first_reading_on() -> None:
    view = PoolView()
    view.apply(begin(1))
    for n in range(1, 9):
        view.apply(wire.State(100 + n / 4, rows=(row(1, 5 * n),)))
        view.apply(batch(sample(n), sent=n, sampled_out=4 * n))
        view.apply(wire.State(100 + n / 4, pool=pool_row(messages_in=5 * n)))
        assert view.in_per_s == pytest.approx(20)
        assert view.sockets[1].in_per_s(view.now) == pytest.approx(20)
        if n > 1:  # the first came before anything was read
            assert view.matched_per_s == pytest.approx(20)
            assert view.sampled_per_s == pytest.approx(4)


def test_what_another_selection_matched_is_forgotten() -> None:
    view = PoolView()
    view.apply(begin())
    view.apply(batch(sample(1), sent=1, sampled_out=999))
    view.apply(wire.State(100.25, pool=POOL))
    view.apply(batch(sent=0))  # after another Watch: it begins anew
    view.apply(wire.State(100.5, pool=POOL))
    assert view.matched_per_s == view.sampled_per_s == 0


def test_rates_of_the_samples() -> None:
    view = PoolView()
    view.apply(begin())
    for n in range(1, 101):
        view.apply(
            batch(sample(2 * n), sample(2 * n + 1), sent=2 * n, sampled_out=8 * n)
        )
        view.apply(wire.State(100 + n / 4, pool=POOL))
    assert view.sampled_per_s == pytest.approx(8, rel=1e-3)
    assert view.matched_per_s == pytest.approx(40, rel=1e-3)
    assert view.counts == batch(sent=200, sampled_out=800)
