"""Numbers and remote text as people read them."""

__all__ = ["count", "latency", "per_second", "plain", "size"]


def count(n: int) -> str:
    """1234567 as "1,234,567"."""
    return f"{n:,}"


def per_second(rate: float) -> str:
    """With a decimal as long as that says something."""
    return f"{rate:,.1f}" if rate < 100 else f"{rate:,.0f}"


def size(n_bytes: float) -> str:
    """Bytes, in steps of 1,000."""
    if n_bytes < 1000:
        return f"{n_bytes:.0f} B"
    if n_bytes < 1_000_000:
        return f"{n_bytes / 1000:.1f} kB"
    return f"{n_bytes / 1_000_000:.1f} MB"


def latency(seconds: float | None) -> str:
    """In milliseconds, seconds above one."""
    if seconds is None:
        return "–"
    if seconds >= 1:
        return f"{seconds:.1f} s"
    if seconds == 0:
        return "<1 ms"  # uvloop's clock has steps of a millisecond
    milliseconds = seconds * 1000
    return f"{milliseconds:.{2 if milliseconds < 10 else 1}f} ms"


def plain(text: str, width: int) -> str:
    """Remote text, without what could steer a terminal, cut to `width` characters."""
    clean = "".join(c if c.isprintable() else "·" for c in text[: width + 1])
    return clean if len(clean) <= width else f"{clean[: width - 1]}…"
