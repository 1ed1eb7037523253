"""The stream of messages: formats the lines in view, whatever the rate."""

from collections.abc import Callable, Iterator, Sequence

from ssc_monitor.clock import Clock, time_for
from ssc_monitor.feed import Feed
from ssc_monitor.matches import Held, Matches
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.mix import Mix
from ssc_monitor.model.search import Search
from ssc_monitor.model.visible import visible
from ssc_monitor.widgets import message_row
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.pane import Pane

__all__ = ["MessageStream"]

ENTRIES_A_TICK = 4000
"""How many entries a new filter looks at before the screen is painted: about 10 ms."""
FILTER_S = 0.03
"""How long it looks at them: an expression may be costly."""
SAVE_S = 1.0
"""How long is searched for what is to be saved."""

SPARE = 2000
"""So many entries before the first in view is evicted, the view is held: a second."""


class MessageStream(Pane):
    """The sampled messages, newest at the bottom.

    It follows the newest, or stands still: then the first line in view and the cursor
    are kept by the message's index, so that neither filter nor eviction moves them.

    Attributes:
        filter: Which messages are shown.
        following: Whether the newest is kept in view.
    """

    newest_last = True

    def __init__(
        self,
        feed: Feed,
        clock: Clock,
        *,
        of: Callable[[Entry], bool] | None = None,
        joined: bool = True,
        id: str = "stream",
    ) -> None:
        super().__init__(joined=joined, id=id)
        self.filter = Filter()
        self.following = True
        self._feed = feed
        self._clock = clock
        self._of = of
        self._held: Held | None = None
        self._held_at = 0
        self._held_of: object = None  # a program that starts anew counts anew
        self._opened_at = feed.view.stream.end
        self._seeks = 0
        self._mix = feed.mix
        self._found = self._matches()
        self._top = 0
        self._cursor: int | None = None
        self._at: list[int | None] = []  # index of the entry on each line
        self._cache: dict[int, tuple[tuple[object, ...], Line]] = {}

    @property
    def selected(self) -> Entry | None:
        """The message under the cursor; without a cursor the newest."""
        found = self._found
        position = found.end - 1
        if self._cursor is not None:
            position = min(position, found.position_of(self._cursor))
        return found.at(position)[0] if found.first <= position < found.end else None

    @property
    def has_cursor(self) -> bool:
        """Whether a message was selected."""
        return self._cursor is not None

    @property
    def paused(self) -> bool:
        """Whether a copy of the messages is shown."""
        return self._held is not None

    def entries(self) -> list[Entry]:
        """All messages that are shown, those out of view too."""
        found = self._found
        more = time_for(SAVE_S)
        while not found.complete and more():
            found.advance(ENTRIES_A_TICK, more)
        return [found.at(position)[0] for position in range(found.first, found.end)]

    def use(self, filter: Filter) -> None:
        """Show other messages."""
        self.filter = filter
        self._found = self._matches()

    def pause(self) -> None:
        """Hold what is there; messages that come are only counted."""
        self._held = Held(self._feed.view.stream)
        self._held_at = self._seen()
        self._held_of = self._feed.view.incarnation
        self._found = self._matches()

    def resume(self) -> None:
        """Show what came since, too."""
        self._held = None
        self._found = self._matches()

    def follow(self) -> None:
        """Keep the newest in view."""
        self.following, self._cursor = True, None

    def beside(self, index: int, step: int) -> Iterator[Entry]:
        """The messages before (-1) or after (1) an index, whatever the filter."""
        lines = self._held or self._feed.view.stream
        index = max(lines.first - 1, min(index, lines.end)) + step
        while lines.first <= index < lines.end:
            yield lines[index]
            index += step

    def toggle_follow(self) -> None:
        """Follow, or stop following."""
        if self.following:
            self.stand()
        else:
            self.follow()

    def advance(self) -> None:
        """Look at more entries, if there are any that the filter didn't see."""
        if not self._found.complete:
            self._found.advance(ENTRIES_A_TICK, time_for(FILTER_S))

    def stand(self) -> None:
        """Stop following."""
        if self.following:
            end = self._feed.view.stream.end
            first = next((index for index in self._at if index is not None), end)
            self.following, self._top = False, first

    def select(self, index: int) -> None:
        """Put the cursor on the message with an index."""
        self.stand()
        self._cursor = index
        self._show_cursor()

    # Moving

    def move(self, lines: int) -> None:
        found = self._found
        if found.end == found.first:
            return
        if self._cursor is None:
            shown = [index for index in self._at if index is not None]
            at = found.end - 1
            if shown and (lines > 0 or not self.following):
                at = found.position_of(shown[0] if lines > 0 else shown[-1])
            lines = 0
        else:
            at = found.position_of(self._cursor)
        at = max(found.first, min(at + lines, found.end - 1))
        self.stand()
        self._cursor = found.at(at)[0].index
        self._show_cursor()

    def first(self) -> None:
        found = self._found
        if found.end > found.first:
            self.stand()
            self._cursor = self._top = found.at(found.first)[0].index

    def last(self) -> None:
        self.follow()

    def scroll(self, lines: int) -> None:
        found = self._found
        if found.end - found.first <= self.inner_height:
            return
        self.stand()
        bottom = self._top_for(found.end - 1)
        at = found.position_of(self._top) + lines
        if at >= bottom and lines > 0 and self._cursor is None:
            self.follow()
            return
        self._top = found.at(max(found.first, min(at, bottom)))[0].index

    def point(self, y: int) -> bool:
        index = self._at[y] if 0 <= y < len(self._at) else None
        if index is None:
            return False
        self.stand()
        self._cursor = index
        return True

    def searched(self, step: int) -> tuple[int, int, int]:
        found = self._found
        if self._cursor is not None:
            start = found.position_of(self._cursor)
        elif self.following:
            start = found.end if step < 0 else found.end - 1
        else:
            start = found.position_of(self._top) - step
        return found.first, found.end, start

    def holds(self, search: Search, at: int) -> bool:
        return search.in_entry(self._found.at(at)[0])

    def jump(self, at: int) -> None:
        self.select(self._found.at(at)[0].index)

    def _show_cursor(self) -> None:
        """Move what is in view until the cursor is in it."""
        if self._cursor is None:
            return
        found = self._found
        cursor, top = found.position_of(self._cursor), found.position_of(self._top)
        if cursor < top:
            self._top = self._cursor
            return
        above = self._top_for(min(cursor, found.end - 1))
        if above > top:
            self._top = found.at(above)[0].index

    def _top_for(self, bottom: int) -> int:
        """The first position in view when `bottom` is the last; gaps take lines, too."""
        found, room, at = self._found, self.inner_height, bottom
        while at >= found.first:
            room -= 1 + bool(found.at(at)[1])
            if room < 0:
                break
            at -= 1
        return min(at + 1, bottom)

    # Lines

    def title(self) -> Sequence[Span]:
        spans: list[Span] = [("Messages", "title" if self.has_focus else "strong")]
        if self.filter:
            spans.append((" ─ ", "frame"))
            spans.append((f"/{visible(self.filter.text)}", "key"))
            if not self._found.complete:
                spans.append((" searching …", "muted"))
        if self._of is None:
            spans.extend(message_row.mixed(self._feed.mix))
        return spans

    def note(self) -> Sequence[Span]:
        if self.paused:
            same = self._feed.view.incarnation == self._held_of
            since = self._seen() - (self._held_at if same else 0)
            return [("PAUSED", "warn"), (f" {since:,} since", "plain")]
        if self.following:
            return [("following", "muted")]
        newer = self._found.end - self._found.position_of(self._last_shown + 1)
        return [(f"{newer:,} newer", "plain"), (" · f follows", "muted")]

    @property
    def _last_shown(self) -> int:
        return next((i for i in reversed(self._at) if i is not None), self._top)

    def thumb(self) -> tuple[int, int, int]:
        found = self._found
        shown = sum(index is not None for index in self._at)
        total = found.end - found.first
        if self.following:
            return max(0, total - shown), shown, total
        return found.position_of(self._top) - found.first, shown, total

    def lines(self, width: int, height: int) -> list[Line]:
        transport = self._feed.transport
        if transport is not None and transport.seeks != self._seeks:
            self._seeks = transport.seeks  # what was shown is of another time
            self.resume()
            self.follow()
        if self._feed.mix != self._mix:
            self._found = self._matches()
        self.advance()
        ring = self._feed.view.stream
        evicted_soon = ring.end - ring.capacity + SPARE
        if not self.paused and not self.following and self._top < evicted_soon:
            self.pause()  # what one reads isn't taken away
        return super().lines(width, height)

    def body(self, width: int, height: int) -> list[Line]:
        lines: list[Line] = []
        at: list[int | None] = []
        found = self._found
        if self.following:
            position = found.end - 1
            while position >= found.first and len(lines) < height:
                entry, missing = found.at(position)
                lines.append(self._line(entry, width))
                at.append(entry.index)
                if missing:
                    lines.append(self._gap(entry, missing, width))
                    at.append(None)
                position -= 1
            lines, at = lines[:height][::-1], at[:height][::-1]
        else:
            position = max(found.first, found.position_of(self._top))
            while position < found.end and len(lines) < height:
                entry, missing = found.at(position)
                if missing:
                    lines.append(self._gap(entry, missing, width))
                    at.append(None)
                lines.append(self._line(entry, width))
                at.append(entry.index)
                position += 1
            lines, at = lines[:height], at[:height]
        self._at = at
        if not lines:
            lines.append(Line((("  " + self._nothing(), "muted"),)))
        in_view = set(at)
        self._cache = {i: line for i, line in self._cache.items() if i in in_view}
        return lines

    def _gap(self, entry: Entry, missing: int, width: int) -> Line:
        # Before this list was opened, all sockets were sampled, and counted together.
        ours = self._of is None or entry.index >= self._opened_at
        return Line(message_row.gap(missing if ours else None, width))

    def _line(self, entry: Entry, width: int) -> Line:
        selected = entry.index == self._cursor
        key = (width, selected)
        known = self._cache.get(entry.index)
        if known is None or known[0] != key:
            spans = message_row.row(
                entry, width, self._clock, selected=selected, with_id=self._of is None
            )
            known = (key, Line(spans, "cursor" if selected else ""))
            self._cache[entry.index] = known
        return known[1]

    def _nothing(self) -> str:
        if not self._found.complete:
            return "searching …"
        if self.filter:
            return "no message matches; esc clears the filter"
        if self._feed.mix and self._of is None:
            return "no messages of these sockets yet; esc shows all again"
        if self._feed.readings and not self._feed.shows_traffic:
            return 'no messages at level stats: open the pool with monitor="traffic"'
        return "no messages yet"

    def _seen(self) -> int:
        row = self._feed.view.row
        return 0 if row is None else row.messages_in + row.messages_out

    def _matches(self) -> Matches:
        of, filter, view = self._of, self.filter, self._feed.view
        self._mix = mix = self._feed.mix
        if of is None and mix:
            of = _heard(mix)
        lines = self._held or view.stream
        if not filter:
            return Matches(lines, of)
        matches = filter.matches_message

        def wanted(entry: Entry) -> bool:
            if of is not None and not of(entry):
                return False
            return matches(entry, view.sockets.get(entry.number))

        return Matches(lines, wanted)


def _heard(mix: Mix) -> Callable[[Entry], bool]:
    return lambda entry: mix.hears(entry.id)
