"""Whole frames without extensions, as bytes (RFC 6455 section 5.2)."""

import os
from os import urandom
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
    try:
        mask = _masks.pop()
    except IndexError:
        mask = _more_masks()
    return b"".join(
        (_header(opcode, len(payload), _MASK), mask, apply_mask(payload, mask))
    )


_masks: list[bytes] = []
"""Masks nobody can predict (section 10.3), a thousand of each system call."""


def _more_masks() -> bytes:
    """Fill up, and take one; threads may do so at once."""
    entropy = urandom(4 * 1024)
    _masks.extend([entropy[n : n + 4] for n in range(4, len(entropy), 4)])
    return entropy[:4]


if hasattr(os, "register_at_fork"):  # a child must not send its parent's masks
    os.register_at_fork(after_in_child=_masks.clear)
