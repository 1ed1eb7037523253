"""How a connection ended: from websockets' Sans-I/O protocol to our terms."""

from typing import Any

from websockets.exceptions import PayloadTooBig
from websockets.frames import Close
from websockets.protocol import Protocol

from ssc_rx.errors import LinkLostError, PeerProtocolError
from ssc_rx.events import CloseInfo

__all__ = ["close_info", "lost_error", "peer_error"]


def close_info(protocol: Protocol, error: Exception | None) -> CloseInfo:
    """How a connection ended, of which `protocol` saw the Close frames."""
    received, sent = protocol.close_rcvd, protocol.close_sent
    if received is not None and protocol.close_rcvd_then_sent:
        return _info(received, "peer", clean=error is None, error=error)
    if sent is not None:
        clean = received is not None and error is None
        return _info(sent, "us", clean=clean, error=error)
    if received is not None:
        return _info(received, "peer", clean=False, error=error)
    lost = error or LinkLostError("the connection ended without a Close frame")
    return CloseInfo(1006, "", "lost", False, lost)


def _info(close: Close, by: Any, *, clean: bool, error: Exception | None) -> CloseInfo:
    return CloseInfo(int(close.code), close.reason, by, clean, error)


def lost_error(exc: Exception) -> LinkLostError:
    """What the operating system says of a connection that broke, as an error of ours."""
    error = LinkLostError(f"the connection was lost: {exc}")
    error.__cause__ = exc
    return error


def peer_error(exc: Exception, protocol: Protocol) -> Exception:
    """What made the parser stop, as an error of ours."""
    error: Exception
    if isinstance(exc, EOFError):
        error = LinkLostError("the peer ended the connection without a Close frame")
    elif isinstance(exc, PayloadTooBig):
        error = PeerProtocolError(
            f"the peer sent a message over max_message_size={protocol.max_message_size}"
        )
    else:
        error = PeerProtocolError(f"the peer broke the protocol: {exc}")
    error.__cause__ = exc
    return error
