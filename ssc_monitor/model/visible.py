"""Remote text made visible and harmless; and how wide it is on a terminal.

Everything that comes from a watched process passes `visible` before it reaches a screen,
a pipe or a file: Textual and Rich hand escape sequences through as they are.
"""

import re
import unicodedata
from functools import lru_cache

from ssc_rx.visible import LIMIT, MAX_MARKS, joins, visible, visible_bytes

__all__ = [
    "LIMIT",
    "MAX_MARKS",
    "cell_width",
    "fit",
    "joins",
    "visible",
    "visible_bytes",
    "wrap",
]

# As wide as in Unicode 16, which Python's own tables may not know yet.
_WIDE = (
    "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d356\U0001d360-\U0001d376"
)

_wide = re.compile(f"[{_WIDE}]")


def cell_width(text: str) -> int:
    """How many terminal cells a visible text takes."""
    return len(text) if text.isascii() else sum(map(_cells, text))


def fit(text: str, width: int) -> str:
    """A visible text in exactly `width` cells: cut with "…", or padded."""
    if width <= 0:
        return ""
    if text.isascii():
        return text.ljust(width) if len(text) <= width else text[: width - 1] + "…"
    # Cut before any width is added up: text may be long.
    head = text[: (width + 1) * (MAX_MARKS + 1)]
    if len(head) == len(text) and (used := cell_width(head)) <= width:
        return head + " " * (width - used)
    end, used = _fitting(head, 0, width - 1)
    return head[:end] + "…" + " " * (width - 1 - used)


def wrap(text: str, width: int, *, words: bool = False) -> list[str]:
    """A visible text in lines of at most `width` cells each; at least one line.

    With `words`, a line ends at a space, where there is one in its second half.
    """
    width = max(2, width)  # a wide character has to fit
    if text.isascii() and not words:
        return [text[i : i + width] for i in range(0, len(text), width)] or [""]
    lines: list[str] = []
    start = 0
    while start < len(text):
        end, _ = _fitting(text, start, width)
        if words and end < len(text):
            space = text.rfind(" ", start + (end - start) // 2, end)
            end = end if space < 0 else space + 1
        lines.append(text[start:end])
        start = end
    return lines or [""]


def _fitting(text: str, start: int, width: int) -> tuple[int, int]:
    """Where the text that fits into `width` cells ends, and the cells it takes."""
    used = 0
    for end in range(start, len(text)):
        cells = _cells(text[end])
        if used + cells > width:
            return end, used
        used += cells
    return len(text), used


@lru_cache(maxsize=4096)
def _cells(character: str) -> int:
    if joins(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF" or _wide.match(character):
        return 2
    return 1
