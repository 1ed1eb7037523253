"""Which pages of the web may connect (RFC 6455 section 10.2, RFC 6454)."""

from collections.abc import Sequence
from urllib.parse import urlsplit

__all__ = ["origin_allowed"]

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def origin_allowed(
    origin: str | None, host: str | None, allowed: Sequence[str] | None
) -> bool:
    """Tell whether a handshake with this `Origin` may go on.

    Args:
        origin: The `Origin` header; `None` when the peer is no browser.
        host: The `Host` header.
        allowed: The origins let in; `None` for the server's own host only; "*" for all.
    """
    if origin is None or allowed == "*":
        return True
    if allowed is not None:
        return origin.lower() in (entry.lower() for entry in allowed)
    if host is None:
        return False
    try:
        page = urlsplit(origin)
        server = urlsplit(f"//{host}")
        default = _DEFAULT_PORTS.get(page.scheme)
        page_place = (page.hostname, page.port or default)
        server_place = (server.hostname, server.port or default)
    except ValueError:
        return False
    return page.hostname is not None and page_place == server_place
