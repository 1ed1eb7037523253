"""How long subscribers take lately, of counters that begin when somebody attaches."""

from collections.abc import Sequence

from ssc_rx.monitor import wire

__all__ = ["Subscribers"]

KEPT = 0.8
"""Of what is known, when there is news."""


class Subscribers:
    """Means of the emissions that were timed lately."""

    def __init__(self) -> None:
        self._last: dict[int, wire.SubscriberRow] = {}
        self._lately: dict[int, tuple[float, float]] = {}

    def take(self, rows: Sequence[wire.SubscriberRow]) -> Sequence[wire.SubscriberRow]:
        """Learn what was told; gives it back."""
        lately: dict[int, tuple[float, float]] = {}
        for row in rows:
            emissions, seconds = self._lately.get(row.number, (0.0, 0.0))
            before = self._last.get(row.number)
            more, took = row.emissions, row.seconds
            if before is not None:
                more, took = more - before.emissions, took - before.seconds
            if more > 0:
                emissions = emissions * KEPT + more
                seconds = seconds * KEPT + took
            lately[row.number] = emissions, seconds
        self._lately = lately
        self._last = {row.number: row for row in rows}
        return rows

    def mean_s(self, number: int) -> float:
        """Seconds that a subscriber takes for a message, lately."""
        emissions, seconds = self._lately.get(number, (0.0, 0.0))
        return seconds / emissions if emissions else 0.0
