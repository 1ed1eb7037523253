"""How things are shown in texts: bounded, escaped, without what is secret."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

__all__ = [
    "address_text",
    "bare",
    "counted",
    "shown",
    "without_credentials",
    "without_secrets",
]

MAX_ID = 512
MAX_TEXT = 20_000

_IS_URL = re.compile(r"(?:[a-zA-Z][\w+.-]{0,20}://|[^\s?]*\?)\S*\Z")
_URL = re.compile(r"\b[a-zA-Z][\w+.-]{0,20}://[^\s<>]+")
_PATH = re.compile(r"(?<![\w/:])(/[^\s<>?]{0,500}\?)[^\s<>]+")
_BEHIND_A_URL = ":;,.)]}'\""


def without_credentials(url: str) -> str:
    """The URL without user name, password and query, fit for logs and error texts."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "<unreadable URL>"
    query = "…" if parts.query else ""
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment and "…"))


def without_secrets(text: str) -> str:
    """A text, such as a traceback, whose URLs and paths are without what is secret.

    Of a long one its middle is left out.
    """
    if len(text) > MAX_TEXT:
        text = f"{text[: MAX_TEXT // 5]} […] {text[-MAX_TEXT * 4 // 5 :]}"
    if "://" in text:
        text = _URL.sub(_hidden, text)
    if "?" in text:
        text = _PATH.sub(r"\1…", text)
    return text


def _hidden(found: re.Match[str]) -> str:
    url = found[0].rstrip(_BEHIND_A_URL)
    return without_credentials(url) + found[0][len(url) :]


def bare(id: str) -> str:
    """An ID as fields of records have it: as it is, but bounded and without secrets."""
    id = id[: MAX_ID + 1]
    id = without_credentials(id) if _IS_URL.match(id) else without_secrets(id)
    return id if len(id) <= MAX_ID else f"{id[: MAX_ID - 1]}…"


def counted(n: int, thing: str) -> str:
    """So many of a thing whose plural ends in s: "0 bytes", "1 byte", "2,000 bytes"."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def shown(id: object) -> str:
    """An ID as error texts and reprs show it: quoted, escaped, bounded, without secrets."""
    if not isinstance(id, str):
        return f"<{type(id).__name__}>"
    id = bare(id)
    return repr(id) if len(id) <= 80 else f"{id[:80]!r}…"


def address_text(address: Any) -> str:
    """A peer's address as people write it; "" for `None`."""
    match address:
        case (str(host), int(port), *_):
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        case None:
            return ""
        case _:
            return str(address)
