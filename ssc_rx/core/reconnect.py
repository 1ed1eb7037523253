"""When a server socket is dialled again, and after how long.

Attempts are numbered from 1 and count in a row: until a link stayed up long enough.
"""

from email.utils import parsedate_to_datetime

from ssc_rx.errors import DialError
from ssc_rx.events import CloseInfo

__all__ = [
    "delay_s",
    "next_attempt",
    "retries_close",
    "retries_dial",
    "retry_after_s",
]

_FATAL_CODES = frozenset({1002, 1003, *range(1007, 1011)})
"""Closes that the same connection would only meet again (RFC 6455 section 7.4.1)."""

_PASSING_STATUSES = frozenset({408, 425, 429})
"""The answers of class 4xx that say "not now" (RFC 9110, RFC 8470, RFC 6585)."""

MAX_RETRY_AFTER_S = 86_400.0
"""A server may put us off until tomorrow, and not longer."""


def delay_s(
    attempt: int,
    min_delay: float,
    max_delay: float,
    jitter: float,
    retry_after: float | None = None,
) -> float:
    """How long to wait before an attempt: exponential back-off with full jitter.

    Full jitter: anything from nothing to `min_delay`, twice that, four times, and so on
    up to `max_delay`, so that clients which dropped together don't return together.

    Args:
        attempt: The number of the attempt, from 1.
        min_delay: Bound of the first delay, in seconds.
        max_delay: Bound of every delay, in seconds.
        jitter: A random number from 0 to 1.
        retry_after: Seconds that the server asked for, to which the delay is added.
    """
    doublings = min(attempt - 1, 64)  # a float has room for these
    bound = min(max_delay, min_delay * 2.0**doublings)
    return (retry_after or 0.0) + jitter * bound


def next_attempt(attempt: int, uptime: float, min_uptime: float) -> int:
    """The number of the next attempt.

    Args:
        attempt: The number of the last one; 0 if there was none.
        uptime: Seconds that its link was up; 0 if it failed.
        min_uptime: Seconds after which a link counts as a success, and a drop begins a
            new row. A server that accepts and hangs up is not dialled without end.
    """
    return 1 if attempt and uptime >= min_uptime else attempt + 1


def retries_close(info: CloseInfo) -> bool:
    """Whether a link that ended like this is dialled again, unless the user decides."""
    return info.code not in _FATAL_CODES


def retries_dial(error: DialError) -> bool:
    """Whether a dial that failed like this is tried again, unless the user decides."""
    status = error.status
    return status is None or status in _PASSING_STATUSES or not 400 <= status < 500


def retry_after_s(header: str | None, now: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110 section 10.2.3).

    Args:
        header: Its value: seconds or a date; `None` if there is none.
        now: UNIX seconds.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        seconds = float(text[:10])
    else:
        try:
            seconds = parsedate_to_datetime(text).timestamp() - now
        except (ValueError, OverflowError, OSError):
            return None
    return min(max(seconds, 0.0), MAX_RETRY_AFTER_S)
