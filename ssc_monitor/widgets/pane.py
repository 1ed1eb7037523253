"""`Pane`: a sheet in a frame with a title, a cursor and a scroll bar in its border."""

from collections.abc import Sequence

from textual import events
from textual.message import Message

from ssc_monitor.widgets.line import (
    BLANK,
    Line,
    Span,
    StyleName,
    dimmed,
    fill,
    width_of,
)
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Pane"]

_PAD: Span = (" ", "plain")


class Pane(Sheet, can_focus=True):
    """A framed list that can be moved in.

    Args:
        joined: Whether its upper border is also the lower border of the pane above.
        open_below: Whether the pane below brings its lower border.
    """

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

    # What all panes have

    @property
    def inner_height(self) -> int:
        """Lines inside the frame."""
        return max(1, self.size.height - 1 - (not self.open_below))

    def page(self, pages: float) -> None:
        """Move by pages of what is in view."""
        lines = max(1, int(abs(pages) * (self.inner_height - 1)))
        self.move(lines if pages > 0 else -lines)

    def lines(self, width: int, height: int) -> list[Line]:
        edge: StyleName = "lit" if self.has_focus else "frame"
        inner = height - 1 - (not self.open_below)
        body = self.body(width - 3, inner) if inner > 0 and width > 3 else []
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
        title, note = list(self.title()), list(self.note())
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
