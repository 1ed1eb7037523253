"""The fast lane: whole data frames, delivered without a parser (RFC 6455 section 5.2).

It reads the header of every frame, so it knows where each one begins. What is whole,
unfragmented and within the rules it delivers itself; every other frame goes, byte for
byte, to the protocol of websockets: control frames, fragments, what is too big or wrong.
"""

from struct import Struct
from typing import Protocol

from ssc_rx.message import MessageType
from ssc_rx.ports import Receiver
from ssc_rx.transports.framing import apply_mask

__all__ = ["FastLane", "Rider", "is_utf8"]

_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY
_FIN, _MASK, _CONTROL = 0x80, 0x80, 0x08
_WHOLE_TEXT, _WHOLE_BINARY = _FIN | _TEXT, _FIN | _BINARY
_WHOLE = (_WHOLE_TEXT, _WHOLE_BINARY)
_16_BIT, _64_BIT = 126, 127
_unpack_header = Struct("!BBH").unpack_from
"""Opcode, length or what tells of a longer one, and a length of 16 bits if it is that."""
_NOT_HERE = 1 << 64
"""A length that no data has."""
HEADER_BYTES = 4
"""Of a frame that `whole_frames` delivers, it reads as many at once."""
MIN_MAX_SIZE = 125
"""With a smaller limit everything goes to the protocol: short frames aren't measured."""
MAX_TAIL_BYTES = 16 * 1024
"""A longer frame that is not whole yet goes to the protocol as it comes."""


class Rider(Protocol):
    """Whose frames they are."""

    stopped: bool
    """Whether nothing more may be delivered now."""

    def refuse_text(self) -> None:
        """A TEXT message isn't UTF-8."""


class FastLane:
    """Where the frames of one connection begin, and what of them is under way.

    Args:
        masked: Whether its peer is a client, whose frames are masked.
        max_size: Bytes that a message may have; `None` for any number.
        usable: Whether its frames may be delivered as they are.

    Attributes:
        usable: Whether it may be used: no extension changes what frames hold, and the
            end of the connection hasn't begun.
        open: Whether data goes through it: it is known where a frame begins.
        tail: The beginning of a frame whose rest is still to come.
        missing: Bytes of the rest, where it is known and `whole_frames` is to deliver it.
    """

    __slots__ = (
        "_fed",
        "_fragmented",
        "_left",
        "_masked",
        "_max",
        "missing",
        "open",
        "tail",
        "usable",
    )

    def __init__(self, *, masked: bool, max_size: int | None, usable: bool) -> None:
        self._masked = masked
        self._max = _NOT_HERE if max_size is None else max_size
        self._fed = 0  # bytes of `tail` that the protocol has got
        self._left = 0  # bytes of the frame under way that it is to get yet
        self._fragmented = False
        self.usable = usable and self._max >= MIN_MAX_SIZE
        self.open = False
        self.tail = b""
        self.missing = 0

    def enter(self, *, fragmented: bool = False) -> None:
        """A frame begins with the next byte."""
        self._fragmented = fragmented
        self.open = self.usable

    def close(self) -> None:
        """From now on everything goes to the protocol."""
        self.open = self.usable = False

    def whole_frames(
        self, data: bytes, at: int, most: int, receiver: Receiver, rider: Rider
    ) -> tuple[int, int]:
        """Deliver the messages that begin at `at`, up to `most` of them.

        Returns:
            Where the first frame begins that it did not deliver, and how many it did.
        What is cut off at the end of `data` is in `tail` then, where that may be.
        """
        if self._left or self._fragmented:
            return at, 0
        masked, limit = self._masked, self._max
        mask_bit, mask_size = (_MASK, 4) if masked else (0, 0)
        on_message = receiver.on_message
        size = len(data)
        done = 0
        for done in range(most):
            if at + HEADER_BYTES > size:  # too few are left, or a frame of 2 or 3
                return at, done
            kind, code, length = _unpack_header(data, at)
            code ^= mask_bit
            if code < _16_BIT:
                begin = at + 2 + mask_size
                end = begin + code
            elif code == _16_BIT and length <= limit:
                begin = at + 4 + mask_size
                end = begin + length
            elif code == _64_BIT and at + 10 <= size:
                length = int.from_bytes(data[at + 2 : at + 10], "big")
                if length > limit:
                    return at, done
                begin = at + 10 + mask_size
                end = begin + length
            else:
                return at, done
            if end > size:
                if end - at > MAX_TAIL_BYTES or kind not in _WHOLE:
                    return at, done
                self.tail = data[at:]
                self.missing = end - size
                return size, done
            payload = data[begin:end]
            if masked:
                payload = apply_mask(payload, data[begin - 4 : begin])
            if kind == _WHOLE_TEXT:
                if not (payload.isascii() or is_utf8(payload)):
                    rider.refuse_text()
                    return end, done
                on_message(_TEXT, payload)
            elif kind == _WHOLE_BINARY:
                on_message(_BINARY, payload)
            else:
                return at, done
            at = end
            if rider.stopped:
                return at, done + 1
        return at, most

    def rest(self, data: bytes, at: int) -> tuple[bytes, int]:
        """What the protocol is to get of the frame that `whole_frames` left.

        Nothing if that is to be looked at again when more of it has come.

        Returns:
            The bytes, and where to go on.
        """
        size = len(data)
        begin = at + self._fed
        if not self._left:
            total = _frame_size(data, at)
            waits = self._may_wait(data, at, total)
            if waits or total is None:
                self.tail = data[at:]
                if waits:
                    if total is not None and total >= HEADER_BYTES:
                        self.missing = total - (size - at)
                    return b"", size
                self._fed = size - at
                return data[begin:], size
            kind = data[at]
            if not kind & _CONTROL:
                self._fragmented = not kind & _FIN
            self._left = total - self._fed
            self._fed = 0
        end = min(size, begin + self._left)
        self._left -= end - begin
        return data[begin:end], end

    def _may_wait(self, data: bytes, at: int, total: int | None) -> bool:
        """Whether `whole_frames` may deliver it once it is whole."""
        here = len(data) - at
        if here < 2:
            return True
        return (
            data[at] in _WHOLE
            and bool(data[at + 1] & _MASK) is self._masked
            and not self._fragmented
            and (total is None or here < total <= min(MAX_TAIL_BYTES, self._max))
        )

    def completed(self, data: bytes) -> bytes:
        """The frame under way, if `data` has the rest of it; else nothing happens.

        So only one frame is copied for being cut, not all that came behind it.
        """
        if not 0 < self.missing <= len(data):
            return b""
        frame, self.tail = self.tail + data[: self.missing], b""
        return frame

    def left_over(self) -> bytes:
        """What the protocol has not got of a frame that will never be whole."""
        tail, self.tail = self.tail, b""
        return tail[self._fed :]


def _frame_size(data: bytes, at: int) -> int | None:
    """Bytes of the frame that begins at `at`; `None` if that isn't told yet."""
    if len(data) - at < 2:
        return None
    code = data[at + 1]
    more = 2 if code & 127 == _16_BIT else 8 if code & 127 == _64_BIT else 0
    begin = at + 2 + more
    if begin > len(data):
        return None
    length = int.from_bytes(data[at + 2 : begin], "big") if more else code & 127
    return begin - at + length + (4 if code & _MASK else 0)


def is_utf8(payload: bytes) -> bool:
    """Whether it can be decoded."""
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
