import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx.core.heartbeat import Beat, Heartbeat

PAYLOAD = b"ping"


def heartbeat(interval: float = 10.0, timeout: float = 4.0) -> Heartbeat:
    """Opened at 0, first ping at 10."""
    return Heartbeat(interval, timeout, now=0.0, spread=1.0)


def test_nothing_is_sent_before_the_first_ping_is_due() -> None:
    heart = heartbeat()
    assert heart.due == 10.0
    assert heart.beat(9.9, last_seen=0.0, payload=PAYLOAD) is Beat.WAIT


@pytest.mark.parametrize(("spread", "due"), [(0.0, 5.0), (0.5, 7.5), (1.0, 10.0)])
def test_first_pings_are_spread_over_half_an_interval(
    spread: float, due: float
) -> None:
    assert Heartbeat(10.0, 4.0, now=0.0, spread=spread).due == due


def test_silence_after_a_ping_is_death_at_the_timeout() -> None:
    heart = heartbeat()
    assert heart.beat(10.0, 3.0, PAYLOAD) is Beat.PING
    assert heart.due == 14.0
    assert heart.beat(13.9, 3.0, PAYLOAD) is Beat.WAIT
    assert heart.beat(14.0, 3.0, PAYLOAD) is Beat.DEAD


def test_anything_received_after_the_ping_counts_as_life() -> None:
    heart = heartbeat()
    heart.beat(10.0, 3.0, PAYLOAD)
    assert heart.beat(14.0, last_seen=11.0, payload=PAYLOAD) is Beat.WAIT
    assert heart.due == 20.0
    assert heart.beat(20.0, last_seen=11.0, payload=PAYLOAD) is Beat.PING


def test_a_timeout_beyond_the_interval_is_waited_out() -> None:
    heart = heartbeat(interval=10.0, timeout=25.0)
    assert heart.beat(10.0, 3.0, PAYLOAD) is Beat.PING
    assert heart.beat(20.0, 3.0, PAYLOAD) is Beat.WAIT
    assert heart.due == 30.0
    assert heart.beat(30.0, 3.0, PAYLOAD) is Beat.WAIT
    assert heart.due == 35.0
    assert heart.beat(35.0, 3.0, PAYLOAD) is Beat.DEAD


def test_a_late_sign_of_life_does_not_put_off_the_next_ping() -> None:
    heart = heartbeat(interval=10.0, timeout=60.0)
    assert heart.beat(10.0, 3.0, PAYLOAD) is Beat.PING
    assert heart.beat(20.0, 3.0, PAYLOAD) is Beat.WAIT
    assert heart.due == 30.0
    assert heart.beat(30.0, last_seen=21.0, payload=PAYLOAD) is Beat.PING


def test_the_pong_of_the_last_ping_tells_the_latency() -> None:
    heart = heartbeat()
    heart.pong(5.0, PAYLOAD)
    assert heart.latency is None
    heart.beat(10.0, 3.0, PAYLOAD)
    heart.pong(10.1, b"another")
    assert heart.latency is None
    heart.pong(10.25, PAYLOAD)
    assert heart.latency == 0.25
    heart.pong(19.0, PAYLOAD)
    assert heart.latency == 0.25


@given(
    st.floats(0.1, 100),
    st.floats(0.1, 100),
    st.lists(st.tuples(st.booleans(), st.floats(0, 50)), max_size=40),
)
def test_a_peer_is_dead_only_when_it_was_silent_for_the_whole_timeout(
    interval: float, timeout: float, steps: list[tuple[bool, float]]
) -> None:
    heart = Heartbeat(interval, timeout, 0.0, 0.5)
    now = last_seen = 0.0
    for alive, late in steps:
        now = max(now, heart.due) + late
        if alive:
            last_seen = now
        beat = heart.beat(now, last_seen, PAYLOAD)
        if beat is Beat.DEAD:
            assert now - last_seen >= timeout
            return
        assert heart.due > now or beat is Beat.PING


@given(
    st.floats(0.1, 100),
    st.floats(0.1, 100),
    st.floats(0, 1),
    st.lists(st.floats(0, 300), max_size=20),
)
def test_silence_is_noticed_within_interval_and_timeout(
    interval: float, timeout: float, spread: float, signs: list[float]
) -> None:
    heart = Heartbeat(interval, timeout, 0.0, spread)
    now = last_seen = 0.0
    for _ in range(10_000):
        now = heart.due
        last_seen = max((sign for sign in signs if sign < now), default=0.0)
        if heart.beat(now, last_seen, PAYLOAD) is Beat.DEAD:
            break
    assert timeout * 0.999 <= now - last_seen <= (interval + timeout) * 1.001


def test_an_excused_silence_neither_kills_nor_measures() -> None:
    heart = Heartbeat(interval=10, timeout=5, now=0, spread=0)
    assert heart.beat(5, 0, b"1") is Beat.PING
    heart.excuse()
    assert heart.beat(10, 0, b"2") is Beat.WAIT
    heart.pong(11, b"1")
    assert heart.latency is None
    assert heart.beat(15, 0, b"3") is Beat.PING
    assert heart.beat(20, 0, b"4") is Beat.DEAD  # silent of its own accord


def test_a_ping_is_unanswered_until_its_own_pong_comes() -> None:
    heart = Heartbeat(10.0, 5.0, 0.0, 1.0)
    assert heart.unanswered_since is None
    heart.beat(10.0, 0.0, b"ping")
    assert heart.unanswered_since == 10.0
    heart.pong(10.5, b"other")
    assert heart.unanswered_since == 10.0
    heart.pong(11.0, b"ping")
    assert heart.unanswered_since is None
