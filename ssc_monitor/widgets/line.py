"""`Line`: a line of a screen as values, before it becomes the terminal's. Pure.

Spans hold visible text only (`model.visible`), never markup: what is formatted here goes
to the terminal as it is.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from ssc_monitor.model.visible import cell_width, fit

__all__ = [
    "BLANK",
    "STYLES",
    "Ground",
    "Line",
    "Span",
    "StyleName",
    "ends",
    "fill",
    "tail",
    "width_of",
]

StyleName = Literal[
    "plain", "muted", "strong", "title", "good", "warn", "bad", "in", "out", "spark",
    "frame", "lit", "key",
]  # fmt: skip
Ground = Literal["", "cursor", "bar"]
Span = tuple[str, StyleName]

STYLES: tuple[StyleName, ...] = (
    "plain", "muted", "strong", "title", "good", "warn", "bad", "in", "out", "spark",
    "frame", "lit", "key",
)  # fmt: skip


class Line(NamedTuple):
    """A line: spans from left to right, on a ground.

    Attributes:
        spans: Text and the name of its style.
        ground: Name of the background; empty for the widget's own.
    """

    spans: tuple[Span, ...]
    ground: Ground = ""

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(text for text, _ in self.spans)


BLANK = Line(())


def width_of(spans: Sequence[Span]) -> int:
    """How many cells the spans take."""
    return sum(cell_width(text) for text, _ in spans)


def tail(text: str, width: int) -> str:
    """The end of a visible text, in exactly so many cells."""
    if cell_width(text) <= width:
        return fit(text, width)
    kept = text[-max(1, width - 1) :]
    while cell_width(kept) > width - 1:
        kept = kept[1:]
    return fit("…" + kept.lstrip(), width)


def ends(text: str, width: int) -> str:
    """Both ends of a visible text, in exactly so many cells: what IDs differ in is last."""
    if cell_width(text) <= width:
        return fit(text, width)
    last = width * 3 // 5
    head = fit(text, width - last)
    return head[:-1] + tail(text, last + 1) if text.isascii() else tail(text, width)


def fill(spans: Sequence[Span], width: int, pad: str = " ") -> tuple[Span, ...]:
    """The spans, cut or padded to so many cells.

    Args:
        spans: From left to right.
        width: Cells that are wanted.
        pad: One cell that fills what is left, in the last span's style.
    """
    done: list[Span] = []
    left = width
    for text, style in spans:
        if left <= 0:
            break
        cells = cell_width(text)
        if cells > left:
            done.append((fit(text, left), style))
            left = 0
            break
        done.append((text, style))
        left -= cells
    if left > 0:
        done.append((pad * left, spans[-1][1] if spans and pad != " " else "plain"))
    return tuple(done)
