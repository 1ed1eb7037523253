"""The table of sockets: formats the rows in view, whatever the number of sockets."""

from collections.abc import Sequence

from ssc_monitor.feed import Feed
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.search import Search
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import visible
from ssc_monitor.widgets import columns
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.pane import Pane
from ssc_rx.errors import counted

__all__ = ["SocketTable"]

REORDER_S = 1.0
"""Sorted by something that changes, rows move no more often than this."""

HOLD_S = 2.0
"""How long rows keep their places after the cursor moved, so that one can aim."""

MOVING = ("in", "out", "bytes", "latency", "last")
ASCENDING_FIRST = ("id", "kind", "state")


class SocketTable(Pane):
    """The sockets of a pool, sorted and filtered.

    The cursor is on a socket, not on a row: it goes where its socket goes, and comes back
    to it when it was away.

    Attributes:
        filter: Which sockets are shown.
        sort: The column they are sorted by.
        descending: Whether the largest comes first.
        held: Whether rows keep their places for now.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__(open_below=True, id="sockets")
        self.filter = Filter()
        self.sort, self.descending = "in", True
        self.held = False
        self._feed = feed
        self._endings = feed.endings
        self._rows: list[SocketView] = []
        self._ordered: tuple[object, ...] = ()
        self._ordered_at = self._moved_at = float("-inf")
        self._selected: str | None = None  # the raw ID that was chosen
        self._current: str | None = None  # another one, while that isn't there
        self._cursor = 0
        self._top = 0
        self._columns: tuple[tuple[int, int], columns.Layout] = ((0, 0), ())
        self._longest = 0
        self._cache: dict[int, tuple[tuple[object, ...], Line]] = {}

    @property
    def selected(self) -> SocketView | None:
        """The socket under the cursor; without a cursor the first in view."""
        self._order()
        if self._selected is not None:
            return self._rows[self._cursor] if self._cursor < len(self._rows) else None
        return self._rows[self._top] if self._top < len(self._rows) else None

    @property
    def has_cursor(self) -> bool:
        """Whether a socket was selected."""
        return self._selected is not None

    def release(self) -> None:
        """Take the cursor away and go to the top."""
        self._selected, self._current, self._cursor, self._top = None, None, 0, 0

    def sort_by(self, step: int) -> None:
        """Sort by the column that is `step` to the right."""
        at = columns.SORTABLE.index(self.sort)
        self.sort = columns.SORTABLE[(at + step) % len(columns.SORTABLE)]
        self.descending = self.sort not in ASCENDING_FIRST

    def invert(self) -> None:
        """Turn the order around."""
        self.descending = not self.descending

    # Moving

    def move(self, lines: int) -> None:
        self._order()
        if self._selected is None:
            self._select(self._top if lines > 0 else self._top + self._shown - 1)
            return
        self._select(self._cursor + lines)

    def first(self) -> None:
        self._order()
        self._select(0)

    def last(self) -> None:
        self._order()
        self._select(len(self._rows) - 1)

    def scroll(self, lines: int) -> None:
        self._top += lines
        self._clamp()

    def point(self, y: int) -> bool:
        row = self._top + y - 1
        if y < 1 or not 0 <= row < len(self._rows):
            return False
        self._select(row)
        return True

    def searched(self, step: int) -> tuple[int, int, int]:
        self._order()
        start = self._cursor if self._selected is not None else self._top - step
        return 0, len(self._rows), start

    def holds(self, search: Search, at: int) -> bool:
        return search.in_text(self._rows[at].id)

    def jump(self, at: int) -> None:
        self._select(at)

    def _select(self, row: int) -> None:
        if not self._rows:
            return
        self._cursor = max(0, min(row, len(self._rows) - 1))
        self._selected = self._current = self._rows[self._cursor].raw_id
        self._moved_at = self._feed.now()
        shown = self._shown
        self._top = min(self._top, self._cursor)
        self._top = max(self._top, self._cursor - shown + 1)

    @property
    def _shown(self) -> int:
        return max(1, self.inner_height - 1)

    def _clamp(self) -> None:
        self._top = max(0, min(self._top, len(self._rows) - self._shown))

    # Order

    def _order(self) -> None:
        """Sort and filter again, if that is due."""
        view, now = self._feed.view, self._feed.now()
        wanted = (self.sort, self.descending, self.filter.text)
        key = (*wanted, view.attachment, view.sockets_version)
        if key == self._ordered:
            return
        if self._ordered[:4] == key[:4] and self._rows:
            wait = REORDER_S if self.sort in MOVING else 0.0
            if self.held or now < max(self._ordered_at + wait, self._moved_at + HOLD_S):
                return
        self._rows = view.order(self.sort, self.descending, self.filter)
        self._ordered, self._ordered_at = key, now
        # It doesn't shrink: columns that move about can't be read.
        ids = [len(socket.id) for socket in self._rows]
        self._longest = max(self._longest, *ids) if ids else self._longest
        self._follow_cursor()

    def _follow_cursor(self) -> None:
        rows = self._rows
        if self._selected is not None and rows:
            at = self._row_of(self._selected)
            if at is None:
                at = self._row_of(self._current)
            if at is not None:
                self._top += at - self._cursor
                self._cursor = at
            self._cursor = max(0, min(self._cursor, len(rows) - 1))
            self._current = rows[self._cursor].raw_id
        self._clamp()

    def _row_of(self, raw_id: str | None) -> int | None:
        """Where an ID is; where it left and came again, the one that is there."""
        found = [i for i, socket in enumerate(self._rows) if socket.raw_id == raw_id]
        return min(found, key=lambda i: self._rows[i].gone, default=None)

    # Lines

    def title(self) -> Sequence[Span]:
        view = self._feed.view
        total = len(view.sockets) if view.row is None else view.row.sockets
        shown = f"{len(self._rows):,} of {total:,}" if self.filter else f"{total:,}"
        arrow = "▼" if self.descending else "▲"
        titles = {column.name: column.title for column in columns.COLUMNS}
        spans: list[Span] = [
            ("Sockets", "title" if self.has_focus else "strong"),
            (f" {shown}", "plain"),
            (f" ─ {titles[self.sort]} {arrow}", "muted"),
        ]
        if self.filter:
            spans.append((" ─ ", "frame"))
            spans.append((f"/{visible(self.filter.text)}", "key"))
        return spans

    def thumb(self) -> tuple[int, int, int]:
        return self._top, self._shown, len(self._rows)

    def lines(self, width: int, height: int) -> list[Line]:
        self._order()
        self._clamp()
        return super().lines(width, height)

    def body(self, width: int, height: int) -> list[Line]:
        room = (width, self._longest)
        if self._columns[0] != room:
            self._columns = (room, columns.layout(*room))
            self._cache.clear()
        layout = self._columns[1]
        lines = [Line(columns.head(layout, self.sort, self.descending))]
        rows = self._rows[self._top : self._top + height - 1]
        current = None if self._selected is None else self._cursor - self._top
        cache, self._cache = self._cache, {}
        view = self._feed.view
        mix = self._feed.mix
        reading = (mix, view.sockets_version, view.now, self._endings.version)
        for at, socket in enumerate(rows):
            selected = at == current
            warned = self._feed.lookout.warned(socket.number)
            key = (*reading, selected, warned)
            known = cache.get(socket.number)
            if known is None or known[0] != key:
                note = ""
                if socket.state != "open":
                    note = self._endings.of(socket.raw_id, view.now, gone=socket.gone)
                spans = columns.row(
                    socket,
                    view.now,
                    layout,
                    selected=selected,
                    note=note,
                    mark=mix.mark(socket.id),
                    warned=warned,
                )
                known = (key, Line(spans, "cursor" if selected else ""))
            self._cache[socket.number] = known
            lines.append(known[1])
        if not rows:
            lines.append(Line((("  " + self._nothing(), "muted"),)))
        return lines

    def _nothing(self) -> str:
        view = self._feed.view
        if self.filter and view.sockets:
            return (
                f"none of {counted(len(view.sockets), 'socket')} matches; "
                "esc clears the filter"
            )
        if not self._feed.readings:
            return "waiting for the pool …"
        return "the pool has no sockets"
