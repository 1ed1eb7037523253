"""When to ping, and when a silent peer is dead (RFC 6455 section 5.5.2)."""

import enum

__all__ = ["Beat", "Heartbeat"]


class Beat(enum.Enum):
    """What the heartbeat wants."""

    WAIT = enum.auto()
    PING = enum.auto()
    DEAD = enum.auto()


class Heartbeat:
    """The keepalive of one connection; times are loop time in seconds.

    A ping leaves every `interval`, traffic or not, as it measures the latency; anything
    received counts as a sign of life.

    Args:
        interval: Seconds between pings.
        timeout: Seconds without a sign of life after a ping until the peer is dead.
        now: When the connection opened.
        spread: From 0 to 1, another for each socket, so that the pings of sockets
            opened together don't leave as one burst.

    Attributes:
        due: When to ask `beat` again.
        latency: Seconds of the last round trip; `None` before the first.
    """

    __slots__ = (
        "_interval",
        "_payload",
        "_ping_at",
        "_sent_at",
        "_timeout",
        "_waiting",
        "due",
        "latency",
    )

    def __init__(
        self, interval: float, timeout: float, now: float, spread: float
    ) -> None:
        self._interval = interval
        self._timeout = timeout
        self._ping_at = self.due = now + interval * (0.5 + 0.5 * spread)
        self._sent_at = 0.0
        self._waiting = False
        self._payload: bytes | None = None
        self.latency: float | None = None

    def beat(self, now: float, last_seen: float, payload: bytes) -> Beat:
        """Decide at loop time `now`; `payload` is that of the ping, if one is due."""
        if self._waiting and last_seen < self._sent_at:
            dead_at = self._sent_at + self._timeout
            # A late sign of life must not put the next ping off until then.
            self.due = min(dead_at, now + self._interval)
            return Beat.DEAD if now >= dead_at else Beat.WAIT
        self._waiting = False
        if now < self._ping_at:
            self.due = self._ping_at
            return Beat.WAIT
        self._payload = payload
        self._sent_at = now
        self._waiting = True
        self._ping_at = now + self._interval
        self.due = now + min(self._interval, self._timeout)
        return Beat.PING

    @property
    def unanswered_since(self) -> float | None:
        """When the last ping left, unless its PONG came; loop time in seconds."""
        return None if self._payload is None else self._sent_at

    def excuse(self) -> None:
        """What was silent so far could not be heard: neither dead nor slow for that."""
        self._waiting = False
        self._payload = None

    def pong(self, now: float, payload: bytes) -> float | None:
        """A PONG came; one that answers the last ping tells the latency."""
        if payload != self._payload:
            return None
        self._payload = None
        self.latency = now - self._sent_at
        return self.latency
