"""One socket of the watched pool: its last counters, and how fast they grow."""

import math

from ssc_monitor.model.rates import SECONDS, TAU_S, PerSecond, Reading
from ssc_monitor.model.visible import visible
from ssc_rx.monitor import wire

__all__ = ["CLOSED", "Clock", "SocketView"]

CLOSED = "closed"
"""The state of a socket that left the pool."""

FORGETS = 0.98
"""What is left of a long pause with each reading that brings messages: half in 9 s."""

MANY_LATENCIES = 120

_NEW = wire.SocketRow(0, "", 0, 0, 0, 0, 0, 0, 0, 0, 0, None, None, None)


class Clock:
    """The watched process's clock, as far as its frames tell.

    Attributes:
        now: UNIX seconds of the last reading.
        known: How much of a smoothed rate there has been time to learn, from 0 to 1.
    """

    __slots__ = ("known", "now")

    def __init__(self, now: float = 0.0) -> None:
        self.now = now
        self.known = 1.0


class SocketView:
    """What is known of one socket.

    Args:
        head: What of it never changes.
        clock: Says when `per_s` is.

    Attributes:
        number: Stands for it in the frames of its attachment.
        id: Its ID, visible.
        raw_id: Its ID as it came: not fit for a terminal.
        kind: "server" or "client".
        head: What of it never changes, as it came.
        row: Its last counters, as they came.
        first: Its counters when somebody began to look.
        watched_since: UNIX seconds of the first reading in which it was; `None` before.
        heard: How many messages came while somebody looked.
        usual_gap_s: The longest that it was quiet lately, between two of them.
        latencies: The round trips seen, in seconds, oldest first.
        gone: Whether it left the pool.
        gone_at: UNIX seconds of the reading in which it was gone.
    """

    __slots__ = (
        "_at",
        "_bytes",
        "_clock",
        "_heard_at",
        "_in",
        "_out",
        "_spark",
        "_spark_out",
        "first",
        "gone",
        "gone_at",
        "head",
        "heard",
        "id",
        "kind",
        "latencies",
        "number",
        "raw_id",
        "row",
        "usual_gap_s",
        "watched_since",
    )

    def __init__(self, head: wire.SocketHead, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self.number = head.number
        self.id = visible(head.id)
        self.raw_id = head.id
        self.head = head
        self.kind = visible(head.kind, 16)
        self.gone = False
        self.gone_at = 0.0
        self.row = self.first = _NEW
        self.watched_since: float | None = None
        self.heard = 0
        self.usual_gap_s = 0.0
        self.latencies: list[float] = []
        self._heard_at: float | None = None
        self._spark: PerSecond | None = None
        self._spark_out: PerSecond | None = None
        self._at = 0.0
        self._in = self._out = self._bytes = 0.0

    def begin(self, row: wire.SocketRow, at: float | None = None) -> None:
        """Take counters over as they are: nobody saw them grow."""
        self._took(row)
        self.first = row
        self.watched_since = at

    def update(self, row: wire.SocketRow, reading: Reading) -> None:
        """Take over counters that grew in the time of `reading`."""
        old = self.row
        self._took(row)
        if self.watched_since is None:
            self.watched_since = reading.start
        came = row.messages_in - old.messages_in
        went = row.messages_out - old.messages_out
        decay = reading.decay_from(self._at)
        gain = reading.gain
        self._at = reading.end
        self._in = self._in * decay + came * gain
        self._out = self._out * decay + went * gain
        self._bytes = (
            self._bytes * decay
            + (row.bytes_in - old.bytes_in) * gain
            + (row.bytes_out - old.bytes_out) * gain
        )
        if came > 0:
            if self._spark is None:
                self._spark = PerSecond()
            self._spark.add(came, reading)
            self._heard(came, reading.end)
        if went > 0:
            if self._spark_out is None:
                self._spark_out = PerSecond()
            self._spark_out.add(went, reading)

    def _took(self, row: wire.SocketRow) -> None:
        latency, known = row.latency, self.latencies
        if latency is not None and latency != self.row.latency:
            known.append(latency)
            del known[:-MANY_LATENCIES]
        self.row = row

    def _heard(self, messages: int, at: float) -> None:
        gap = 0.0 if self._heard_at is None else at - self._heard_at
        self.usual_gap_s = max(gap, FORGETS * self.usual_gap_s)
        self._heard_at = at
        self.heard += messages

    def quiet_s(self, now: float) -> float:
        """Seconds since a message came; 0 if none did while somebody looked."""
        return 0.0 if self._heard_at is None else max(0.0, now - self._heard_at)

    @property
    def unaccounted(self) -> int:
        """Accepted writes of which nobody knows what became of them."""
        row = self.row
        if row.accepted is None:
            return 0
        known = row.messages_out + row.queued + row.dropped + row.failed
        return row.accepted - known

    def leave(self, time: float) -> None:
        """It left the pool."""
        self.gone = True
        self.gone_at = time

    def in_per_s(self, now: float) -> float:
        """Messages received per second, at UNIX seconds `now`."""
        return self._in and self._in * self._left(now)

    def out_per_s(self, now: float) -> float:
        """Messages written per second, at UNIX seconds `now`."""
        return self._out and self._out * self._left(now)

    @property
    def per_s(self) -> float:
        """Messages received and written per second, at the pool's last reading."""
        both = self._in + self._out
        return both and both * self._left(self._clock.now)

    def bytes_per_s(self, now: float) -> float:
        """Payload bytes received and written per second, at UNIX seconds `now`."""
        return self._bytes and self._bytes * self._left(now)

    def spark(self, now: float, seconds: int = SECONDS) -> list[int]:
        """Messages in and out in each of the last seconds, oldest first."""
        came, went = self.came(now, seconds), self.went(now, seconds)
        return [a + b for a, b in zip(came, went, strict=True)]

    def came(self, now: float, seconds: int = SECONDS) -> list[int]:
        """Messages received in each of the last seconds, oldest first."""
        return _last(self._spark, now, seconds)

    def went(self, now: float, seconds: int = SECONDS) -> list[int]:
        """Messages written in each of the last seconds, oldest first."""
        return _last(self._spark_out, now, seconds)

    def _left(self, now: float) -> float:
        return math.exp(min(0.0, self._at - now) / TAU_S) / self._clock.known

    @property
    def state(self) -> str:
        """ "opening", "open", "closing" or "closed"."""
        return CLOSED if self.gone else visible(self.row.state, 16)

    @property
    def generation(self) -> int:
        """How many connections it has had."""
        return self.row.generation

    @property
    def messages_in(self) -> int:
        """Messages received."""
        return self.row.messages_in

    @property
    def bytes_in(self) -> int:
        """Their payload bytes."""
        return self.row.bytes_in

    @property
    def messages_out(self) -> int:
        """Writes handed to the transport."""
        return self.row.messages_out

    @property
    def bytes_out(self) -> int:
        """Their payload bytes."""
        return self.row.bytes_out

    @property
    def refused(self) -> int:
        """Writes refused with an error."""
        return self.row.refused

    @property
    def queued(self) -> int:
        """Writes that wait in its outbox."""
        return self.row.queued

    @property
    def queued_bytes(self) -> int:
        """Their payload bytes."""
        return self.row.queued_bytes

    @property
    def failed(self) -> int:
        """Accepted writes that were lost."""
        return self.row.failed

    @property
    def dropped(self) -> int:
        """Accepted writes that its full outbox gave up."""
        return self.row.dropped

    @property
    def latency(self) -> float | None:
        """Seconds of the last round trip; `None` before the first pong."""
        return self.row.latency

    @property
    def opened_at(self) -> float | None:
        """UNIX seconds; `None` if it never opened."""
        return self.row.opened_at

    @property
    def last_received(self) -> float | None:
        """UNIX seconds; `None` if nothing was."""
        return self.row.last_received


def _last(counts: PerSecond | None, now: float, seconds: int) -> list[int]:
    if counts is None:
        return [0] * min(seconds, SECONDS)
    return counts.last(now, seconds)
