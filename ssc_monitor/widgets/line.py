"""`Line`: a line of a screen as values, before it becomes the terminal's. Pure.

Spans hold visible text only (`model.visible`), never markup: what is formatted here goes
to the terminal as it is.
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from ssc_monitor.model.visible import cell_width, fit

__all__ = [
    "BLANK",
    "GROUNDS",
    "STYLES",
    "Ground",
    "Line",
    "Span",
    "StyleName",
    "dimmed",
    "ends",
    "fill",
    "joined",
    "tail",
    "width_of",
]

StyleName = Literal[
    "plain", "muted", "strong", "title", "good", "warn", "bad", "in", "out", "spark",
    "frame", "lit", "key", "dim", "faint", "match",
]  # fmt: skip
Ground = Literal["", "cursor", "bar"]
GROUNDS: tuple[Ground, ...] = ("cursor", "bar")
Span = tuple[str, StyleName]

STYLES: tuple[StyleName, ...] = (
    "plain", "muted", "strong", "title", "good", "warn", "bad", "in", "out", "spark",
    "frame", "lit", "key", "dim", "faint", "match",
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

ROOM_FOR_BOTH = 24
_BLANKS = tuple(" " * n for n in range(1, 8))


def width_of(spans: Sequence[Span]) -> int:
    """How many cells the spans take."""
    return sum(cell_width(text) for text, _ in spans)


def tail(text: str, width: int) -> str:
    """The end of a visible text, in exactly so many cells."""
    if width < 2 or cell_width(text) <= width:
        return fit(text, width)
    kept = text[1 - width :]
    while cell_width(kept) > width - 1:
        kept = kept[1:]
    return fit("…" + kept, width)


def ends(text: str, width: int) -> str:
    """Both ends of a visible text, in exactly so many cells: what IDs differ in is last."""
    if cell_width(text) <= width:
        return fit(text, width)
    if width < ROOM_FOR_BOTH or not text.isascii():
        return tail(text, width)
    last = width * 3 // 5
    return text[: width - last - 1] + "…" + text[len(text) - last :]


def dimmed(line: Line) -> Line:
    """The line as something that was true once."""
    return Line(
        tuple((text, _DIMMED.get(style, "dim")) for text, style in line.spans),
        line.ground,
    )


_DIMMED: dict[StyleName, StyleName] = {"muted": "faint", "frame": "frame", "lit": "lit"}


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


def joined(spans: Iterable[Span]) -> list[Span]:
    """The spans, neighbours of one style in one: a terminal is told less.

    A few blanks take the style of what is before them.
    """
    done: list[Span] = []
    for text, style in spans:
        if not text:
            continue
        if done and (style == done[-1][1] or text in _BLANKS):
            done[-1] = (done[-1][0] + text, done[-1][1])
        else:
            done.append((text, style))
    return done
