"""How fast absolute counters grow, smoothed, and second by second.

Whoever isn't in a reading didn't change in it: a rate is brought up to date only when it
is added to or looked at, so a frame costs what it holds and not what there is.
"""

import math

__all__ = ["SECONDS", "TAU_S", "PerSecond", "Reading"]

TAU_S = 2.0
"""Time constant of all rates: after so long without news, 37 % of a rate are left."""

SECONDS = 60
"""How many seconds a history holds."""

_LATEST = 1e11  # the year 5138: what is beyond is no time
_UNIT = 1000  # parts of a difference are whole numbers of these


class Reading:
    """The time between two readings of the counters, the same for all in a frame.

    Args:
        start: UNIX seconds of the last reading.
        end: UNIX seconds of this one.
        usual: Seconds to assume when the clock was set back in between.

    Attributes:
        decay: What is left of a rate at `start` at `end`.
        gain: What one more in between adds to a rate at `end`.
        parts: The seconds it touched, each with the share of it up to there, of 1,000.
    """

    __slots__ = ("decay", "end", "gain", "parts", "start")

    def __init__(self, start: float, end: float, usual: float = 0.25) -> None:
        end = min(max(end, 0.0), _LATEST)
        if not 0.0 <= start < end:
            start = end - usual
        self.start = start
        self.end = end
        took = end - start
        self.decay = math.exp(-took / TAU_S)
        self.gain = -math.expm1(-took / TAU_S) / took
        last = math.floor(end)
        first = max(math.floor(start), last - SECONDS + 1)
        self.parts = [
            (second, int((second + 1 - start) / took * _UNIT))
            for second in range(first, last)
        ]
        self.parts.append((last, _UNIT))

    def decay_from(self, time: float) -> float:
        """What is left at `end` of a rate that was true at `time`."""
        if time == self.start:
            return self.decay
        return math.exp(min(0.0, time - self.end) / TAU_S)

    def next_rate(self, rate: float, n: int) -> float:
        """A rate at `end` that was `rate` at `start`, with `n` more in between."""
        return rate * self.decay + max(0, n) * self.gain


class PerSecond:
    """How many of something there were in each of the last 60 seconds."""

    __slots__ = ("_counts", "_second")

    def __init__(self) -> None:
        self._counts = [0] * SECONDS
        self._second = 0

    def add(self, n: int, reading: Reading) -> None:
        """Spread `n` evenly over the time of a reading."""
        before = 0
        for second, share in reading.parts:
            if second != self._second:
                self._advance(second)
            there = n * share // _UNIT
            self._counts[second % SECONDS] += there - before
            before = there

    def last(self, now: float, seconds: int = SECONDS) -> list[int]:
        """The counts up to the second of `now`, oldest first."""
        end = math.floor(now)
        seconds = min(seconds, SECONDS)
        known = range(self._second - SECONDS + 1, self._second + 1)
        return [
            self._counts[second % SECONDS] if second in known else 0
            for second in range(end - seconds + 1, end + 1)
        ]

    def _advance(self, second: int) -> None:
        gap = second - self._second
        if 0 < gap < SECONDS:
            for passed in range(self._second + 1, second + 1):
                self._counts[passed % SECONDS] = 0
        else:  # long ago, or the clock was set back
            self._counts = [0] * SECONDS
        self._second = second
