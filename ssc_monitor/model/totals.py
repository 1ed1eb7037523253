"""How fast the counters of the whole pool grow."""

from ssc_monitor.model.rates import SECONDS, PerSecond, Reading
from ssc_rx.monitor import wire

__all__ = ["Totals"]


class Totals:
    """Rates of the pool and of the samples, as of the last reading.

    Attributes:
        in_per_s, out_per_s: Messages.
        bytes_in_per_s, bytes_out_per_s: Their payload bytes.
        matched_per_s: Messages that the selection wanted.
        sampled_per_s: Those of them that came here.
    """

    __slots__ = (
        "_spark_in",
        "bytes_in_per_s",
        "bytes_out_per_s",
        "in_per_s",
        "matched_per_s",
        "out_per_s",
        "sampled_per_s",
    )

    def __init__(self) -> None:
        self.in_per_s = self.out_per_s = 0.0
        self.bytes_in_per_s = self.bytes_out_per_s = 0.0
        self.matched_per_s = self.sampled_per_s = 0.0
        self._spark_in = PerSecond()

    def update(self, old: wire.PoolRow, new: wire.PoolRow, reading: Reading) -> None:
        """The pool's counters grew from `old` to `new`."""
        came = max(0, new.messages_in - old.messages_in)
        went = new.messages_out - old.messages_out
        self.in_per_s = reading.next_rate(self.in_per_s, came)
        self.out_per_s = reading.next_rate(self.out_per_s, went)
        self.bytes_in_per_s = reading.next_rate(
            self.bytes_in_per_s, new.bytes_in - old.bytes_in
        )
        self.bytes_out_per_s = reading.next_rate(
            self.bytes_out_per_s, new.bytes_out - old.bytes_out
        )
        self._spark_in.add(came, reading)

    def update_samples(self, matched: int, sampled: int, reading: Reading) -> None:
        """So many messages matched and came since the last reading."""
        self.matched_per_s = reading.next_rate(self.matched_per_s, matched)
        self.sampled_per_s = reading.next_rate(self.sampled_per_s, sampled)

    def spark_in(self, now: float, seconds: int = SECONDS) -> list[int]:
        """Messages received in each of the last seconds, oldest first."""
        return self._spark_in.last(now, seconds)
