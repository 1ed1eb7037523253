"""Text for terminals that know ASCII only. Pure."""

from ssc_monitor.model.visible import cell_width

__all__ = ["to_ascii"]

_MARKS = {
    "●": "*", "◐": "~", "○": "o", "◌": ".",
    "↓": "<", "↑": ">", "▼": "v", "▲": "^", "▸": ">", "⏎": "enter",
    "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+",
    "▶": ">", "■": "#", "‖": "=", "←": "<", "→": ">",
    "┃": "#", "━": "=", "…": "~", "–": "-", "·": ".", "×": "x", "µ": "u",
    "•": "*", "‹": "<", "›": ">", "✓": "v",
    "“": '"', "”": '"', "’": "'",
    **dict(zip("▁▂▃▄▅▆▇█", ".:-=+*##", strict=True)),
}  # fmt: skip


def to_ascii(text: str) -> str:
    """The text with an ASCII mark for each of ours, and "?" for other characters.

    Every character keeps its width in cells, but for `⏎`.
    """
    if text.isascii():
        return text
    return "".join(
        c if c.isascii() else _MARKS.get(c) or "?" * cell_width(c) for c in text
    )
