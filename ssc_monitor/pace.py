"""`Pace`: how often the screen is painted, from how long painting takes. Pure."""

__all__ = ["Pace"]

SLOW_S = 0.05
"""A paint that takes longer than this is too much."""

LATE_S = 0.1
"""So is a tick that comes this much too late: the terminal holds the loop up."""

SLOWEST_FPS = 2.0
GOOD_TICKS = 20
"""So many good paints in a row, and it is tried twice as fast again."""


class Pace:
    """Halves the rate when painting is too slow, and recovers.

    Args:
        fps: Paints a second when all is well; also how often `tick` is called.
    """

    def __init__(self, fps: float) -> None:
        self._most = self._fps = float(fps)
        self._credit = 1.0
        self._good = 0

    @property
    def fps(self) -> float:
        """Paints a second for now."""
        return self._fps

    def tick(self) -> bool:
        """Whether this tick is one to paint at."""
        self._credit += self._fps / self._most
        if self._credit < 1:
            return False
        self._credit -= int(self._credit)
        return True

    def report(self, late_s: float, paint_s: float) -> None:
        """Learn how late a tick came, and how long it took to paint."""
        if late_s > LATE_S or paint_s > SLOW_S:
            self._good = 0
            self._fps = max(min(SLOWEST_FPS, self._most), self._fps / 2)
        else:
            self._good += 1
            if self._good >= GOOD_TICKS:
                self._good = 0
                self._fps = min(self._most, self._fps * 2)
