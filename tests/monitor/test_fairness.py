"""A rate divided among flows: fair, used up, and never hiding who is quiet."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ssc_rx.monitor.fairness import FairRate, Flow

PER_TICK = 10.0


class Crowd:
    """Flows that want so much in each tick, asking in turn.

    Args:
        demands: What each wants in a tick.
        sleeping: Whether those who have no token left ask no more until they may have
            one, as the tap does.
    """

    def __init__(self, demands: list[int], *, sleeping: bool) -> None:
        self.rate = FairRate(PER_TICK)
        self.flows = [Flow() for _ in demands]
        self.granted: Counter[int] = Counter()
        self.most = 0.0
        self._demands = demands
        self._sleeping = sleeping
        self._tick = 0
        self._asleep: dict[int, int] = {}

    def tick(self, quiet: Flow | None = None) -> bool:
        """All ask, `quiet` after all others; tells whether that one was granted."""
        total = 0
        for n in range(max(self._demands, default=0)):
            for i, demand in enumerate(self._demands):
                if n < demand and self._asleep.get(i, 0) <= self._tick:
                    granted = self.rate.grant(self.flows[i])
                    self.granted[i] += granted
                    total += granted
                    if self._sleeping and self.flows[i].tokens < 1:
                        self._asleep[i] = self._tick + self.rate.sleep(self.flows[i])
        heard = quiet is not None and self.rate.grant(quiet)
        self.most = max(self.most, total)
        self.rate.tick()
        self._tick += 1
        return heard


demands = st.lists(st.integers(1, 12), min_size=1, max_size=60)
sleeping = st.booleans()


@settings(deadline=None, max_examples=150)
@given(demands, sleeping)
def test_a_quiet_flow_is_always_heard(demands: list[int], sleeping: bool) -> None:
    crowd = Crowd(demands, sleeping=sleeping)
    quiet = Flow()
    for _ in range(12):
        crowd.tick()  # until it is known who is chatty
    for _ in range(10):
        assert crowd.tick(quiet)
        for _ in range(3):
            crowd.tick()


@settings(deadline=None, max_examples=150)
@given(demands, sleeping)
def test_the_rate_is_kept(demands: list[int], sleeping: bool) -> None:
    crowd = Crowd(demands, sleeping=sleeping)
    for _ in range(50):
        crowd.tick()
    assert crowd.most <= 3 * PER_TICK
    assert crowd.granted.total() <= 51 * PER_TICK + PER_TICK


@settings(deadline=None, max_examples=150)
@given(demands, sleeping)
def test_nothing_is_left_that_somebody_wants(
    demands: list[int], sleeping: bool
) -> None:
    crowd = Crowd(demands, sleeping=sleeping)
    for _ in range(100):
        crowd.tick()
    wanted = min(sum(demands), PER_TICK)
    assert crowd.granted.total() >= 0.85 * 100 * wanted


@settings(deadline=None, max_examples=150)
@given(demands, sleeping)
def test_shares_are_max_min_fair(demands: list[int], sleeping: bool) -> None:
    crowd = Crowd(demands, sleeping=sleeping)
    for _ in range(20):
        crowd.tick()
    crowd.granted.clear()
    for _ in range(120):
        crowd.tick()
    level = _water_level(demands, PER_TICK)
    for i, demand in enumerate(demands):
        assert crowd.granted[i] >= 0.5 * 120 * min(demand, level) - 2


def _water_level(demands: list[int], rate: float) -> float:
    """What each may have at most, so that all is given (by the definition)."""
    rest, level = rate, 0.0
    for i, demand in enumerate(sorted(demands)):
        level = rest / (len(demands) - i)
        if demand > level:
            return level
        rest -= demand
    return float("inf")


def test_alone_it_gets_the_whole_rate() -> None:
    crowd = Crowd([1000], sleeping=True)
    for _ in range(10):
        crowd.tick()
    assert crowd.granted[0] == 100


@pytest.mark.parametrize("sleeping", [True, False])
def test_one_that_wants_much_gets_what_others_leave(sleeping: bool) -> None:
    crowd = Crowd([7, *[0] * 5, 1, 1], sleeping=sleeping)
    for _ in range(20):
        crowd.tick()
    assert crowd.granted[0] == 140
    assert crowd.granted[6] == crowd.granted[7] == 20


def test_equals_get_equal_parts() -> None:
    crowd = Crowd([50] * 5, sleeping=True)
    for _ in range(20):
        crowd.tick()
    assert max(crowd.granted.values()) - min(crowd.granted.values()) <= 4


def test_with_more_flows_than_the_rate_all_take_turns() -> None:
    crowd = Crowd([1] * 100, sleeping=True)
    for _ in range(100):
        crowd.tick()
    assert len(crowd.granted) == 100
    assert min(crowd.granted.values()) >= 5


def test_after_a_burst_sleepers_sleep_as_long_as_they_must() -> None:
    rate = FairRate(PER_TICK)
    flows = [Flow() for _ in range(100)]
    for _ in range(40):
        for flow in flows:
            rate.grant(flow)
        rate.tick()
    assert 5 <= max(rate.sleep(flow) for flow in flows) <= 13
