"""Close codes as metrics tell them apart: a bounded set, whatever peers send."""

__all__ = ["close_label"]

_REGISTERED = frozenset({1000, 1001, 1002, 1003, *range(1005, 1016)})
"""RFC 6455 section 7.4.1, and what its registry at IANA has added below 3000."""


def close_label(code: int) -> str:
    """A registered code itself; else "3xxx" (libraries), "4xxx" (private) or "other"."""
    if code in _REGISTERED:
        return str(code)
    if 3000 <= code < 5000:
        return f"{code // 1000}xxx"
    return "other"
