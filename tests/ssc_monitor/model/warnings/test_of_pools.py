"""Each rule about a pool and its subscribers, in plain numbers."""

import pytest

from ssc_monitor.model.warnings.of_pools import POOL_RULES, SUBSCRIBER_RULES
from ssc_monitor.model.warnings.rule import PoolFacts, SubscriberFacts

RULES = {rule.name: rule for rule in POOL_RULES}
(SLOW,) = SUBSCRIBER_RULES


def slow(
    mean_s: float, share: float | None = None, *, raised: bool = False, timed: int = 99
) -> str | None:
    facts = SubscriberFacts(
        name="Book.take",
        stream="pool.messages",
        mean_s=mean_s,
        share=share,
        timed=timed,
    )
    return SLOW.check(facts, raised)


def test_a_calm_pool_has_no_warning() -> None:
    assert all(rule.check(PoolFacts(), False) is None for rule in POOL_RULES)
    assert slow(0.0) is None


@pytest.mark.parametrize(
    ("mean_s", "share", "begins", "goes_on"),
    [
        (0.020, None, True, True),
        (0.0199, None, False, True),
        (0.0099, None, False, False),
        (0.001, 0.3, True, True),
        (0.001, 0.29, False, True),
        (0.001, 0.14, False, False),
    ],
)
def test_a_subscriber_is_slow_by_its_time_or_by_its_share_of_the_loop(
    mean_s: float, share: float | None, begins: bool, goes_on: bool
) -> None:
    assert bool(slow(mean_s, share)) is begins
    assert bool(slow(mean_s, share, raised=True)) is goes_on


def test_it_is_named_with_its_time() -> None:
    text = "Book.take takes 25ms for a message of pool.messages"
    assert slow(0.025) == text
    assert slow(0.025, 0.5) == text + ", 50% of the event loop"
    assert slow(0.025, 3.0) == text + ", 100% of the event loop"
    assert slow(0.025, timed=2) is None


@pytest.mark.parametrize(
    ("rule", "facts", "begins", "goes_on"),
    [
        ("loop-lag", PoolFacts(lag=0.1), True, True),
        ("loop-lag", PoolFacts(lag=0.05), False, True),
        ("loop-lag", PoolFacts(lag=0.049), False, False),
        ("accounting", PoolFacts(unaccounted=-1), True, True),
        ("events-missed", PoolFacts(events_missed=1), True, True),
    ],
)
def test_a_pool_is_warned_of_from_a_threshold_on(
    rule: str, facts: PoolFacts, begins: bool, goes_on: bool
) -> None:
    assert bool(RULES[rule].check(facts, False)) is begins
    assert bool(RULES[rule].check(facts, True)) is goes_on


def test_it_says_what_is_wrong_with_the_figure() -> None:
    assert RULES["loop-lag"].check(PoolFacts(lag=0.4), False) == (
        "the event loop was 400ms late"
    )
    assert RULES["events-missed"].check(PoolFacts(events_missed=3), False) == (
        "3 events didn't come here"
    )
