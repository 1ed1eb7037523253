"""Whether a pool has a monitor: its option says so, or the environment."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from ssc_rx.driver import Driver
from ssc_rx.events import Event
from ssc_rx.logs import about, logger_of
from ssc_rx.options import Options
from ssc_rx.ports import Controlled, Watched

if TYPE_CHECKING:
    from ssc_rx.monitor.server import Monitor
    from ssc_rx.monitor.wire import Level

__all__ = ["monitor_for"]

logger = logger_of(__name__)

VARIABLE = "SSC_MONITOR"
BY_ENVIRONMENT = ("stats", "traffic")
"""That somebody may act on a pool is for its program to say."""


def monitor_for(
    watched: Watched,
    controlled: Controlled,
    driver: Driver,
    options: Options,
    tell: Callable[[Event], None],
) -> "Monitor | None":
    """A monitor that is to be opened; `None` if the pool shall have none.

    Args:
        watched: What it shows.
        controlled: What it acts on, at the level "control".
        driver: The pool's.
        options: The pool's.
        tell: Takes what happened.
    """
    wanted = options.monitor or os.environ.get(VARIABLE) or "off"
    if wanted == "off":
        return None
    if options.monitor is None and wanted not in BY_ENVIRONMENT:
        what = "is no level of a monitor"
        if wanted == "control":
            what = 'only the program may say, by Pool(monitor="control")'
        logger.warning(
            "%s is %r, which %s: it stays off; use %s",
            VARIABLE,
            wanted,
            what,
            " or ".join(BY_ENVIRONMENT),
            extra=about(watched.name),
        )
        return None
    # Imports a WebSocket server, which a pool without a monitor need not pay for.
    from ssc_rx.monitor.server import Monitor

    return Monitor(
        watched,
        controlled,
        driver,
        cast("Level", wanted),
        options.redact,
        tell=tell,
        required=options.monitor is not None,
    )
