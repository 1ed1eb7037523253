"""The bytes of the benchmark: a payload, its frame, and both halves of a handshake.

The load speaks WebSocket by hand: everything is ready-made, so that it costs its
process next to nothing and the measured process is the slow one.
"""

import base64
import hashlib
import re

from benchmarks.job import Job

__all__ = [
    "CLIENT_REQUEST",
    "END_OF_HEADERS",
    "extensions_in",
    "frame",
    "masked_frame",
    "payload",
    "server_response",
]

TEXT = "{" + "x" * 126 + "}"

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
_EXTENSIONS = re.compile(rb"sec-websocket-extensions:\s*([^\r\n]+)", re.IGNORECASE)


def payload(size_bytes: int) -> bytes:
    """What every message holds; printable, so that it may be TEXT."""
    return b"{" + b"x" * (size_bytes - 2) + b"}"


def frame(job: Job) -> bytes:
    """A message as an accepting peer sends it: whole and unmasked.

    Both kinds have a header of 4 bytes (RFC 6455 section 5.2 for 126 to 65,535 bytes).
    """
    size = job.payload_bytes
    if not 126 <= size < 65_536:
        raise ValueError(f"a payload of {size} bytes has a header of another length")
    if job.side == "raw":
        return size.to_bytes(4, "big") + payload(size)
    first = b"\x82" if job.binary else b"\x81"
    return first + b"\x7e" + size.to_bytes(2, "big") + payload(size)


def masked_frame(job: Job) -> bytes:
    """The same as a dialling peer sends it: four bytes longer (RFC 6455 section 5.3)."""
    plain = frame(job)
    return bytes([plain[0], plain[1] | 0x80]) + plain[2:4] + bytes(4) + plain[4:]


def extensions_in(head: bytes) -> str:
    """The extensions that a request offers or a response accepts; "none" if none."""
    found = _EXTENSIONS.search(head)
    return found[1].decode() if found else "none"


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
