"""Figures per second, from the snapshots that `pool.stats()` gives."""

from collections import deque
from dataclasses import dataclass

from ssc_rx import Counts, PoolStats, SocketStats

__all__ = ["Rate", "Rates"]

WINDOW_S = 2.0


@dataclass(frozen=True, slots=True)
class Rate:
    """What flows, per second."""

    messages_in: float = 0.0
    messages_out: float = 0.0
    bytes_in: float = 0.0


class Rates:
    """Rates over the last two seconds.

    Attributes:
        now: The last snapshot.
    """

    def __init__(self, first: PoolStats) -> None:
        self.now = first
        self._snapshots: deque[PoolStats] = deque([first])

    def add(self, stats: PoolStats) -> None:
        """Take in the next snapshot."""
        self.now = stats
        self._snapshots.append(stats)
        while self._snapshots[1].time <= stats.time - WINDOW_S:
            self._snapshots.popleft()

    def pool(self) -> Rate:
        """The rates of the whole pool."""
        first = self._snapshots[0]
        return _rate(first, self.now, self.now.time - first.time)

    def socket(self, now: SocketStats) -> Rate:
        """The rates of one socket of the last snapshot; of this connection only."""
        if now.opened_at is None:
            return Rate()
        for stats in self._snapshots:
            for before in stats.sockets:
                if before.id == now.id and before.opened_at == now.opened_at:
                    return _rate(before, now, self.now.time - stats.time)
        return _rate(Counts(), now, self.now.time - now.opened_at)


def _rate(before: Counts, now: Counts, seconds: float) -> Rate:
    if seconds <= 0:
        return Rate()
    return Rate(
        messages_in=(now.messages_in - before.messages_in) / seconds,
        messages_out=(now.messages_out - before.messages_out) / seconds,
        bytes_in=(now.bytes_in - before.bytes_in) / seconds,
    )
