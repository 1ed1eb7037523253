"""Values in messages: by a name in their JSON, or by a function."""

import math
from collections.abc import Callable, Sequence
from typing import Any, cast

from ssc_rx.errors import InvalidOptionError, PayloadError
from ssc_rx.message import Message

__all__ = ["Key", "numbers", "value"]

Key = str | Callable[[Message], Any]
"""A name in the JSON of a payload, with dots for what is inside of objects and lists
("book.bid", "data.0.price"); or a function of the message."""


def value(key: Key) -> Callable[[Message], Any]:
    """A function that gives the value of one key; `None` if there is none.

    Raises:
        InvalidOptionError: If it is no key.
    """
    check_key("key", key)
    if not isinstance(key, str):
        return key
    path = key.split(".")

    def find(message: Message) -> Any:
        try:
            return _inside(message.json(), key, path)
        except PayloadError:
            return None

    return find


def numbers(*keys: Key | None) -> Callable[[Message], Sequence[float] | None]:
    """A function that gives the numbers of several keys, 0 for a key that is `None`.

    Numbers that are JSON strings count, as exchanges write prices. It gives `None` if one
    of them is no finite number, or isn't there.

    Raises:
        InvalidOptionError: If one is no key.
    """
    paths: list[tuple[Key | None, list[str]]] = []
    for key in keys:
        if key is not None:
            check_key("key", key)
        paths.append((key, key.split(".") if isinstance(key, str) else []))
    decodes = any(isinstance(key, str) for key in keys)

    def find(message: Message) -> Sequence[float] | None:
        decoded: Any = None
        if decodes:
            try:
                decoded = message.json()
            except PayloadError:
                return None
        found: list[float] = []
        for key, path in paths:
            if key is None:
                found.append(0.0)
                continue
            raw = _inside(decoded, key, path) if isinstance(key, str) else key(message)
            if (number := _number(raw)) is None:
                return None
            found.append(number)
        return found

    return find


def check_key(name: str, key: object) -> None:
    """Refuse what is no key.

    Raises:
        InvalidOptionError: If it is neither a name nor a function.
    """
    if not callable(key) and not (isinstance(key, str) and key):
        raise InvalidOptionError(
            f"{name} must be a name in the payload's JSON, such as 'price', or a "
            f"function of a Message, not {key!r}"
        )


def _inside(decoded: Any, key: str, path: list[str]) -> Any:
    found = _step(decoded, key)
    if found is None and len(path) > 1:
        found = decoded
        for part in path:
            found = _step(found, part)
    return found


def _step(decoded: Any, part: str) -> Any:
    if isinstance(decoded, dict):
        return cast("dict[str, Any]", decoded).get(part)
    if isinstance(decoded, list) and part.isdecimal():
        items: Sequence[Any] = cast("Any", decoded)
        return items[int(part)] if int(part) < len(items) else None
    return None


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None
    try:
        number = float(raw)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
