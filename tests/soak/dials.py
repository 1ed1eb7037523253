"""What the steps of many dials say: how many were in flight, and how they spread."""

import math

from tests.soak.words import Dialled

__all__ = ["Dials"]

BINS = 10
MOST_DEVIATIONS = 6
"""By how many standard deviations a tenth of the time of first retries may have more
than its share: by chance never."""
CLOCK_S = 0.01
"""What timers may be early by: event loops round to milliseconds."""
FIRST_DELAY_S = 0.5
"""The bound of the first delay: `Reconnect.min_delay`, by default."""


class Dials:
    """The dials of a pool, from what its process tells."""

    def __init__(self) -> None:
        self.open = self.begun = self.failed = 0
        self.most_in_flight = 0
        self.faults: list[str] = []
        self._in_flight: set[str] = set()
        self._open: set[str] = set()
        self._first_delays: dict[str, float] = {}
        self._first_retries: dict[str, float] = {}
        self._lost_at: dict[str, float] = {}
        self._away = False

    def outage_begins(self) -> None:
        """The first retries are those that come from now on."""
        self._away = True

    def step(self, step: Dialled) -> None:
        """Take a step into account."""
        id = step.id
        match step.step:
            case "begun":
                self._begin(id, step.time)
            case "failed":
                self.failed += 1
                self._in_flight.discard(id)
            case "opened":
                self._in_flight.discard(id)
                self._open.add(id)
            case _:
                self._open.discard(id)
                if self._away and id not in self._lost_at:
                    self._lost_at[id] = step.time
                    self._first_delays[id] = step.delay
        self.open = len(self._open)

    def _begin(self, id: str, time: float) -> None:
        if id in self._in_flight:
            self.faults.append(f"{id}: dialled twice at once")
        self.begun += 1
        self._in_flight.add(id)
        self.most_in_flight = max(self.most_in_flight, len(self._in_flight))
        if id in self._lost_at and id not in self._first_retries:
            self._first_retries[id] = time - self._lost_at[id]

    def spread(self, sockets: int) -> tuple[str, str]:
        """How the first retries of an outage spread, and what is wrong with that."""
        bins = [0] * BINS
        for delay in self._first_delays.values():
            bins[min(BINS - 1, int(delay / FIRST_DELAY_S * BINS))] += 1
        late_s = self._first_retries
        late = sorted(late_s.values())
        shares = ", ".join(map(str, bins))
        figure = f"first retries by tenths of {FIRST_DELAY_S} s: {shares}; "
        if len(self._first_delays) < sockets or len(late) < sockets:
            return figure, f"only {len(late)} of {sockets} were dialled again"
        figure += f"half of them were made after {late[len(late) // 2]:.2f} s"
        share = sockets / BINS
        most = share + MOST_DEVIATIONS * math.sqrt(share)
        if max(bins) > most:
            return figure, f"the first retries bunch: more than {most:.0f} in a tenth"
        if max(self._first_delays.values()) > FIRST_DELAY_S:
            return figure, f"a first retry was put off for more than {FIRST_DELAY_S} s"
        if any(late_s[id] < d - CLOCK_S for id, d in self._first_delays.items()):
            return figure, "a first retry came before its time"
        return figure, ""
