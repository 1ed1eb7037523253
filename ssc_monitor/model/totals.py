"""How fast the counters of the whole pool grow."""

from ssc_monitor.model.rates import SECONDS, PerSecond, Reading
from ssc_rx.monitor import wire

__all__ = ["Totals"]


class Totals:
    """Rates of the pool and of the samples, as of the last reading.

    A smoothed rate begins at 0; divided by what there has been time to learn of it, it is
    right from the first reading on.

    Attributes:
        pool: How much of the pool's rates is known, from 0 to 1.
    """

    __slots__ = (
        "_bytes_in",
        "_bytes_out",
        "_in",
        "_matched",
        "_out",
        "_sampled",
        "_samples",
        "_spark_in",
        "pool",
    )

    def __init__(self) -> None:
        self._in = self._out = self._bytes_in = self._bytes_out = 0.0
        self._matched = self._sampled = 0.0
        self.pool = self._samples = 0.0
        self._spark_in = PerSecond()

    def update(self, old: wire.PoolRow, new: wire.PoolRow, reading: Reading) -> None:
        """The pool's counters grew from `old` to `new`."""
        came = max(0, new.messages_in - old.messages_in)
        self._in = reading.next_rate(self._in, came)
        self._out = reading.next_rate(self._out, new.messages_out - old.messages_out)
        self._bytes_in = reading.next_rate(self._bytes_in, new.bytes_in - old.bytes_in)
        self._bytes_out = reading.next_rate(
            self._bytes_out, new.bytes_out - old.bytes_out
        )
        self.pool = _learnt(self.pool, reading)
        self._spark_in.add(came, reading)

    def update_samples(self, matched: int, sampled: int, reading: Reading) -> None:
        """So many messages matched and came since the last reading."""
        self._matched = reading.next_rate(self._matched, matched)
        self._sampled = reading.next_rate(self._sampled, sampled)
        self._samples = _learnt(self._samples, reading)

    def restart_samples(self) -> None:
        """From now on other messages are asked for."""
        self._matched = self._sampled = self._samples = 0.0

    @property
    def in_per_s(self) -> float:
        """Messages received per second."""
        return _corrected(self._in, self.pool)

    @property
    def out_per_s(self) -> float:
        """Messages written per second."""
        return _corrected(self._out, self.pool)

    @property
    def bytes_in_per_s(self) -> float:
        """Payload bytes received per second."""
        return _corrected(self._bytes_in, self.pool)

    @property
    def bytes_out_per_s(self) -> float:
        """Payload bytes written per second."""
        return _corrected(self._bytes_out, self.pool)

    @property
    def matched_per_s(self) -> float:
        """Messages per second that the selection wanted."""
        return _corrected(self._matched, self._samples)

    @property
    def sampled_per_s(self) -> float:
        """Those of them that came here."""
        return _corrected(self._sampled, self._samples)

    def spark_in(self, now: float, seconds: int = SECONDS) -> list[int]:
        """Messages received in each of the last seconds, oldest first."""
        return self._spark_in.last(now, seconds)


def _learnt(known: float, reading: Reading) -> float:
    """How much of a rate is known after a reading more."""
    return known * reading.decay + (1.0 - reading.decay)


def _corrected(rate: float, known: float) -> float:
    return rate / known if known else 0.0
