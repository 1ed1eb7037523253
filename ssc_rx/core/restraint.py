"""Not to say too much at once, and to say how much was not said."""

__all__ = ["Restraint"]


class Restraint:
    """Lets `most` things through in a window of `seconds`; times are seconds.

    Args:
        most: How many.
        seconds: How long a window is, from the first thing in it.
    """

    __slots__ = ("_ends_at", "_held_back", "_left", "_most", "_seconds")

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._ends_at = float("-inf")
        self._left = 0
        self._held_back = 0

    def passes(self, now: float) -> int | None:
        """How many were held back before this one; `None` if this one is, too."""
        if now >= self._ends_at:
            self._ends_at = now + self._seconds
            self._left = self._most
        if not self._left:
            self._held_back += 1
            return None
        self._left -= 1
        held_back, self._held_back = self._held_back, 0
        return held_back
