"""Values in messages are found by name or by function; no message makes them raise."""

from typing import Any

import pytest

from ssc_rx import InvalidOptionError, Message
from ssc_rx.analysis.fields import numbers, value

PAYLOAD = {
    "price": 1.5,
    "text": "2.25",
    "book": {"bid": 7, "asks": [[8, 100], [9, 50]]},
    "a.b": 3,
    "a": {"b": 4},
    "flag": True,
    "none": None,
    "huge": "9" * 400,
}


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("price", 1.5),
        ("text", 2.25),
        ("book.bid", 7.0),
        ("book.asks.1.0", 9.0),
        ("a.b", 3.0),
        (lambda m: len(m.payload), 193.0),
    ],
)
def test_numbers_are_found(key: Any, number: float) -> None:
    message = Message.of("x", PAYLOAD)
    found = numbers(key)(message)
    assert found == [number if isinstance(key, str) else len(message.payload)]


@pytest.mark.parametrize(
    "key",
    [
        "flag",
        "none",
        "huge",
        "book",
        "nothing",
        "price.x",
        "book.asks.7.0",
        "book.asks.x",
    ],
)
def test_what_is_no_number_is_none(key: str) -> None:
    assert numbers(key)(Message.of("x", PAYLOAD)) is None


@pytest.mark.parametrize("payload", [b"", b"pong", b"\xff", b"[1]", b"7", b"null"])
def test_whatever_the_payload_is(payload: bytes) -> None:
    assert numbers("price")(Message.of("x", payload)) is None
    assert value("price")(Message.of("x", payload)) is None


def test_of_several_all_must_be_there_but_those_that_nobody_asked_for() -> None:
    message = Message.of("x", PAYLOAD)
    assert numbers("price", "text")(message) == [1.5, 2.25]
    assert numbers("price", None)(message) == [1.5, 0.0]
    assert numbers("price", "nothing")(message) is None


@pytest.mark.parametrize("key", ["", 5, None, ["price"]])
def test_what_is_no_key_is_refused(key: Any) -> None:
    with pytest.raises(InvalidOptionError, match="name in the payload's JSON"):
        value(key)
