"""`Openings`: how often sockets opened lately, from the pool's events."""

from collections import deque

from ssc_rx.monitor import wire

__all__ = ["Openings"]

WITHIN_S = 60.0
CAPACITY = 4096
MOST = 64


class Openings:
    """When sockets opened, by their IDs: another socket may have an ID by now."""

    def __init__(self) -> None:
        self._times: dict[str, deque[float]] = {}

    def take(self, event: wire.Event) -> None:
        """Learn from an event."""
        if event.name != "SocketOpened":
            return
        times = self._times.pop(event.id, None) or deque(maxlen=MOST)
        times.append(event.time)
        self._times[event.id] = times
        if len(self._times) > CAPACITY:
            del self._times[next(iter(self._times))]

    def of(self, raw_id: str, now: float) -> int:
        """How often a socket of this ID opened within a minute."""
        times = self._times.get(raw_id)
        if times is None:
            return 0
        while times and now - times[0] > WITHIN_S:
            times.popleft()
        if not times:
            del self._times[raw_id]
        return len(times)
