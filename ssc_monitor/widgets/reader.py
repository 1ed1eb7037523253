"""`Reader`: a pane of lines to be read: a timeline, details, a payload, help."""

from collections.abc import Callable, Sequence

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model.search import Search
from ssc_monitor.model.story import Tone, tell
from ssc_monitor.model.visible import wrap
from ssc_monitor.widgets.line import Line, Span, StyleName, tail
from ssc_monitor.widgets.pane import Pane
from ssc_rx.monitor import wire

__all__ = ["Reader", "Timeline"]


class Reader(Pane):
    """Lines that can be scrolled.

    Args:
        heading: What stands in its border.
    """

    def __init__(
        self,
        heading: str = "",
        *,
        joined: bool = False,
        id: str | None = None,
        at_end: bool = False,
    ) -> None:
        super().__init__(joined=joined, id=id)
        self.heading = heading
        self._top = 0
        self._at_end = at_end
        self._total = 0
        self._found: int | None = None

    def content(self, width: int) -> list[Line]:
        """All lines, each for so many cells."""
        raise NotImplementedError

    def move(self, lines: int) -> None:
        limit = max(0, self._total - self.inner_height)
        top = (limit if self._at_end else self._top) + lines
        self._top = max(0, min(top, limit))
        self._at_end = self._follows and self._top >= limit

    @property
    def _follows(self) -> bool:
        """Whether what is at its end stays there when lines come."""
        return False

    def searched(self, step: int) -> tuple[int, int, int]:
        total, found = len(self.content(self._inner_width)), self._found
        bottom = self._top + self.inner_height
        if found is not None and self._top <= found < bottom:
            start = found
        else:
            start = self._top - 1 if step > 0 else min(bottom, total)
        return 0, total, start

    def holds(self, search: Search, at: int) -> bool:
        return search.in_text(self.content(self._inner_width)[at].text)

    def jump(self, at: int) -> None:
        self._found = at
        if not self._top <= at < self._top + self.inner_height:
            limit = max(0, self._total - self.inner_height)
            self._top = max(0, min(at - self.inner_height // 2, limit))
        self._at_end = False

    @property
    def _inner_width(self) -> int:
        return self.size.width - 3

    def first(self) -> None:
        self._top, self._at_end = 0, False

    def last(self) -> None:
        self.move(self._total)

    def title(self) -> Sequence[Span]:
        return [(self.heading, "title" if self.has_focus else "strong")]

    def thumb(self) -> tuple[int, int, int]:
        return self._top, self.inner_height, self._total

    def body(self, width: int, height: int) -> list[Line]:
        lines = self.content(width)
        self._total = len(lines)
        limit = max(0, len(lines) - height)
        self._top = limit if self._at_end else min(self._top, limit)
        shown = lines[self._top : self._top + height]
        if self.search is not None and self._found is not None:
            here = self._found - self._top
            if 0 <= here < len(shown):
                shown[here] = Line(shown[here].spans, "cursor")
        return shown


_GLYPHS: dict[Tone, tuple[str, StyleName]] = {
    "good": ("●", "good"),
    "plain": ("·", "muted"),
    "warn": ("◐", "warn"),
    "bad": ("×", "bad"),
}


class Timeline(Reader):
    """What happened, oldest first; it stays at the newest unless one scrolls up.

    Args:
        of: Which events; `None` for all of the pool.
    """

    newest_last = True

    def __init__(
        self,
        feed: Feed,
        clock: Clock,
        *,
        of: Callable[[wire.Event], bool] | None = None,
        joined: bool = False,
        id: str = "timeline",
    ) -> None:
        super().__init__("Timeline" if of else "Events", joined=joined, id=id)
        self._at_end = True
        self._feed = feed
        self._clock = clock
        self._of = of
        self._told: list[Line] = []
        self._until = 0
        self._width = 0

    @property
    def _follows(self) -> bool:
        return True

    def note(self) -> Sequence[Span]:
        missed = self._feed.view.events_missed
        return [(f"{missed:,} earlier ones not known", "muted")] if missed else []

    def content(self, width: int) -> list[Line]:
        events = self._feed.view.events
        if width != self._width:
            self._told, self._until, self._width = [], events.first, width
        for index in range(max(self._until, events.first), events.end):
            event = events[index]
            if self._of is None or self._of(event):
                self._told += self._lines_of(event, width)
        self._until = events.end
        if len(self._told) > 2 * events.capacity:
            del self._told[: -events.capacity]
        return self._told or [Line((("  nothing happened yet", "muted"),))]

    def _lines_of(self, event: wire.Event, width: int) -> list[Line]:
        story = tell(event)
        glyph, style = _GLYPHS[story.tone]
        time = self._clock.wall(event.time)
        if width < 60:
            time = time[:8]
        spans: list[Span] = [(f"  {time} ", "muted"), (f"{glyph} ", style)]
        used = len(time) + 5
        if self._of is None and story.subject:
            room = max(8, min(32, width // 4))
            spans.append((tail(story.subject, room) + "  ", "plain"))
            used += room + 2
        text: StyleName = "plain" if story.tone in ("plain", "good") else style
        first, *more = wrap(story.text, max(12, width - used), words=True)
        indent = " " * used
        return [
            Line((*spans, (first, text))),
            *(Line(((indent, "plain"), (rest, text))) for rest in more),
        ]
