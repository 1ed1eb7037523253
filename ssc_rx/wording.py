"""How things are shown in texts: bounded, escaped, without what is secret."""

from urllib.parse import urlsplit, urlunsplit

__all__ = ["counted", "shown", "without_credentials"]


def without_credentials(url: str) -> str:
    """The URL without user name, password and query, fit for logs and error texts."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "<unreadable URL>"
    query = "…" if parts.query else ""
    return urlunsplit((parts.scheme, host, parts.path, query, parts.fragment and "…"))


def counted(n: int, thing: str) -> str:
    """So many of a thing whose plural ends in s: "0 bytes", "1 byte", "2,000 bytes"."""
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def shown(id: object) -> str:
    """An ID as error texts and reprs show it: quoted, escaped, of bounded length."""
    if not isinstance(id, str):
        return f"<{type(id).__name__}>"
    return repr(id) if len(id) <= 80 else f"{id[:80]!r}…"
