"""How numbers are spread: percentiles, and how many there are of each magnitude. Pure."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Spread", "magnitudes", "spread_of"]


@dataclass(frozen=True, slots=True)
class Spread:
    """Some numbers, in order.

    Attributes:
        of: How many they are.
        p50, p90, p99: So many per cent of them are no larger than this; each is one of
            them (the nearest rank), so that nothing is made up.
        max: The largest.
    """

    of: int
    p50: float
    p90: float
    p99: float
    max: float


def spread_of(numbers: Sequence[float]) -> Spread | None:
    """How they are spread; `None` if there are none."""
    if not numbers:
        return None
    ordered = sorted(numbers)

    def rank(part: float) -> float:
        return ordered[max(0, math.ceil(part * len(ordered)) - 1)]

    return Spread(len(ordered), rank(0.5), rank(0.9), rank(0.99), ordered[-1])


def magnitudes(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Powers of 2, and how many numbers are up to each and above the one before it.

    From the lowest to the highest that there is any of; those between are there too.
    """
    counts: dict[int, int] = {}
    for number in numbers:
        power = max(0, number - 1).bit_length()
        counts[power] = counts.get(power, 0) + 1
    if not counts:
        return []
    return [
        (1 << power, counts.get(power, 0))
        for power in range(min(counts), max(counts) + 1)
    ]
