"""The columns of the socket table: which there are room for, and what a row says. Pure."""

from dataclasses import dataclass

from ssc_monitor.model import figures
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import fit
from ssc_monitor.widgets.line import Span, StyleName, ends

__all__ = [
    "COLUMNS",
    "SORTABLE",
    "STATES",
    "Column",
    "Layout",
    "head",
    "layout",
    "row",
    "sparkline",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        name: What the model sorts by.
        title: At its head.
        width: In cells; of ID and sparkline the least.
        right: Whether it is aligned to the right.
    """

    name: str
    title: str
    width: int
    right: bool = True


ID = Column("id", "ID", 24, right=False)
STATE = Column("state", "STATE", 14, right=False)
SPARK = Column("spark", "LAST 60 s", 12, right=False)

COLUMNS = (
    ID,
    Column("kind", "KIND", 6, right=False),
    STATE,
    Column("in", "IN/s", 6),
    Column("out", "OUT/s", 6),
    Column("bytes", "BYTES/s", 7),
    Column("latency", "RTT", 6),
    Column("last", "LAST", 6),
    SPARK,
)

SORTABLE = tuple(column.name for column in COLUMNS if column is not SPARK)

DROPPED_IN_ORDER = ("spark", "bytes", "kind", "latency", "out", "last")

STATES: dict[str, tuple[str, StyleName]] = {
    "open": ("●", "good"),
    "opening": ("◐", "warn"),
    "reconnecting": ("◐", "warn"),
    "closing": ("◐", "warn"),
    "closed": ("○", "muted"),
}
"""Glyph and style of each state; the word stands beside it."""

MARK = 2  # cells for the cursor's mark
MAX_ID, MAX_SPARK = 100, 60
MIN_ID = 12

Layout = tuple[tuple[Column, int], ...]
"""Columns from left to right, and how wide each is."""


def layout(width: int, longest: int) -> Layout:
    """The columns that a row has room for.

    Args:
        width: Cells of a row.
        longest: Cells of the longest ID.
    """
    least = max(MIN_ID, min(ID.width, width // 4))
    kept = list(COLUMNS)
    free = _free(kept, width)
    for name in DROPPED_IN_ORDER:
        if free >= least + (SPARK.width if SPARK in kept else 0):
            break
        kept = [column for column in kept if column.name != name]
        free = _free(kept, width)
    bars = SPARK in kept
    id = min(max(ID.width, longest), free - SPARK.width) if bars else free
    id = max(1, min(MAX_ID, id))
    spark = min(MAX_SPARK, free - id) if bars else 0
    wide = {"id": id, "spark": spark}
    return tuple((column, wide.get(column.name, column.width)) for column in kept)


def _free(columns: list[Column], width: int) -> int:
    """What is left for ID and sparkline."""
    gaps = sum(_gap(column) for column in columns if column is not ID)
    fixed = sum(column.width for column in columns if column not in (ID, SPARK))
    return width - MARK - fixed - gaps


def _gap(column: Column) -> int:
    return 2 if column.name in ("in", "out", "bytes", "latency", "last", "spark") else 1


def head(columns: Layout, sort: str, descending: bool) -> tuple[Span, ...]:
    """The titles; the column sorted by has an arrow."""
    spans: list[Span] = [(" " * MARK, "muted")]
    for column, width in columns:
        gap = 0 if column is ID else _gap(column)
        style: StyleName = "muted"
        title = column.title
        if column.name == sort:
            style = "title"
            arrow = "▼" if descending else "▲"
            # In the gap at the left of figures, as these use their whole width.
            title = arrow + title if column.right else f"{title} {arrow}"
            if len(title) > width and gap:
                gap, width = gap - 1, width + 1
        text = title.rjust(width) if column.right else fit(title, width)
        spans.append((" " * gap + text, style))
    return tuple(spans)


def row(
    socket: SocketView,
    now: float,
    columns: Layout,
    *,
    selected: bool,
    note: str,
    mark: str = " ",
    warned: bool = False,
) -> tuple[Span, ...]:
    """What a row says.

    Args:
        socket: Whose row it is.
        now: UNIX seconds of the last reading.
        columns: As of `layout`.
        selected: Whether the cursor is on it.
        note: Why it isn't open, visible, for the place of the figures; may be empty.
        mark: A character for the cell before its ID.
        warned: Whether there is a warning about it.
    """
    state = socket.state
    glyph, tone = STATES.get(state, ("◌", "warn"))
    idle = state != "open"
    text: StyleName = (
        "muted" if state == "closed" else "strong" if selected else "plain"
    )
    sign = "!" if warned and mark == " " else mark
    spans: list[Span] = [
        ("▸" if selected else " ", "title"),
        (sign, "warn" if warned else "title"),
    ]
    noted = 0
    for column, width in columns:
        gap = 0 if column is ID else _gap(column)
        match column.name:
            case "id":
                spans.append((ends(socket.id, width), text))
            case "kind":
                spans.append((" " + fit(socket.kind, width), "muted"))
            case "state":
                spans.append((" " + fit(f"{glyph} {state}", width), tone))
            case "spark":
                spans.append((" " * gap + sparkline(socket, now, width), "spark"))
            case name if idle and note:
                noted += gap + width  # the figures' columns are neighbours
                if name == "in":
                    spans.append(("", tone))
                spans[-1] = ("  " + fit(note, noted - 2), tone)
            case "last":
                last = socket.last_received
                since = figures.ago(None if last is None else now - last)
                spans.append((" " * gap + since.rjust(width), "muted"))
            case name:
                figure = _figure(socket, name, now)
                style: StyleName = "muted" if idle or figure == "–" else "plain"
                spans.append((" " * gap + figure.rjust(width), style))
    return tuple(spans)


def sparkline(socket: SocketView, now: float, width: int) -> str:
    """Its messages in each of the last seconds, one cell a second."""
    # A full block would touch the row above.
    bars = figures.sparkline(socket.spark(now, min(60, width)), width)
    return bars.replace("█", "▇")


def _figure(socket: SocketView, name: str, now: float) -> str:
    match name:
        case "in":
            return figures.rate(socket.in_per_s(now))
        case "out":
            return figures.rate(socket.out_per_s(now))
        case "bytes":
            rate = socket.bytes_per_s(now)
            return figures.size(rate) if rate >= 0.5 else "–"
        case _:
            return figures.latency(socket.latency)
