"""One socket of the watched pool: its last counters, and how fast they grow."""

import math

from ssc_monitor.model.rates import SECONDS, TAU_S, PerSecond, Reading
from ssc_monitor.model.visible import visible
from ssc_rx.monitor import wire

__all__ = ["CLOSED", "Clock", "SocketView"]

CLOSED = "closed"
"""The state of a socket that left the pool."""

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
        gone: Whether it left the pool.
        gone_at: UNIX seconds of the reading in which it was gone.
    """

    __slots__ = (
        "_at",
        "_bytes",
        "_clock",
        "_in",
        "_out",
        "_row",
        "_spark",
        "gone",
        "gone_at",
        "id",
        "kind",
        "number",
        "raw_id",
    )

    def __init__(self, head: wire.SocketHead, clock: Clock | None = None) -> None:
        self._clock = clock or Clock()
        self.number = head.number
        self.id = visible(head.id)
        self.raw_id = head.id
        self.kind = visible(head.kind, 16)
        self.gone = False
        self.gone_at = 0.0
        self._row = _NEW
        self._spark: PerSecond | None = None
        self._at = 0.0
        self._in = self._out = self._bytes = 0.0

    def begin(self, row: wire.SocketRow) -> None:
        """Take counters over as they are: nobody saw them grow."""
        self._row = row

    def update(self, row: wire.SocketRow, reading: Reading) -> None:
        """Take over counters that grew in the time of `reading`."""
        old = self._row
        self._row = row
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
        if came or went:
            if self._spark is None:
                self._spark = PerSecond()
            self._spark.add(came + went, reading)

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
        if self._spark is None:
            return [0] * min(seconds, SECONDS)
        return self._spark.last(now, seconds)

    def _left(self, now: float) -> float:
        return math.exp(min(0.0, self._at - now) / TAU_S) / self._clock.known

    @property
    def state(self) -> str:
        """ "opening", "open", "closing" or "closed"."""
        return CLOSED if self.gone else visible(self._row.state, 16)

    @property
    def generation(self) -> int:
        """How many connections it has had."""
        return self._row.generation

    @property
    def messages_in(self) -> int:
        """Messages received."""
        return self._row.messages_in

    @property
    def bytes_in(self) -> int:
        """Their payload bytes."""
        return self._row.bytes_in

    @property
    def messages_out(self) -> int:
        """Writes handed to the transport."""
        return self._row.messages_out

    @property
    def bytes_out(self) -> int:
        """Their payload bytes."""
        return self._row.bytes_out

    @property
    def refused(self) -> int:
        """Writes refused with an error."""
        return self._row.refused

    @property
    def queued(self) -> int:
        """Writes that wait in its outbox."""
        return self._row.queued

    @property
    def queued_bytes(self) -> int:
        """Their payload bytes."""
        return self._row.queued_bytes

    @property
    def failed(self) -> int:
        """Accepted writes that were lost."""
        return self._row.failed

    @property
    def dropped(self) -> int:
        """Accepted writes that its full outbox gave up."""
        return self._row.dropped

    @property
    def latency(self) -> float | None:
        """Seconds of the last round trip; `None` before the first pong."""
        return self._row.latency

    @property
    def opened_at(self) -> float | None:
        """UNIX seconds; `None` if it never opened."""
        return self._row.opened_at

    @property
    def last_received(self) -> float | None:
        """UNIX seconds; `None` if nothing was."""
        return self._row.last_received
