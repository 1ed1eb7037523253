"""Whole frames without extensions, as bytes (RFC 6455 section 5.2)."""

from secrets import token_bytes
from struct import Struct

try:
    from websockets.speedups import apply_mask
except ImportError:  # a build of websockets without a compiler
    from websockets.utils import apply_mask

__all__ = ["apply_mask", "masked_frame", "unmasked_frame"]

_FIN = 0x80
_MASK = 0x80
_16_BIT = 126
_64_BIT = 127
_pack_medium = Struct("!BBH").pack
_pack_long = Struct("!BBQ").pack


def _header(opcode: int, length: int, mask_bit: int) -> bytes:
    if length < _16_BIT:
        return bytes((_FIN | opcode, mask_bit | length))
    if length < 1 << 16:
        return _pack_medium(_FIN | opcode, mask_bit | _16_BIT, length)
    return _pack_long(_FIN | opcode, mask_bit | _64_BIT, length)


def unmasked_frame(opcode: int, payload: bytes) -> bytes:
    """As a server sends it: the same bytes for every peer."""
    return _header(opcode, len(payload), 0) + payload


def masked_frame(opcode: int, payload: bytes) -> bytes:
    """As a client sends it: with a fresh mask for each frame (section 5.3)."""
    mask = token_bytes(4)
    return b"".join(
        (_header(opcode, len(payload), _MASK), mask, apply_mask(payload, mask))
    )
