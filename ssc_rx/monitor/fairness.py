"""A rate divided among flows: max-min fair, with a reserve for those that were quiet.

Each flow has a token bucket. At every tick all are filled by the same share: what is left
of the rate when those who want less than an equal part have had what they want, divided
by the others ("water filling": Bertsekas and Gallager, Data Networks, 2nd edition, section
6.5.2). Pure: told of ticks, asks no clock.
"""

import math
from collections import Counter

__all__ = ["FairRate", "Flow"]

QUIET_TICKS = 2
"""After so many ticks without a message a flow is quiet."""


class Flow:
    """What is known of one of those who share a rate."""

    __slots__ = ("asleep_until", "granted", "limited", "tick", "tokens")

    def __init__(self) -> None:
        self.tokens = math.inf  # a newcomer's bucket is full
        self.tick = -QUIET_TICKS
        self.asleep_until = -QUIET_TICKS
        self.granted = 0  # in its last tick
        self.limited = False  # it wanted more in its last tick


class FairRate:
    """Grants so much in a tick, on average.

    Args:
        per_tick: How much, 1 or more.
    """

    def __init__(self, per_tick: float) -> None:
        self._per_tick = per_tick
        self._tick = 0
        self._share = self._full = per_tick
        self._left = self._reserve = per_tick
        self._talking = 0
        self._limited = 0
        self._granted_to_others = 0
        self._asleep = 0
        self._wake: Counter[int] = Counter()

    def grant(self, flow: Flow) -> bool:
        """Whether the flow may have one now."""
        was_quiet = flow.tick != self._tick and self._begin(flow)
        if flow.tokens >= 1 and self._left > 0:
            flow.tokens -= 1
            self._left -= 1
            flow.granted += 1
            if not flow.limited:
                self._granted_to_others += 1
            return True
        self._limit(flow)
        if was_quiet and self._reserve > 0:
            self._reserve -= 1
            return True
        return False

    def sleep(self, flow: Flow) -> int:
        """The flow will not ask again before this many ticks, when it may have one."""
        ticks = max(1, math.ceil((1 - flow.tokens) / self._share))
        self._limit(flow)
        self._limited -= 1
        self._asleep += 1
        flow.asleep_until = self._tick + ticks
        self._wake[flow.asleep_until] += 1
        return ticks

    def tick(self) -> None:
        """A new period begins; what one leaves is the next one's, up to twice the rate."""
        limited = self._limited + self._asleep
        if limited:
            rest = (self._per_tick - self._granted_to_others) / limited
            equal = self._per_tick / (self._talking + self._asleep)
            self._share = max(rest, equal)
        else:
            self._share = self._per_tick
        self._full = 1 + self._share  # so that a fraction is not lost
        self._left = min(2 * self._per_tick, self._left + self._per_tick)
        self._reserve = self._per_tick
        self._talking = self._limited = self._granted_to_others = 0
        self._tick += 1
        self._asleep -= self._wake.pop(self._tick, 0)

    def _begin(self, flow: Flow) -> bool:
        """Its first message in this tick; tells whether it was quiet before."""
        self._talking += 1
        passed = self._tick - flow.tick
        flow.tokens = min(self._full, flow.tokens + passed * self._share)
        was_quiet = self._tick - max(flow.tick, flow.asleep_until) >= QUIET_TICKS
        flow.tick = self._tick
        flow.granted = 0
        flow.limited = False
        return was_quiet

    def _limit(self, flow: Flow) -> None:
        if not flow.limited:
            flow.limited = True
            self._limited += 1
            self._granted_to_others -= flow.granted
