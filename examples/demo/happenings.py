"""The last events of a pool, as lines that people read."""

import time
from collections import deque
from itertools import islice

from rich.text import Text

from examples.demo.figures import plain
from ssc_rx import (
    CloseInfo,
    DialFailed,
    Event,
    PayloadInvalid,
    Pool,
    PoolStopped,
    SocketClosed,
    SocketOpened,
    SubscriberFailed,
    WriteRefused,
    WritesLost,
)

__all__ = ["Happenings"]

KEPT = 50
LONGEST = 100


class Happenings:
    """Keeps the last events of a pool."""

    def __init__(self, pool: Pool) -> None:
        self._lines: deque[Text] = deque(maxlen=KEPT)
        pool.events.subscribe(self._happened)

    def last(self, n: int) -> list[Text]:
        """The last `n` lines, the oldest first."""
        return list(islice(self._lines, max(0, len(self._lines) - n), None))

    def _happened(self, event: Event) -> None:
        told = _told(event)
        if told is None:
            return
        what, style = told
        clock = time.strftime("%H:%M:%S", time.localtime(event.time))
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{clock}  ", "dim")
        line.append(f"{plain(event.id or 'pool', 16):<16} ")
        line.append(plain(what, LONGEST), style)
        self._lines.append(line)


def _told(event: Event) -> tuple[str, str] | None:
    """What happened and the style to say it in; `None` if it goes without saying."""
    match event:
        case SocketOpened(kind="server"):
            return "open (dialled)", "green"
        case SocketOpened():
            return "open (accepted)", "green"
        case SocketClosed(info=info):
            return _ended(info), "dim" if info.by == "us" and info.clean else "yellow"
        case DialFailed(error=error):
            return f"dial failed: {error}", "red"
        case WritesLost(messages=messages, reason=reason):
            return f"{messages} queued writes lost: {reason}", "red"
        case WriteRefused(error=error):
            return f"write refused: {error}", "red"
        case SubscriberFailed(stream=stream, error=failure):
            return f"a subscriber of {stream} failed: {failure!r}", "red"
        case PayloadInvalid(error=error):
            return f"payload skipped: {error}", "red"
        case PoolStopped():
            return "stopped", "dim"
        case _:
            return None


def _ended(info: CloseInfo) -> str:
    if info.code == 1006:  # no Close frame came (RFC 6455 section 7.1.5)
        return f"connection lost (1006): {info.error}"
    by = "by us" if info.by == "us" else "by the peer"
    return f"closed {info.code} {by}" + (f": {info.reason}" if info.reason else "")
