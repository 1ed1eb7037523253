"""When to ping, and when a silent peer is dead (RFC 6455 section 5.5.2)."""

import enum

import msgspec

__all__ = ["Beat", "Pulse", "beat", "first_ping_at"]


class Beat(enum.Enum):
    """What the heartbeat wants."""

    WAIT = enum.auto()
    PING = enum.auto()
    DEAD = enum.auto()


class Pulse(msgspec.Struct, frozen=True, gc=False):
    """Where a heartbeat stands; loop time in seconds.

    Attributes:
        ping_at: When the next ping is to leave.
        sent_at: When the ping left that waits for a sign of life; `None` if none does.
    """

    ping_at: float
    sent_at: float | None = None


def first_ping_at(now: float, interval: float, spread: float) -> float:
    """When a new socket pings first.

    `spread`, from 0 to 1, differs for each socket, so that the pings of sockets opened
    together don't leave as one burst.
    """
    return now + interval * (0.5 + 0.5 * spread)


def beat(
    pulse: Pulse, now: float, last_seen: float, interval: float, timeout: float
) -> tuple[Pulse, Beat, float]:
    """Decide at loop time `now`; anything received counts as life.

    Returns:
        The pulse after, what to do, and when to ask again.
    """
    sent_at = pulse.sent_at
    if sent_at is not None and last_seen < sent_at:
        dead_at = sent_at + timeout
        if now >= dead_at:
            return pulse, Beat.DEAD, dead_at
        return pulse, Beat.WAIT, dead_at
    if now < pulse.ping_at:
        return Pulse(pulse.ping_at), Beat.WAIT, pulse.ping_at
    due = now + min(interval, timeout)
    return Pulse(now + interval, now), Beat.PING, due
