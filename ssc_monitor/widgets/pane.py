"""`Pane`: a sheet in a frame with a title, a cursor and a scroll bar in its border."""

from collections.abc import Sequence

from textual import events
from textual.message import Message

from ssc_monitor.clock import time_for
from ssc_monitor.model.search import Search, Walk
from ssc_monitor.model.visible import visible
from ssc_monitor.widgets.line import (
    BLANK,
    Line,
    Span,
    StyleName,
    dimmed,
    fill,
    width_of,
)
from ssc_monitor.widgets.marks import Marks
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Pane"]

_PAD: Span = (" ", "plain")

SEARCH_S = 0.03
"""How long it is searched before the screen is painted."""
MARK_S = 0.01
"""How long marks are made before it is painted without more of them."""


class Pane(Sheet, can_focus=True):
    """A framed list that can be moved in.

    Args:
        joined: Whether its upper border is also the lower border of the pane above.
        open_below: Whether the pane below brings its lower border.
    """

    newest_last = False
    """Whether one reads it from its end."""

    class Opened(Message):
        """What is under the cursor was opened with the mouse."""

    def __init__(
        self,
        *,
        joined: bool = False,
        open_below: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.joined = joined
        self.open_below = open_below
        self._search: Search | None = None
        self._marks: Marks | None = None
        self._walk: Walk | None = None
        self._outcome = ""

    # What a subclass gives

    def title(self) -> Sequence[Span]:
        """What stands in the upper border, at the left."""
        raise NotImplementedError

    def note(self) -> Sequence[Span]:
        """What stands in the upper border, at the right."""
        return ()

    def body(self, width: int, height: int) -> list[Line]:
        """The lines inside the frame."""
        raise NotImplementedError

    def thumb(self) -> tuple[int, int, int]:
        """First line in view, lines in view, and lines in all."""
        return 0, 0, 0

    def move(self, lines: int) -> None:
        """Move the cursor, or what is in view, down or up."""
        raise NotImplementedError

    def first(self) -> None:
        """Go to the first line."""
        raise NotImplementedError

    def last(self) -> None:
        """Go to the last line."""
        raise NotImplementedError

    def scroll(self, lines: int) -> None:
        """Move what is in view, as a wheel does."""
        self.move(lines)

    def point(self, y: int) -> bool:
        """Put the cursor on line `y` of the body; whether there is something."""
        return False

    # What a subclass gives that can be searched

    def searched(self, step: int) -> tuple[int, int, int]:
        """First and end of what can be searched, and where a search begins."""
        return 0, 0, 0

    def holds(self, search: Search, at: int) -> bool:
        """Whether it is in line `at`."""
        return False

    def jump(self, at: int) -> None:
        """Go to line `at`, which was searched for."""

    # What all panes have

    @property
    def search(self) -> Search | None:
        """What is marked, and looked for by `seek`."""
        return self._search

    @search.setter
    def search(self, search: Search | None) -> None:
        if search is not self._search:
            self._search = search
            self._marks = None if search is None else Marks(search)
            self._walk, self._outcome = None, ""

    def seek(self, step: int) -> None:
        """Go to the next line (1), or the one before (-1), with what is searched for."""
        if self._search is not None:
            self._walk, self._outcome = Walk(self.searched(step)[2], step), ""
            self._go_on()

    def _go_on(self) -> None:
        walk, search = self._walk, self._search
        if walk is None or search is None:
            return
        first, end, _ = self.searched(walk.step)
        at = walk.go(first, end, lambda at: self.holds(search, at), time_for(SEARCH_S))
        if at is not None:
            self.jump(at)
            other_end = "the top" if walk.step > 0 else "the end"
            self._outcome = f" on from {other_end}" if walk.wrapped else ""
        elif walk.over:
            self._outcome = " not found"
        else:
            self._outcome = " searching …"
            return
        self._walk = None

    @property
    def inner_height(self) -> int:
        """Lines inside the frame."""
        return max(1, self.size.height - 1 - (not self.open_below))

    def page(self, pages: float) -> None:
        """Move by pages of what is in view."""
        lines = max(1, int(abs(pages) * (self.inner_height - 1)))
        self.move(lines if pages > 0 else -lines)

    def lines(self, width: int, height: int) -> list[Line]:
        self._go_on()
        edge: StyleName = "lit" if self.has_focus else "frame"
        inner = height - 1 - (not self.open_below)
        body = self.body(width - 3, inner) if inner > 0 and width > 3 else []
        if self._marks is not None:
            body = self._marks.mark(body, time_for(MARK_S))
        bar = self._bar(inner)
        left: Span = ("│", edge)
        done = [self._border(width, edge)]
        for y in range(inner):
            spans, ground = body[y] if y < len(body) else BLANK
            right: Span = ("┃", "lit") if y in bar else left
            done.append(Line((left, *fill(spans, width - 3), _PAD, right), ground))
        if not self.open_below:
            done.append(Line((("└" + "─" * (width - 2) + "┘", edge),)))
        return list(map(dimmed, done)) if self.screen.has_class("-gone") else done

    def _border(self, width: int, edge: StyleName) -> Line:
        corners = ("├", "┤") if self.joined else ("┌", "┐")
        title, note = [*self.title(), *self._sought()], list(self.note())
        room = width - 6
        if note and width_of(title) + width_of(note) + 3 > room:
            note = []
        spans: list[Span] = [(corners[0] + "─ ", edge)]
        title = list(fill(title, min(room, width_of(title))))
        spans += title
        rest = width - 3 - width_of(title) - 1
        if note:
            rule = rest - width_of(note) - 4
            spans.append((" " + "─" * rule + " ", edge))
            spans += note
            spans.append((" ─" + corners[1], edge))
        else:
            spans.append((" " + "─" * (rest - 1) + corners[1], edge))
        return Line(tuple(spans))

    def _sought(self) -> Sequence[Span]:
        if self._search is None:
            return ()
        text = visible(self._search.text, 60)
        style: StyleName = "warn" if "not" in self._outcome else "muted"
        return [(" ─ ", "frame"), (f"n {text}", "key"), (self._outcome, style)]

    def _bar(self, inner: int) -> range:
        top, shown, total = self.thumb()
        if total <= shown or inner < 2 or shown <= 0:
            return range(0)
        length = max(1, round(inner * shown / total))
        start = round((inner - length) * top / max(1, total - shown))
        return range(start, start + length)

    # The mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll(-3)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll(3)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        if event.chain == 2 and self.point(event.y - 1):
            self.post_message(self.Opened())

    def on_mouse_down(self, event: events.MouseDown) -> None:
        if self.point(event.y - 1):
            self.repaint()
