"""Notices when the event loop is held up: by a subscriber that blocks, or anything else."""

import math
from collections.abc import Callable

from ssc_rx.driver import Driver
from ssc_rx.logs import about, logger_of

__all__ = ["LAG_S", "LagWatch"]

logger = logger_of(__name__)

LAG_S = 0.25
"""A deadline that is met later than this is told of."""
INTERVAL_S = 0.5
"""From one look to the next: of a longer hold-up the part after a look is noticed."""


class LagWatch:
    """Looks at the time every half second; implements `ports.Driven`.

    Args:
        driver: The pool's.
        lagged: Told for how many seconds the loop was held up.
    """

    def __init__(self, driver: Driver, lagged: Callable[[float], None]) -> None:
        self._driver = driver
        self._lagged = lagged
        self._expected = math.inf
        self.due = math.inf

    def begin(self) -> None:
        """Look from now on."""
        self._expected = self._driver.now() + INTERVAL_S
        self._driver.schedule(self, self._expected)

    # ports.Driven

    def on_due(self, now: float) -> None:
        late = now - self._expected
        self.begin()
        if late > LAG_S:
            self._lagged(late)

    def flush(self) -> None:
        """Nothing: it sends nothing."""

    def broke(self, error: Exception) -> None:
        extra = about(self._driver.pool)
        logger.error("the watch of the event loop failed", exc_info=error, extra=extra)
