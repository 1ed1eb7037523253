"""What must not leave the process is taken out of IDs, URLs, texts and headers. Pure.

An ID is a URL, unless the application names its sockets, and URLs hold passwords and
tokens. Payloads are the application's affair: `Pool(redact=...)`.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from ssc_rx.events import Event

__all__ = [
    "redacted_facts",
    "redacted_headers",
    "redacted_id",
    "redacted_text",
    "redacted_url",
]

HIDDEN = "…"
MAX_ID = 512
MAX_TEXT = 1024
MAX_HEADERS = 64

_URL = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s'\"<>]*[^\s'\"<>:]")
_SECRET_HEADER = re.compile(
    r"auth|cookie|token|secret|key|session|passw", re.IGNORECASE
)


def redacted_url(url: str) -> str:
    """The URL without user name, password, fragment and the values of its query."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "<unreadable URL>"
    query = "&".join(_name_only(field) for field in parts.query.split("&") if field)
    fragment = HIDDEN if parts.fragment else ""
    return urlunsplit((parts.scheme, host, parts.path, query, fragment))


def _name_only(field: str) -> str:
    name, is_pair, _ = field.partition("=")
    return f"{name}={HIDDEN}" if is_pair else HIDDEN


def redacted_id(id: str) -> str:
    """A socket's ID as viewers get it: of bounded length, encodable, without secrets."""
    id = id[: MAX_ID + 1]
    return _encodable(redacted_url(id) if "://" in id or "?" in id else id, MAX_ID)


def redacted_text(text: str) -> str:
    """Free text, such as an exception's, with the URLs in it redacted."""
    text = text[: MAX_TEXT + 1]
    if "://" in text:
        text = _URL.sub(lambda found: redacted_url(found[0]), text)
    return _encodable(text, MAX_TEXT)


def redacted_headers(
    headers: Iterable[tuple[str, str]],
) -> tuple[tuple[str, str], ...]:
    """Names and values, without the values that let somebody in."""
    shown: list[tuple[str, str]] = []
    for name, value in headers:
        if len(shown) == MAX_HEADERS:
            shown.append((HIDDEN, "more headers are not shown"))
            break
        secret = _SECRET_HEADER.search(name) is not None
        shown.append((redacted_text(name), HIDDEN if secret else redacted_text(value)))
    return tuple(shown)


def redacted_facts(event: Event) -> dict[str, Any]:
    """What an event tells besides its ID and time, as JSON; errors as text."""
    return {
        name: _plain(getattr(event, name))
        for name in event.__struct_fields__
        if name not in ("id", "time")
    }


def _plain(value: Any) -> Any:
    """As JSON; errors and texts without secrets."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return redacted_text(value)
        case BaseException():
            text = f"{type(value).__name__}: {value}" if str(value) else repr(value)
            return redacted_text(text)
        case msgspec.Struct():
            fields = value.__struct_fields__
            return {name: _plain(getattr(value, name)) for name in fields}
        case _:
            return redacted_text(str(value))


def _encodable(text: str, length: int) -> str:
    if len(text) > length:
        text = text[: length - 1] + HIDDEN
    return text.encode(errors="backslashreplace").decode()
