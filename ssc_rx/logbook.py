"""What a pool writes to the log of what happens in it; see docs/observability.md."""

import logging
from typing import Any

from ssc_rx.core.restraint import Restraint
from ssc_rx.errors import DialError, SocketClosedError
from ssc_rx.events import (
    CloseInfo,
    ConsumerTooSlow,
    DialFailed,
    Event,
    MessagesDropped,
    ReconnectScheduled,
    SocketClosed,
    SocketOpened,
    WritesLost,
)
from ssc_rx.logs import about, logger_of
from ssc_rx.wording import counted, shown, without_secrets

__all__ = ["Logbook"]

logger = logger_of(__name__)

WARNINGS_AT_ONCE = 20
"""Of server sockets that drop or can't be opened, in one pool; the rest is counted."""
WINDOW_S = 10.0


class Logbook:
    """Writes the records of one pool.

    An outage of a server socket is one warning, and a reminder at its attempts 10, 100
    and so on. It lasts until a connection was up for `min_uptime`: a server that accepts
    and hangs up doesn't warn each time.

    Args:
        pool: The pool's name.
    """

    def __init__(self, pool: str) -> None:
        self._pool = pool
        self._restraint = Restraint(WARNINGS_AT_ONCE, WINDOW_S)
        self._given_up = ""

    def enter(self, event: Event) -> None:
        """Write what is to be written of an event."""
        match event:
            case SocketOpened():
                again = "" if event.gap is None else f" again, after {event.gap:.1f} s"
                self._info(event, "the %s socket %s is open%s", event.kind, again)
            case SocketClosed():
                self._closed(event)
            case DialFailed(final=True) if not isinstance(
                event.error, SocketClosedError
            ):
                self._given_up = event.id
                self._outage(
                    event,
                    "the server socket %s can't be opened, and is given up: %s%s",
                    _text(event.error),
                    error=event.error,
                )
            case ReconnectScheduled():
                self._scheduled(event)
            case WritesLost():
                lost = counted(event.messages, "write"), event.reason
                self._info(event, "%s of the socket %s lost: %s", *lost)
            case MessagesDropped():
                dropped = counted(event.messages, "write"), event.reason
                self._info(event, "%s of the socket %s dropped so far: %s", *dropped)
            case ConsumerTooSlow():
                logger.warning(
                    "a %s was ended: it held its sockets for %s s",
                    event.stream,
                    event.block_timeout,
                    extra=about(self._pool, event.id),
                )
            case _:
                pass

    def _info(self, event: Event, text: str, first: str, last: str) -> None:
        if logger.isEnabledFor(logging.INFO):
            extra = about(self._pool, event.id)
            logger.info(text, first, shown(event.id), last, extra=extra)

    def _closed(self, event: SocketClosed) -> None:
        given_up, self._given_up = self._given_up, ""
        if event.kind == "client" or event.info.expected or given_up == event.id:
            how = _how(event.info)
            self._info(event, "the %s socket %s is closed: %s", event.kind, how)
            return
        self._outage(
            event,
            "the server socket %s is gone for good, and not dialled again: %s%s",
            _how(event.info),
        )

    def _scheduled(self, event: ReconnectScheduled) -> None:
        what, why = "can't be opened", _text(event.error)
        if event.info is not None:
            what, why = "dropped", _how(event.info)
        self._outage(
            event,
            f"the server socket %s {what}: %s; attempt %s to open it again in %.1f s%s",
            why,
            event.attempt,
            event.delay,
            error=event.error,
            warn=_is_power_of_ten(event.attempt),
        )

    def _outage(
        self,
        event: Event,
        text: str,
        *args: Any,
        error: Exception | None = None,
        warn: bool = True,
    ) -> None:
        """A warning; one of many, or a repeated one, is for DEBUG."""
        held_back = self._restraint.passes(event.time) if warn else None
        level = logging.DEBUG if held_back is None else logging.WARNING
        if logger.isEnabledFor(level):
            more = f" ({held_back} more such warnings before)" if held_back else ""
            logger.log(
                level,
                text,
                shown(event.id),
                *args,
                more,
                exc_info=_fault_of_the_user(error),
                extra=about(self._pool, event.id),
            )

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int
    ) -> None:
        """A subscriber, or a function of the user's, raised."""
        logger.error(
            "a subscriber of %s failed (failure %s of it)%s",
            stream,
            failures,
            f" at what came of {shown(id)}" if id else "",
            exc_info=error,
            extra=about(self._pool, id),
        )

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        """An Observable that fed a Subject failed."""
        extra = about(self._pool, id)
        logger.error("a source of %s failed", stream, exc_info=error, extra=extra)

    def lagged(self, lag: float) -> None:
        """The event loop was held up."""
        logger.warning(
            "the event loop was held up for %.2f s: something blocks on it; await it "
            "in a consumer of pool.stream(), or run it in a thread",
            lag,
            extra=about(self._pool),
        )

    def event_dropped(self, event: Event, error: Exception) -> None:
        """Observers of events make too many of them."""
        logger.error(
            "an event (%s) of %s was dropped",
            type(event).__name__,
            shown(event.id),
            exc_info=error,
            extra=about(self._pool, event.id),
        )


def _how(info: CloseInfo) -> str:
    by = {"us": "by us", "peer": "by the peer", "lost": "lost"}[info.by]
    reason = f" {shown(info.reason)}" if info.reason else ""
    error = f" ({_text(info.error)})" if info.error is not None else ""
    return f"{info.code}{reason}, {by}{error}"


def _text(error: Exception | None) -> str:
    return without_secrets(str(error))


def _fault_of_the_user(error: Exception | None) -> BaseException | None:
    """What his function raised, if that was why."""
    if isinstance(error, DialError) and error.kind in ("function", "on_open"):
        return error.__cause__
    return None


def _is_power_of_ten(n: int) -> bool:
    return str(n).rstrip("0") == "1"
