"""Messages as a feed of prices sends them."""

from typing import Any

from ssc_rx import Message, MessageType

__all__ = ["quote", "run"]


def quote(id: str, time: float, **fields: Any) -> Message:
    """One with these keys."""
    payload = Message.of(id, fields).payload
    return Message(id, MessageType.TEXT, payload, time)


def run(fold: Any, *messages: Message) -> list[Any]:
    """All that a fold gives, its end included."""
    found: list[Any] = []
    for message in messages:
        found += fold.take(message)
    return [*found, *fold.end()]
