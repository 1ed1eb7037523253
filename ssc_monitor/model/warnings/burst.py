"""`Burst`: what counters grew by lately."""

import math
from collections.abc import Mapping

__all__ = ["Burst"]

NOTHING: Mapping[str, int] = {}


class Burst:
    """How much counters have grown since they last stood still for a while.

    Args:
        rest_s: Seconds without growth after which it is over.
        base: What was counted before anybody looked.
    """

    __slots__ = ("_at", "_base", "_last", "_rest_s")

    def __init__(self, rest_s: float, base: Mapping[str, int] = NOTHING) -> None:
        self._rest_s = rest_s
        self._base: Mapping[str, int] = base
        self._last: Mapping[str, int] = base
        self._at = -math.inf

    def of(self, counts: Mapping[str, int], now: float) -> Mapping[str, int]:
        """By how much each has grown; empty when that is over."""
        self._at = min(self._at, now)  # the clock may have been set back
        over = now - self._at > self._rest_s
        if counts != self._last:
            if over:
                self._base = self._last
            self._last, self._at, over = counts, now, False
        if over:
            return {}
        base = self._base
        grown = {name: n - base.get(name, 0) for name, n in counts.items()}
        return {name: n for name, n in grown.items() if n > 0}
