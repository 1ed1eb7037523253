"""The format of a recording: JSON lines, a header first. Pure.

    {"t":"recording","format":1,"version":"0.1.0","program":"feed","pool":"feed-1",
     "pid":4711,"started_at":1764090000.25}
    {"t":"socket","at_us":310,"id":"b","kind":"client","state":"open","generation":1}
    {"t":"event","at_us":1204,"name":"SocketOpened","id":"a","facts":{"generation":1, ...}}
    {"t":"in","at_us":20417,"id":"a","text":"hello"}
    {"t":"out","at_us":20533,"id":"a","base64":"AAEC"}
    {"t":"missed","at_us":90311,"messages":12}
    {"t":"end","at_us":5000000,"messages":9000,"reason":"closed"}

Times are microseconds since `started_at`, which is UNIX seconds. A message is `in` when it
was received and `out` when its write was accepted; TEXT has "text", BINARY has "base64",
and a PING or PONG that the application wrote has "control" besides; "size" is there where
the payload was cut. A `socket` is one that was found as it is told of, such as those that
were there when the recording began. The last line is the end; a file without one was cut
off. Keys that a reader doesn't know are ignored, and so are lines of other types. Whoever
changes what a line means counts `format` up.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec

from ssc_rx.errors import SscError
from ssc_rx.message import Message, MessageType

__all__ = [
    "FORMAT",
    "End",
    "Happened",
    "Header",
    "Line",
    "Missed",
    "Present",
    "Received",
    "RecordingError",
    "Written",
    "decode_header",
    "decode_line",
    "decode_lines",
    "encode_lines",
    "message_of",
    "received",
    "written",
]

FORMAT = 1

EndReason = Literal["closed", "stopped", "max_bytes", "max_seconds"]
_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY

_Time = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class RecordingError(SscError):
    """A recording can't be made or read; says where and why."""


class Header(msgspec.Struct, frozen=True, tag_field="t", tag="recording"):
    """The first line.

    Attributes:
        format: Version of this format.
        version: That of ssc-rx.
        program, pool, pid: What was recorded.
        started_at: UNIX seconds, from which all other times are counted.
    """

    format: int
    version: str
    program: str
    pool: str
    pid: int
    started_at: float


class _MessageLine(
    msgspec.Struct, frozen=True, tag_field="t", omit_defaults=True, gc=False
):
    """A message.

    Attributes:
        at_us: Microseconds since the start.
        id: The socket's ID, without secrets.
        text: Of TEXT.
        base64: Of all others.
        control: Of PING and PONG.
        size: Bytes of the whole payload, where only its beginning is here.
    """

    at_us: _Time
    id: str
    text: str | None = None
    base64: bytes | None = None
    control: Literal["ping", "pong"] | None = None
    size: _Count | None = None


class Received(_MessageLine, frozen=True, tag="in", gc=False):
    """A message was received."""


class Written(_MessageLine, frozen=True, tag="out", gc=False):
    """A write was accepted."""


class Present(
    msgspec.Struct, frozen=True, tag_field="t", tag="socket", omit_defaults=True
):
    """A socket as it was found, without an event that tells of it.

    Attributes:
        id: Its ID, without secrets.
        kind: "server" or "client".
        state: Such as "open".
        generation: How many connections it has had.
        opened_at: UNIX seconds; `None` if it never opened.
    """

    at_us: _Time
    id: str
    kind: str
    state: str
    generation: _Count = 0
    opened_at: float | None = None


class Happened(msgspec.Struct, frozen=True, tag_field="t", tag="event"):
    """Something of `pool.events`.

    Attributes:
        name: The event's class, such as "SocketClosed".
        id: The socket's ID, without secrets; empty for the pool.
        facts: The event's other fields, as JSON; errors as text.
    """

    at_us: _Time
    name: str
    id: str
    facts: dict[str, Any]


class Missed(msgspec.Struct, frozen=True, tag_field="t", tag="missed"):
    """The recorder could not keep up: so many messages are not in the file."""

    at_us: _Time
    messages: _Count


class End(msgspec.Struct, frozen=True, tag_field="t", tag="end"):
    """The last line.

    Attributes:
        messages: How many are in the file.
        reason: Who ended it: its user ("closed"), the pool that stopped, or a bound.
    """

    at_us: _Time
    messages: _Count
    reason: EndReason


Line = Received | Written | Present | Happened | Missed | End

encode_lines = msgspec.json.Encoder().encode_lines
_decoder = msgspec.json.Decoder(Line)
_decode_line: Callable[[bytes], Line] = _decoder.decode
_decode_header = msgspec.json.Decoder(Header).decode


class _Anything(msgspec.Struct):
    t: str


_decode_anything = msgspec.json.Decoder(_Anything).decode


def received(message: Message, id: str, at_us: int) -> Received:
    """The line of a message that came in, whose ID is shown as `id`."""
    if message.type is _TEXT:
        return Received(at_us, id, message.payload.decode())
    return Received(at_us, id, None, message.payload)


def written(message: Message, id: str, at_us: int) -> Written:
    """The line of a write."""
    if message.type is _TEXT:
        return Written(at_us, id, message.payload.decode())
    control: Literal["ping", "pong"] | None = None
    if message.type is not _BINARY:
        control = "ping" if message.type is MessageType.PING else "pong"
    return Written(at_us, id, None, message.payload, control)


def message_of(line: Received | Written, started_at: float) -> Message:
    """The message that a line tells of, with the time it had."""
    time = started_at + line.at_us / 1e6
    if line.text is not None:
        return Message(line.id, _TEXT, line.text.encode(), time)
    kind = _BINARY if line.control is None else MessageType[line.control.upper()]
    return Message(line.id, kind, line.base64 or b"", time)


def decode_header(data: bytes) -> Header:
    """Read the first line.

    Raises:
        RecordingError: If it is none, or of a format that is newer than this version's.
    """
    try:
        header = _decode_header(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RecordingError("it does not begin as a recording does") from error
    if header.format > FORMAT:
        raise RecordingError(
            f"it has format {header.format}, of ssc-rx {header.version}; this version "
            f"reads format {FORMAT}: upgrade ssc-rx"
        )
    return header


def decode_lines(data: bytes) -> list[Line]:
    """Read many lines at once: four times as fast as one by one.

    Raises:
        ValueError: If any of them is no line, or of a type that is not known.
    """
    try:
        return _decoder.decode_lines(data)
    except RecursionError as error:
        raise ValueError(str(error)) from error


def decode_line(data: bytes) -> Line | None:
    """Read another line; `None` for one of a type that is not known.

    Raises:
        ValueError: If it is no line of a recording.
    """
    try:
        return _decode_line(data)
    except (ValueError, RecursionError) as error:
        try:
            anything = _decode_anything(data)
        except (ValueError, RecursionError):
            raise ValueError(str(error)) from error
        if anything.t in _TYPES:
            raise ValueError(str(error)) from error
        return None


_TYPES = ("in", "out", "socket", "event", "missed", "end")
