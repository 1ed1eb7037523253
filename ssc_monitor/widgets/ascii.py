"""Text for terminals that know ASCII only. Pure."""

import re

from ssc_monitor.model.visible import cell_width

__all__ = ["to_ascii"]

_MARKS = {
    "●": "*", "◐": "~", "○": "o", "◌": ".",
    "↓": "<", "↑": ">", "▼": "v", "▲": "^", "▸": ">",
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
    "▶": ">", "■": "#", "‖": "=",
    "┃": "#", "━": "=", "…": "~", "–": "-", "·": ".", "×": "x", "µ": "u",
    "•": "*", "‹": "<", "›": ">", "✓": "v",
    "“": '"', "”": '"', "’": "'",
    **dict(zip("▁▂▃▄▅▆▇█", ".:-=+*##", strict=True)),
}  # fmt: skip

# Keys are named: an arrow alone is what was received or written.
_KEYS = {"⏎": "enter", "↑ ↓": "up down", "←": "left", "→": "right"}
_KEY = re.compile(f"({'|'.join(_KEYS)})( *)")


def to_ascii(text: str) -> str:
    """The text with an ASCII mark for each of ours, and "?" for other characters.

    Every character keeps its width in cells, but for those that stand for keys: a key's
    name takes up the spaces behind it, of which one stays.
    """
    if text.isascii():
        return text
    text = _KEY.sub(_named, text)
    return "".join(
        c if c.isascii() else _MARKS.get(c) or "?" * cell_width(c) for c in text
    )


def _named(found: re.Match[str]) -> str:
    mark, spaces = found.groups()
    name = _KEYS[mark]
    room = len(spaces) - (len(name) - len(mark))
    return name + " " * max(min(1, len(spaces)), room)
