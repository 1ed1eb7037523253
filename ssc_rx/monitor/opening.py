"""Whether a pool has a monitor: its option says so, or the environment."""

import os
from typing import TYPE_CHECKING, cast, get_args

from ssc_rx.driver import Driver
from ssc_rx.logs import about, logger_of
from ssc_rx.monitor.wire import Level
from ssc_rx.options import Options
from ssc_rx.ports import Watched

if TYPE_CHECKING:
    from ssc_rx.monitor.server import Monitor

__all__ = ["monitor_for"]

logger = logger_of(__name__)

VARIABLE = "SSC_MONITOR"


def monitor_for(watched: Watched, driver: Driver, options: Options) -> "Monitor | None":
    """A monitor that is to be opened; `None` if the pool shall have none."""
    wanted = options.monitor or os.environ.get(VARIABLE) or "off"
    if wanted == "off":
        return None
    if wanted not in get_args(Level):
        logger.warning(
            "%s is %r, which is no level of a monitor: it stays off; use %s",
            VARIABLE,
            wanted,
            " or ".join(get_args(Level)),
            extra=about(watched.name),
        )
        return None
    # Imports a WebSocket server, which a pool without a monitor need not pay for.
    from ssc_rx.monitor.server import Monitor

    return Monitor(
        watched,
        driver,
        cast("Level", wanted),
        options.redact,
        required=options.monitor is not None,
    )
