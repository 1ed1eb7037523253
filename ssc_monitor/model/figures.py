"""Numbers as people read them in a narrow column."""

import math
from collections.abc import Sequence

__all__ = [
    "ago",
    "count",
    "duration",
    "latency",
    "position",
    "rate",
    "short",
    "size",
    "sparkline",
    "spoken",
    "taken",
]

NOTHING = "–"

_UNITS = ("", "k", "M", "G", "T", "P", "E")
_BARS = "▁▂▃▄▅▆▇█"
_ASCII_BARS = ".:-=+*#"
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def count(n: int) -> str:
    """All digits: "1,234,567"."""
    return f"{n:,}"


def short(n: float) -> str:
    """At most five characters: "0", "999", "98.4k", "1.2M"."""
    if not _known(n):
        return NOTHING
    if abs(n) < 999.5:
        return f"{n:.0f}"
    if abs(n) >= 1e21:
        return f"{n:.0e}"
    unit = 0
    # 99.95 and not 100: what rounds up to four digits gets no decimal.
    while abs(n) >= 999.5 and unit < len(_UNITS) - 1:
        n /= 1000
        unit += 1
    return f"{n:.1f}{_UNITS[unit]}" if abs(n) < 99.95 else f"{n:.0f}{_UNITS[unit]}"


def rate(per_s: float) -> str:
    """Something per second: "41.2k", "12", "0.3"; "–" for none to speak of."""
    if not _known(per_s) or per_s < 0.05:
        return NOTHING
    return f"{per_s:.1f}" if per_s < 9.95 else short(per_s)


def size(n: float) -> str:
    """Bytes, in powers of 1,000: "71B", "1.1kB", "9.1MB"."""
    return f"{short(n)}B" if _known(n) else NOTHING


def duration(seconds: float | None) -> str:
    """How long something has been so: "00:41:07", "3d 04:05:06"; "–" for `None`."""
    if seconds is None or not _known(seconds):
        return NOTHING
    days, rest = divmod(max(0, int(seconds)), _DAY)
    hours, rest = divmod(rest, _HOUR)
    clock = f"{hours:02}:{rest // _MINUTE:02}:{rest % _MINUTE:02}"
    return f"{days}d {clock}" if days else clock


def position(seconds: float) -> str:
    """A place in a recording: "0:07", "3:20", "1:02:03"."""
    if not _known(seconds):
        return NOTHING
    hours, rest = divmod(max(0, int(seconds)), _HOUR)
    minutes, seconds = divmod(rest, _MINUTE)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ago(seconds: float | None) -> str:
    """How long ago: "0ms", "210ms", "8s", "1m", "3h", "2d"; "–" for `None`."""
    if seconds is None or not _known(seconds):
        return NOTHING
    seconds = max(0.0, seconds)
    if seconds < 1:
        return f"{int(seconds * 1000)}ms"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")):
        if seconds >= unit:
            return f"{int(seconds // unit)}{name}"
    return f"{int(seconds)}s"


def latency(seconds: float | None) -> str:
    """A round trip: "0.4ms", "23ms", "1.2s"; "–" before the first."""
    if seconds is None or not _known(seconds):
        return NOTHING
    ms = max(0.0, seconds) * 1000
    if ms < 0.95:
        return f"{ms:.1f}ms"
    return f"{ms:.0f}ms" if ms < 999.5 else f"{ms / 1000:.1f}s"


def taken(seconds: float) -> str:
    """What a call took: "16µs", "0.4ms" or as a latency; "–" for what isn't known."""
    if _known(seconds) and 0 <= seconds < 0.0001:
        return f"{seconds * 1e6:.0f}µs"
    return latency(seconds)


def spoken(seconds: float) -> str:
    """A duration in a sentence: "0.3 s", "12 s", "3 min"."""
    if not _known(seconds):
        return NOTHING
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 9.95 else f"{seconds:.1f} s"


def sparkline(values: Sequence[float], width: int, ascii: bool = False) -> str:
    """The last `width` values as bars, the newest at the right; blank for none.

    Args:
        values: Oldest first.
        width: Cells to fill; too few values leave blanks at the left.
        ascii: Whether to do without block characters.
    """
    if width <= 0:
        return ""
    bars = _ASCII_BARS if ascii else _BARS
    last = [float(value) if _known(value) else 0.0 for value in values[-width:]]
    top = max(last, default=0.0)
    if not top > 0:
        return " " * width
    steps = len(bars)
    drawn = (
        bars[min(steps - 1, int(value / top * steps))] if value > 0 else " "
        for value in last
    )
    return "".join(drawn).rjust(width)


def _known(n: float) -> bool:
    """Whether it is a number that can be told; an int may be too large for a float."""
    try:
        return math.isfinite(n)
    except OverflowError:
        return False
