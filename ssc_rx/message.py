"""What flows: one WebSocket message, and the check every write passes."""

import enum
from typing import Any, cast

import msgspec

from ssc_rx.errors import InvalidMessageError, MessageTooBigError, PayloadError, shown

__all__ = ["Data", "Message", "MessageType", "check_writable", "to_message"]

Data = str | bytes | bytearray | memoryview | dict[str, Any] | list[Any]
"""What makes a message: text, bytes, or a `dict` or `list` to be sent as JSON."""

MAX_CONTROL_PAYLOAD_BYTES = 125  # RFC 6455 section 5.5
_REPR_PAYLOAD_BYTES = 80


class MessageType(enum.IntEnum):
    """The kind of a message: the opcodes of RFC 6455 section 11.8 that end a message."""

    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY


class Message(msgspec.Struct, frozen=True, gc=False, eq=False):
    """One message that a socket received, or is to send.

    Immutable. The constructor checks nothing, for speed: what you *write* is checked
    at the door (`Pool.write` and its siblings). Two messages are equal when `id`,
    `type` and `payload` are: `time` says when, not what.

    Attributes:
        id: ID of the socket it came from, or is for.
        type: `MessageType.TEXT` or `BINARY`; `PING` and `PONG` may be written.
        payload: The content; UTF-8 for TEXT.
        time: UNIX seconds at which it was read; ignored on a write.
    """

    id: str = ""
    type: MessageType = MessageType.TEXT
    payload: bytes = b""
    time: float = 0.0

    @classmethod
    def of(cls, id: str, data: Data) -> "Message":
        """Build a message from plain data.

        Args:
            id: ID of the socket that it is for.
            data: `str` makes TEXT; `bytes`, `bytearray` and `memoryview` make BINARY
                (copied); a `dict` or `list` makes TEXT that holds JSON.

        Raises:
            InvalidMessageError: If `data` is of another type or can't be encoded.
        """
        match data:
            case str():
                try:
                    return cls(id, MessageType.TEXT, data.encode())
                except UnicodeEncodeError as error:
                    raise InvalidMessageError(
                        f"text for {shown(id)} can't be sent as UTF-8: {error.reason} at "
                        f"position {error.start}; replace lone surrogates first"
                    ) from error
            case bytes():
                return cls(id, MessageType.BINARY, data)
            case bytearray() | memoryview():
                try:
                    return cls(id, MessageType.BINARY, bytes(cast("bytearray", data)))
                except ValueError as error:  # a memoryview that was released
                    raise InvalidMessageError(
                        f"data for {shown(id)} can't be read: {error}"
                    ) from error
            case dict() | list():
                try:
                    return cls(id, MessageType.TEXT, msgspec.json.encode(data))
                except (TypeError, ValueError, RecursionError) as error:
                    raise InvalidMessageError(
                        f"data for {shown(id)} can't be written as JSON: {error}"
                    ) from error
            case _:
                raise InvalidMessageError(
                    f"can't make a message from {type(data).__name__}; give str, bytes, "
                    "bytearray, memoryview, or a dict or list to be sent as JSON"
                )

    @property
    def text(self) -> str:
        """The payload decoded from UTF-8, on each access.

        Raises:
            PayloadError: If the payload isn't UTF-8.
        """
        try:
            return self.payload.decode()
        except UnicodeDecodeError as error:
            raise PayloadError(self.id, "UTF-8 text", str(error)) from error

    def json(self) -> Any:
        """Decode the payload from JSON, on each call.

        Raises:
            PayloadError: If the payload isn't JSON.
        """
        try:
            return msgspec.json.decode(self.payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PayloadError(self.id, "JSON", str(error)) from error

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (
            self.id == other.id
            and self.type == other.type
            and self.payload == other.payload
        )

    def __hash__(self) -> int:
        return hash((self.id, self.type, self.payload))

    def __repr__(self) -> str:
        """Bounded; `repr` of str and bytes shows control characters as escapes."""
        kind = getattr(self.type, "name", self.type)
        return f"Message({shown(self.id)}, {kind}, {self._preview()})"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.message(self))

    def _preview(self) -> str:
        payload = self.payload
        if not isinstance(payload, bytes):
            return f"<{type(payload).__name__}>"
        head = payload[:_REPR_PAYLOAD_BYTES]
        shown = (
            repr(head.decode(errors="replace"))
            if self.type == MessageType.TEXT
            else repr(head)
        )
        return shown if len(payload) <= len(head) else f"{shown}… {len(payload)} bytes"


def to_message(id: str, data: "Data | Message") -> Message:
    """Address `data` to the socket `id`: a `Message` keeps its type and payload."""
    if isinstance(data, Message):
        return data if data.id == id else Message(id, data.type, data.payload)
    return Message.of(id, data)


def check_writable(message: Message, max_message_size: int | None) -> None:
    """Let a message through the door, or say why not.

    Args:
        message: What is to be written; its ID is not looked at.
        max_message_size: Bound of the payload in bytes; `None` for no bound.

    Raises:
        InvalidMessageError: If it is no message, its payload isn't `bytes`, TEXT isn't
            UTF-8, a control payload exceeds 125 bytes, or its type can't be written.
        MessageTooBigError: If the payload exceeds `max_message_size`.
    """
    if not isinstance(message, Message):
        raise InvalidMessageError(
            f"expected a Message, got {type(message).__name__}; "
            "build one with Message.of(id, data)"
        )
    payload = message.payload
    if type(payload) is not bytes:
        raise InvalidMessageError(
            f"payload must be bytes, not {type(payload).__name__}; "
            "Message.of(id, data) converts str, bytearray, memoryview, dict and list"
        )
    if max_message_size is not None and len(payload) > max_message_size:
        raise MessageTooBigError(len(payload), max_message_size)  # before it is read
    kind = message.type
    if kind is _TEXT:
        if not payload.isascii():
            _check_utf8(payload)
    elif kind is not _BINARY:
        _check_control(kind, payload)


def _check_utf8(payload: bytes) -> None:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        raise InvalidMessageError(
            f"TEXT must be UTF-8 (RFC 6455 section 5.6): {error.reason} at byte "
            f"{error.start}; send it as MessageType.BINARY"
        ) from error


def _check_control(kind: MessageType, payload: bytes) -> None:
    if kind is MessageType.CLOSE:
        raise InvalidMessageError(
            "CLOSE can't be written as a message; "
            "use pool.remove_socket(id, code, reason) or socket.close(code, reason)"
        )
    if kind is not MessageType.PING and kind is not MessageType.PONG:
        raise InvalidMessageError(
            f"{kind!r} is no message type; use a MessageType: TEXT, BINARY, PING or PONG"
        )
    if len(payload) > MAX_CONTROL_PAYLOAD_BYTES:
        raise InvalidMessageError(
            f"a {kind.name} carries at most {MAX_CONTROL_PAYLOAD_BYTES} "
            f"bytes (RFC 6455 section 5.5), this one has {len(payload)}"
        )
