from typing import Any

import pytest

from ssc_rx import (
    InvalidMessageError,
    Message,
    MessageTooBigError,
    MessageType,
    PayloadError,
)
from ssc_rx.message import check_writable, to_message

TEXT, BINARY = MessageType.TEXT, MessageType.BINARY


@pytest.mark.parametrize(
    ("data", "type", "payload"),
    [
        ("grüß", TEXT, "grüß".encode()),
        ("", TEXT, b""),
        (b"\x00\xff", BINARY, b"\x00\xff"),
        (bytearray(b"ab"), BINARY, b"ab"),
        (memoryview(b"abcd")[::2], BINARY, b"ac"),
        ({"op": "subscribe"}, TEXT, b'{"op":"subscribe"}'),
        ([1, None], TEXT, b"[1,null]"),
    ],
)
def test_plain_data_makes_a_message(
    data: Any, type: MessageType, payload: bytes
) -> None:
    message = Message.of("x", data)
    assert (message.id, message.type, message.payload) == ("x", type, payload)
    assert isinstance(message.payload, bytes)


def test_a_buffer_is_copied() -> None:
    buffer = bytearray(b"before")
    message = Message.of("x", buffer)
    buffer[:] = b"after!"
    assert message.payload == b"before"


@pytest.mark.parametrize("data", [None, 3, 1.5, object(), "\ud800", {"x": object()}])
def test_what_can_not_be_sent_is_refused_with_a_reason(data: Any) -> None:
    with pytest.raises(InvalidMessageError):
        Message.of("x", data)


def test_time_says_when_not_what() -> None:
    early, late = Message("x", TEXT, b"a", 1.0), Message("x", TEXT, b"a", 2.0)
    assert early == late
    assert hash(early) == hash(late)
    assert early != Message("y", TEXT, b"a", 1.0)
    assert early != Message("x", BINARY, b"a", 1.0)
    assert early != "a"


def test_it_is_immutable() -> None:
    with pytest.raises(AttributeError):
        Message().id = "x"  # type: ignore[misc]


def test_a_payload_is_decoded_on_demand() -> None:
    assert Message.of("x", "grüß").text == "grüß"
    assert Message.of("x", {"a": [1]}).json() == {"a": [1]}


@pytest.mark.parametrize("payload", [b"\xff", b"{", b"", b"\xed\xa0\x80"])
def test_a_payload_that_is_not_json_says_so(payload: bytes) -> None:
    with pytest.raises(PayloadError, match="isn't JSON") as caught:
        Message("x", TEXT, payload).json()
    assert isinstance(caught.value, ValueError)


def test_json_of_any_depth_ends_in_an_error_of_ours_or_a_value() -> None:
    with pytest.raises(PayloadError):
        Message("x", TEXT, b"[" * 100_000).json()


def test_a_payload_that_is_not_text_says_so() -> None:
    with pytest.raises(PayloadError, match="isn't UTF-8 text"):
        _ = Message("x", BINARY, b"\xff").text


@pytest.mark.parametrize(
    "message",
    [
        Message("x" * 10_000, TEXT, b"y" * 1_000_000),
        Message("\x1b]52;c;aGk=\x07", TEXT, b"\x1b[2J\x9b\xe2\x80\xae"),
        Message("\u202e", BINARY, b"\x1b\x00"),
        Message(None, 77, None),  # type: ignore[arg-type]
    ],
)
def test_its_repr_is_bounded_and_shows_control_characters_as_marks(
    message: Message,
) -> None:
    shown = repr(message)
    assert len(shown) < 500
    assert shown.isprintable()


@pytest.mark.parametrize(
    "message",
    [
        Message("x", TEXT, "grüß".encode()),
        Message("x", BINARY, b"\xff"),
        Message("x", MessageType.PING, bytes(125)),
        Message("x", MessageType.PONG),
    ],
)
def test_the_door_lets_good_messages_through(message: Message) -> None:
    check_writable(message, 200)


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("text", "expected a Message, got str"),
        (None, "expected a Message"),
        (Message("x", TEXT, "str"), "payload must be bytes, not str"),  # type: ignore[arg-type]
        (Message("x", TEXT, bytearray(b"")), "payload must be bytes"),  # type: ignore[arg-type]
        (Message("x", TEXT, None), "payload must be bytes"),  # type: ignore[arg-type]
        (Message("x", TEXT, b"ok\xff"), "must be UTF-8"),
        (Message("x", TEXT, b"\xed\xa0\x80"), "must be UTF-8"),
        (Message("x", MessageType.PING, bytes(126)), "at most 125 bytes"),
        (Message("x", MessageType.CLOSE), "remove_socket"),
        (Message("x", 0), "no message type"),  # type: ignore[arg-type]
        (Message("x", "text"), "no message type"),  # type: ignore[arg-type]
        (Message("x", 1.0, b""), "no message type"),  # type: ignore[arg-type]
        (Message("x", True, b""), "no message type"),  # type: ignore[arg-type]
    ],
)
def test_the_door_refuses_bad_messages(message: Any, says: str) -> None:
    with pytest.raises(InvalidMessageError, match=says):
        check_writable(message, None)


def test_the_door_refuses_what_is_too_big() -> None:
    check_writable(Message("x", BINARY, bytes(10)), 10)
    with pytest.raises(MessageTooBigError) as caught:
        check_writable(Message("x", BINARY, bytes(11)), 10)
    assert (caught.value.size, caught.value.max_message_size) == (11, 10)


def test_a_message_is_addressed_anew() -> None:
    message = Message("a", BINARY, b"x")
    assert to_message("a", message) is message
    assert to_message("b", message) == Message("b", BINARY, b"x")
    assert to_message("b", "hi") == Message("b", TEXT, b"hi")
