import pytest

from ssc_monitor.model.warnings.subscribers import Subscribers
from ssc_rx.monitor.wire import SubscriberRow


def row(emissions: int, seconds: float, number: int = 1) -> SubscriberRow:
    return SubscriberRow(number, "pool.messages", "", "f", emissions, seconds, 0.0)


def test_the_mean_follows_what_was_timed_lately() -> None:
    seen = Subscribers()
    seen.take([row(10, 0.1)])
    assert seen.mean_s(1) == pytest.approx(0.01)
    emissions, seconds = 10, 0.1
    for _ in range(20):
        emissions, seconds = emissions + 10, seconds + 1.0
        seen.take([row(emissions, seconds)])
    assert seen.mean_s(1) == pytest.approx(0.1, rel=0.05)
    seen.take([row(emissions, seconds)])  # nothing new is no zero
    assert seen.mean_s(1) == pytest.approx(0.1, rel=0.05)


def test_who_is_not_told_of_any_more_is_forgotten() -> None:
    seen = Subscribers()
    seen.take([row(10, 0.1), row(10, 0.2, number=2)])
    seen.take([row(10, 0.1)])
    assert (seen.mean_s(2), seen.mean_s(3)) == (0.0, 0.0)
