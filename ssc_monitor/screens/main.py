"""The main screen: the truth, the sockets, and what they say."""

from textual import events
from textual.app import ComposeResult

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.mix import Mix
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.screens.base import bindings
from ssc_monitor.screens.listing import ListingScreen
from ssc_monitor.screens.taking import Taken
from ssc_monitor.widgets.key_bar import KeyBar
from ssc_monitor.widgets.message_stream import MessageStream
from ssc_monitor.widgets.notice import Notice, notice
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.reader import Timeline
from ssc_monitor.widgets.socket_table import SocketTable
from ssc_monitor.widgets.transport_line import TransportLine
from ssc_monitor.widgets.truth_line import TruthLine
from ssc_monitor.widgets.warning_list import WarningList

__all__ = ["MainScreen"]

ONE_PANE_BELOW = 80
"""In fewer columns than this, one pane at a time is shown."""

LEAST_ROWS = 3


class MainScreen(ListingScreen):
    """Sockets above; messages, the pool's events or warnings below."""

    NAME = "main"
    BINDINGS = bindings(NAME)

    def __init__(self, feed: Feed, clock: Clock) -> None:
        super().__init__(feed, clock, MessageStream(feed, clock))
        self._truth = TruthLine(feed)
        self._sockets = SocketTable(feed)
        self._events = Timeline(feed, clock, joined=True, id="events")
        self._warnings = WarningList(feed, clock)
        self._notice = Notice(feed)
        self._keys = KeyBar("main")
        self._active: Pane = self._sockets
        self._lower: Pane = self._stream
        self._lower_chosen = False
        self._arranged: tuple[object, ...] = ()
        self._most_rows = LEAST_ROWS

    def compose(self) -> ComposeResult:
        yield self._truth
        yield TransportLine(self._feed)
        yield self._sockets
        yield self._stream
        yield self._events
        yield self._warnings
        yield self._notice
        yield self._bar
        yield self.question
        yield self._keys

    def on_mount(self) -> None:
        self.watch_messages()
        self._arrange()
        self._sockets.focus()

    def watch_messages(self) -> None:
        self._feed.watch(self._stream.filter)

    def use(self, filter: Filter) -> None:
        self._sockets.filter = filter
        super().use(filter)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Pane):  # by the mouse, too
            self._active = event.widget

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()

    @property
    def pane(self) -> Pane:
        return self._active

    @property
    def chosen(self) -> SocketView | None:
        """The socket under the cursor, that of the message under it, or the only one."""
        view, stream = self._feed.view, self._stream
        if self._active is stream and stream.has_cursor:
            entry = stream.selected
            here = entry is not None and entry.attachment == view.attachment
            return view.sockets.get(entry.number) if entry and here else None
        if self._sockets.has_cursor or len(view.sockets) == 1:
            return self._sockets.selected
        return None

    def tick(self) -> None:
        self._arrange()
        super().tick()

    def _arrange(self) -> None:
        """Give each pane its place."""
        width, height = self.size
        if not self._lower_chosen and self._feed.readings:
            self._lower = self._stream if self._feed.shows_traffic else self._events
        one = width < ONE_PANE_BELOW
        told = min(len(notice(self._feed, width)), height // 4)
        room = height - (1 if height < 15 or width < 60 else 3) - told
        room -= self._feed.transport is not None
        # It grows with the sockets, and doesn't shrink: panes that jump can't be read.
        self._most_rows = max(self._most_rows, len(self._feed.view.sockets))
        upper = max(LEAST_ROWS + 2, min(self._most_rows + 2, room // 2))
        key = (width, height, one, upper, told, self._lower, self._active)
        if key == self._arranged:
            return
        self._arranged = key
        if self._active is not self._sockets and self._active is not self._lower:
            self._activate(self._lower)
        self._notice.display = told > 0
        self._notice.styles.height = told
        self._sockets.open_below = not one
        self._sockets.styles.height = "1fr" if one else upper
        for pane in (self._sockets, *self._lowers):
            shown = (
                pane is self._active if one else pane in (self._sockets, self._lower)
            )
            pane.display = shown
        for pane in self._lowers:
            pane.joined = not one

    @property
    def _lowers(self) -> tuple[Pane, ...]:
        """What can be below, in turn."""
        return self._stream, self._events, self._warnings

    def _activate(self, pane: Pane) -> None:
        self._active = pane
        pane.display = True
        pane.focus()

    # Actions

    def action_pane(self) -> None:
        """Go to the other pane."""
        upper = self._active is self._sockets
        self._activate(self._lower if upper else self._sockets)
        self.tick()

    def action_open(self) -> None:
        """Open what is selected."""
        from ssc_monitor.screens.socket import SocketScreen

        if self._active is self._sockets:
            if (socket := self._sockets.selected) is not None:
                self.host.push_screen(SocketScreen(self._feed, self._clock, socket))
        elif self._active is self._stream:
            self.open_message()
        elif self._active is self._warnings:
            warning, sockets = self._warnings.selected, self._feed.view.sockets
            if warning is not None and (socket := sockets.get(warning.number)):
                self.host.push_screen(SocketScreen(self._feed, self._clock, socket))

    def action_pause(self) -> None:
        """Hold messages and rows, or let them go on."""
        super().action_pause()
        self._sockets.held = self._stream.paused

    def action_lower(self) -> None:
        """Events in place of messages, then warnings, then messages again."""
        self._lower_chosen = True
        was_active = self._active is self._lower
        at = self._lowers.index(self._lower) + 1
        self._lower = self._lowers[at % len(self._lowers)]
        if was_active:
            self._activate(self._lower)
        self.tick()

    def action_sort_left(self) -> None:
        """Sort by the column to the left."""
        self._sockets.sort_by(-1)
        self._sockets.repaint()

    def action_sort_right(self) -> None:
        """Sort by the column to the right."""
        self._sockets.sort_by(1)
        self._sockets.repaint()

    def action_invert(self) -> None:
        """Turn the order around."""
        self._sockets.invert()
        self._sockets.repaint()

    def action_solo(self) -> None:
        """Hear the selected socket alone, or all again."""
        if (id := self._selected_id) is not None:
            self.mix(self._feed.mix.with_solo(id))

    def action_mute(self) -> None:
        """Don't hear the selected socket, or hear it again."""
        if (id := self._selected_id) is not None:
            self.mix(self._feed.mix.with_muted(id))

    def mix(self, mix: Mix) -> None:
        """Hear other sockets."""
        self._feed.use(mix)
        self.tick()

    @property
    def _selected_id(self) -> str | None:
        """The ID of what is selected, or of what it is of."""
        chosen = self._stream.selected
        if self._active is self._sockets:
            return None if (at := self._sockets.selected) is None else at.id
        return chosen.id if self._active is self._stream and chosen else None

    def to_copy(self, *, raw: bool) -> Taken | None:
        if self._active is not self._sockets:
            return super().to_copy(raw=raw)
        socket = self._sockets.selected if self._sockets.has_cursor else None
        if socket is None:
            return None
        return Taken("ID", [(socket.raw_id if raw else socket.id).encode()])

    def undo(self) -> bool:
        if not self.typing and self.host.search is None and self._feed.mix:
            self._feed.use(Mix())
            return True
        return super().undo()

    def leave(self) -> None:
        """Take the cursors away; go on with what is newest and largest."""
        self._sockets.release()
        self._stream.follow()
        self._warnings.release()
        self.tick()
