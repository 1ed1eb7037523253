"""Who is let in: the Origin rule, and the answer for those who aren't."""

from typing import Any, cast

from ssc_rx.core.origin import origin_allowed
from ssc_rx.errors import (
    DuplicateIdError,
    EmptyIdError,
    OriginRefusedError,
    PoolNotRunningError,
    TooManySocketsError,
)
from ssc_rx.logs import about, logger_of
from ssc_rx.options import Options
from ssc_rx.ports import Refusal

__all__ = ["check_origin", "refusal"]

logger = logger_of(__name__)


def check_origin(request: Any, options: Options) -> None:
    """Let a handshake through that no foreign web page began.

    Raises:
        OriginRefusedError: If one did.
    """
    headers = getattr(request, "headers", None)
    if headers is not None:
        origin, host = _header(headers, "Origin"), _header(headers, "Host")
        if not origin_allowed(origin, host, options.origins):
            raise OriginRefusedError(origin, host)


def _header(headers: Any, name: str) -> str | None:
    """A header's value; of several, all of them, which is then no Origin and no Host."""
    try:
        return cast("str | None", headers.get(name))
    except LookupError:  # websockets' Headers raise: there are several
        return ", ".join(headers.get_all(name))


def refusal(error: Exception, pool: str) -> Refusal:
    """What a peer is told that isn't let in to the pool of this name."""
    match error:
        case DuplicateIdError():
            return Refusal(409, "A socket of that ID is connected.", "duplicate")
        case EmptyIdError():
            return Refusal(400, "That is no ID.", "id")
        case OriginRefusedError():
            logger.warning("%s", error, extra=about(pool))
            return Refusal(403, "This Origin may not connect.", "origin")
        case PermissionError():
            text = str(error.args[0]) if error.args else "Forbidden"
            return Refusal(403, text, "forbidden")
        case PoolNotRunningError(state="new"):
            logger.error("a peer was refused: %s", error, extra=about(pool))
            return Refusal(503, "The server isn't ready.", "full")
        case TooManySocketsError() | PoolNotRunningError():
            return Refusal(503, "No more sockets are taken.", "full")
        case _:
            extra = about(pool)
            logger.error("an opening handshake failed", exc_info=error, extra=extra)
            return Refusal(500, "The server failed; see its log.")
