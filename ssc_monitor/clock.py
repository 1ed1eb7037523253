"""The viewer's clock: how long ago something was, and what time it is on the wall."""

import time
from collections.abc import Callable
from datetime import datetime, tzinfo

__all__ = ["Clock", "time_for"]


class Clock:
    """What the app reads time from; tests give one that stands still.

    Args:
        zone: Of the times shown; `None` for the system's.
    """

    def __init__(self, zone: tzinfo | None = None) -> None:
        self._zone = zone
        self._second = -1
        self._text = ""

    def now(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def wall(self, unix_s: float) -> str:
        """UNIX seconds as "12:00:01.123"; dashes for what is no time."""
        try:
            second = int(unix_s)
            if second != self._second:
                moment = datetime.fromtimestamp(second, self._zone)
                self._text = moment.strftime("%H:%M:%S")
                self._second = second
        except (ValueError, OverflowError, OSError):
            return "--:--:--.---"
        return f"{self._text}.{int(unix_s % 1 * 1000):03}"


def time_for(seconds: float) -> Callable[[], bool]:
    """Tells whether so much time has not passed yet."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() < end
