"""How long pings took to be answered, as a histogram."""

from bisect import bisect_left

import msgspec

__all__ = ["BOUNDS_S", "RoundTrips"]

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Upper bounds of the buckets, in seconds; one more bucket takes what is above."""


class RoundTrips(msgspec.Struct, frozen=True):
    """The round trips of pings so far.

    One value, so that another thread never sees half of a change.

    Attributes:
        buckets: How many there were up to each of `BOUNDS_S` and above the one before
            it; the last number is of those above all.
        total_s: Their sum, in seconds.
    """

    buckets: tuple[int, ...] = (0,) * (len(BOUNDS_S) + 1)
    total_s: float = 0.0

    @property
    def count(self) -> int:
        """How many there were."""
        return sum(self.buckets)

    def and_one_of(self, seconds: float) -> "RoundTrips":
        """These, and one more."""
        buckets = list(self.buckets)
        buckets[bisect_left(BOUNDS_S, seconds)] += 1
        return RoundTrips(tuple(buckets), self.total_s + seconds)
