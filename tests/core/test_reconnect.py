import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_rx import CloseInfo, DialError
from ssc_rx.core.reconnect import (
    delay_s,
    next_attempt,
    retries_close,
    retries_dial,
    retry_after_s,
)

jitters = st.floats(0, 1)


@pytest.mark.parametrize(
    ("attempt", "bound"), [(1, 0.5), (2, 1), (3, 2), (6, 16), (7, 30), (10**9, 30)]
)
def test_the_bound_doubles_up_to_the_cap(attempt: int, bound: float) -> None:
    assert delay_s(attempt, 0.5, 30.0, 1.0) == bound


@given(st.integers(1, 10_000), jitters)
def test_every_delay_has_full_jitter(attempt: int, jitter: float) -> None:
    assert delay_s(attempt, 0.5, 30.0, 0.0) == 0.0
    delay = delay_s(attempt, 0.5, 30.0, jitter)
    assert delay == pytest.approx(jitter * delay_s(attempt, 0.5, 30.0, 1.0))
    assert 0.0 <= delay <= 30.0


@given(st.integers(1, 100), jitters, st.floats(0, 1e5))
def test_what_the_server_asks_for_is_a_lower_bound_and_jitter_comes_on_top(
    attempt: int, jitter: float, retry_after: float
) -> None:
    delay = delay_s(attempt, 0.5, 30.0, jitter, retry_after)
    assert retry_after <= delay <= retry_after + 30.0


@pytest.mark.parametrize(
    ("attempt", "uptime", "then"),
    [(0, 0.0, 1), (0, 9.0, 1), (1, 0.0, 2), (7, 4.9, 8), (7, 5.0, 1)],
)
def test_attempts_count_in_a_row_until_a_link_stayed_up(
    attempt: int, uptime: float, then: int
) -> None:
    assert next_attempt(attempt, uptime, 5.0) == then


def test_every_close_is_retried_but_those_that_would_only_come_again() -> None:
    fatal = [code for code in range(1000, 5000) if not retries_close(CloseInfo(code))]
    assert fatal == [1002, 1003, 1007, 1008, 1009, 1010]


def test_every_failed_dial_is_retried_but_4xx_that_does_not_pass() -> None:
    def error(status: int | None) -> DialError:
        return DialError("ws://x", "no", status=status)

    assert retries_dial(error(None))
    retried = [status for status in range(100, 600) if retries_dial(error(status))]
    assert [s for s in retried if 400 <= s < 500] == [408, 425, 429]
    assert [s for s in range(100, 600) if not 400 <= s < 500 and s not in retried] == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        (" 0 ", 0.0),
        ("-3", None),
        ("1.5", None),
        ("soon", None),
        ("9" * 400, 86_400.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 50.0),
        ("Thu, 01 Jan 1970 00:00:01 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400.0),
        ("Fri, 32 Dec 9999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_a_day_at_most(
    header: str | None, seconds: float | None
) -> None:
    assert retry_after_s(header, 10.0) == seconds


@given(st.text())
def test_retry_after_may_be_anything(header: str) -> None:
    seconds = retry_after_s(header, 0.0)
    assert seconds is None or 0.0 <= seconds <= 86_400.0
