"""What a viewer is told of one socket when it asks."""

from ssc_rx.monitor.redaction import redacted_headers, redacted_text, redacted_url
from ssc_rx.monitor.wire import Details
from ssc_rx.ports import WatchedSocket
from ssc_rx.wording import address_text

__all__ = ["details_of"]

MAX_TAGS = 32


def details_of(number: int, socket: WatchedSocket) -> Details:
    """Its handshake and where its peer is, without secrets."""
    request = socket.request
    headers = getattr(request, "headers", None)
    raw = getattr(headers, "raw_items", None)
    return Details(
        number=number,
        url=redacted_url(socket.url) if socket.url else "",
        remote_address=redacted_text(address_text(socket.remote_address)),
        subprotocol=redacted_text(socket.subprotocol or ""),
        path=redacted_text(redacted_url(getattr(request, "path", "") or "")),
        headers=redacted_headers(raw()) if raw is not None else (),
        tags=tuple(sorted(redacted_text(str(tag)) for tag in socket.tags)[:MAX_TAGS]),
    )
