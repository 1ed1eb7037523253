"""The stopwatch: how long subscribers take, measured on a few emissions now and then.

For some emissions a hub calls its subscribers through the stopwatch, then as usual again:
all others, and a pool that nobody watches, have not even a test to pass.
"""

import heapq
from collections.abc import Callable, Iterator
from itertools import islice
from time import perf_counter

from ssc_rx.message import Message
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.wire import SubscriberRow
from ssc_rx.ports import Watched
from ssc_rx.streams.hub import Hub, Subscription
from ssc_rx.streams.naming import subscriber_name

__all__ = ["Stopwatch"]

EMISSIONS = 8
"""That are timed in a row."""
HUBS_PER_PROBE = 32
"""Of named sockets, whose hubs take turns; `pool.messages` always has one."""
MAX_TIMED = 1024
"""Subscriptions whose times are kept."""
TOLD = 16
"""Of these, the slowest."""


class _Lap:
    """What is known of one subscription."""

    __slots__ = (
        "emissions",
        "id",
        "longest_s",
        "number",
        "seconds",
        "stream",
        "subscription",
    )

    def __init__(self, number: int, id: str, subscription: Subscription) -> None:
        self.number = number
        self.id = id
        self.stream = subscription.hub.name
        self.subscription = subscription
        self.emissions = 0
        self.seconds = self.longest_s = 0.0

    @property
    def mean_s(self) -> float:
        return self.seconds / self.emissions if self.emissions else 0.0

    def add(self, seconds: float) -> None:
        self.emissions += 1
        self.seconds += seconds
        self.longest_s = max(self.longest_s, seconds)

    def row(self, roll: Roll) -> SubscriberRow:
        """What it is since the last row, and since the beginning."""
        longest, self.longest_s = self.longest_s, 0.0
        return SubscriberRow(
            number=self.number,
            stream=self.stream,
            id=roll.name(self.id),
            name=subscriber_name(self.subscription.observer.on_next),
            emissions=self.emissions,
            seconds=self.seconds,
            longest=longest,
        )


class Stopwatch:
    """Times the subscribers of a pool's messages.

    Args:
        watched: The pool.
        roll: Knows its sockets' names.
        clock: Seconds.
    """

    def __init__(
        self,
        watched: Watched,
        roll: Roll,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self._watched = watched
        self._roll = roll
        self._clock = clock
        self._laps: dict[Subscription, _Lap] = {}
        self._others: Iterator[tuple[str, Hub[Message]]] = iter(())
        self._last = 0

    def probe(self) -> None:
        """Time the next emissions of some hubs."""
        self._time(*next(self._watched.message_hubs()))
        for id, hub in islice(self._others, HUBS_PER_PROBE):
            self._time(id, hub)

    def rows(self) -> tuple[SubscriberRow, ...]:
        """The slowest subscribers, by their mean."""
        if next(self._others, None) is None:  # each had its turn
            _, *others = self._watched.message_hubs()
            self._others = iter(others)
        for subscription in list(self._laps):
            if subscription not in subscription.hub.subscriptions:
                del self._laps[subscription]
        timed = (lap for lap in self._laps.values() if lap.emissions)
        slowest = heapq.nlargest(TOLD, timed, key=lambda lap: lap.mean_s)
        return tuple(lap.row(self._roll) for lap in slowest)

    def clear(self) -> None:
        """Nobody looks any more."""
        for lap in self._laps.values():
            lap.subscription.hub.run_plainly()
        self._laps.clear()
        self._others = iter(())

    def _time(self, id: str, hub: Hub[Message]) -> None:
        if not hub.observed:
            return
        left = EMISSIONS * len(hub.subscriptions)

        def timed(subscription: Subscription) -> Callable[..., object]:
            lap, run, clock = self._lap(id, subscription), subscription.run, self._clock
            if lap is None:
                return run

            def run_timed(on_next: Callable[[Message], None], value: Message) -> None:
                nonlocal left
                begun = clock()
                try:
                    run(on_next, value)
                finally:
                    lap.add(clock() - begun)
                    left -= 1
                    if left <= 0:
                        hub.run_plainly()

            return run_timed

        hub.run_by(timed)

    def _lap(self, id: str, subscription: Subscription) -> _Lap | None:
        lap = self._laps.get(subscription)
        if lap is None and len(self._laps) < MAX_TIMED:
            self._last += 1
            lap = _Lap(self._last, id, subscription)
            self._laps[subscription] = lap
        return lap
