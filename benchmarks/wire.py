"""The bytes of the benchmark: one text, its frame, and both halves of a handshake.

The load speaks WebSocket by hand: everything is ready-made, so that it costs its
process next to nothing and the measured process is the slow one.
"""

import base64
import hashlib
import re

__all__ = [
    "CLIENT_REQUEST",
    "END_OF_HEADERS",
    "FRAME",
    "FRAME_BYTES",
    "TEXT",
    "TEXT_BYTES",
    "server_response",
]

TEXT_BYTES = 128
"""Payload bytes of every message."""
TEXT = "{" + "x" * (TEXT_BYTES - 2) + "}"
FRAME = b"\x81\x7e" + TEXT_BYTES.to_bytes(2, "big") + TEXT.encode()
"""TEXT as a server sends it: whole and unmasked (RFC 6455 section 5.2)."""
FRAME_BYTES = len(FRAME)

END_OF_HEADERS = b"\r\n\r\n"
CLIENT_REQUEST = (
    b"GET /load HTTP/1.1\r\n"
    b"Host: 127.0.0.1\r\n"
    b"Upgrade: websocket\r\n"
    b"Connection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Version: 13\r\n\r\n"
)

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455 section 1.3
_KEY = re.compile(rb"sec-websocket-key:\s*(\S+)", re.IGNORECASE)


def server_response(request: bytes) -> bytes:
    """The answer that opens the connection (RFC 6455 section 4.2.2).

    Raises:
        ValueError: If the request has no key.
    """
    found = _KEY.search(request)
    if found is None:
        raise ValueError("an opening request without Sec-WebSocket-Key")
    accept = base64.b64encode(hashlib.sha1(found[1] + _GUID).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + END_OF_HEADERS
    )
