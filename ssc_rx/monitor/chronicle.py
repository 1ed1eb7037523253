"""The last events of a pool, numbered, as the wire tells them."""

from collections import deque

from reactivex import abc

from ssc_rx.events import Event
from ssc_rx.monitor import wire
from ssc_rx.monitor.redaction import redacted_facts
from ssc_rx.monitor.roll import Roll
from ssc_rx.ports import Watched

__all__ = ["Chronicle"]

KEPT = 1024
PER_FRAME = 256
"""Events that go into one frame; the first frame begins with as many old ones."""


class Chronicle:
    """Remembers events whether anybody watches or not, in bounded memory."""

    def __init__(self, watched: Watched, roll: Roll) -> None:
        self._roll = roll
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._last = 0
        self._subscription: abc.DisposableBase = watched.events.subscribe(self._add)

    @property
    def start(self) -> int:
        """Where somebody who comes now begins to read."""
        return max(1, self._last - PER_FRAME + 1)

    def since(self, sequence: int) -> wire.Events | None:
        """The events from `sequence` on, at most a frame of them; `None` if none."""
        if sequence > self._last:
            return None
        first = self._last - len(self._events) + 1
        begin = max(sequence, first)
        end = min(begin + PER_FRAME, self._last + 1)
        return wire.Events(
            events=tuple(
                self._told(n, self._events[n - first]) for n in range(begin, end)
            ),
            missed=begin - sequence,
        )

    def close(self) -> None:
        """Listen no more."""
        self._subscription.dispose()

    def _add(self, event: Event) -> None:
        self._last += 1
        self._events.append(event)

    def _told(self, sequence: int, event: Event) -> wire.Event:
        return wire.Event(
            sequence=sequence,
            time=event.time,
            name=type(event).__name__,
            id=self._roll.name(event.id),
            facts=redacted_facts(event),
        )
