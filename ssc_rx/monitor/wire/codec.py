"""Frames and requests as bytes, and back."""

from typing import Any, cast, get_args

import msgspec

from ssc_rx.errors import SscError
from ssc_rx.monitor.wire.frames import Frame
from ssc_rx.monitor.wire.requests import Request

__all__ = [
    "PROTOCOL",
    "SUBPROTOCOL",
    "WireError",
    "decode_frame",
    "decode_request",
    "encode",
]

PROTOCOL = 1
SUBPROTOCOL = f"ssc-monitor.v{PROTOCOL}"

_TYPES = {
    str(kind.__struct_config__.tag) for kind in (*get_args(Frame), *get_args(Request))
}


class WireError(SscError, ValueError):
    """A frame that isn't of this protocol."""


class _Type(msgspec.Struct):
    t: str


_encoder = msgspec.json.Encoder()
_type = msgspec.json.Decoder(_Type)
_frame = msgspec.json.Decoder(Frame)
_request = msgspec.json.Decoder(Request)


def encode(frame: Frame | Request) -> bytes:
    """A frame as UTF-8 JSON; bytes in it become base64."""
    return _encoder.encode(frame)


def decode_frame(data: bytes | str) -> Frame | None:
    """Read what a process says; `None` for a type of frame this version doesn't know.

    Raises:
        WireError: If it is no frame.
    """
    return cast("Frame | None", _decode(_frame, data))


def decode_request(data: bytes | str) -> Request | None:
    """Read what a viewer says; `None` for a type of request this version doesn't know.

    Raises:
        WireError: If it is no request.
    """
    return cast("Request | None", _decode(_request, data))


def _decode(decoder: Any, data: bytes | str) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        try:
            known = _type.decode(data).t in _TYPES
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
            known = True
        if known:
            raise WireError(f"not a frame of {SUBPROTOCOL}: {error}") from error
        return None
