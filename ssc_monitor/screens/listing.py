"""`ListingScreen`: what screens with a stream of messages share: filter, pause, follow."""

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.lines import message_as_json
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.payload import view
from ssc_monitor.screens.acting import ActingScreen
from ssc_monitor.screens.taking import Taken
from ssc_monitor.taking import file_stem
from ssc_monitor.widgets.filter_bar import FilterBar
from ssc_monitor.widgets.message_stream import MessageStream
from ssc_rx.errors import counted

__all__ = ["ListingScreen"]

COPIED_WIDTH = 4000
"""Lines of what is copied are wrapped as late as that."""


class ListingScreen(ActingScreen):
    """A screen with a stream of messages and a filter.

    Args:
        feed: What is shown.
        clock: What time is read from.
        stream: The messages.
    """

    def __init__(self, feed: Feed, clock: Clock, stream: MessageStream) -> None:
        super().__init__(feed)
        self._clock = clock
        self._stream = stream
        self._bar = FilterBar(self.use, self.stop_typing)

    # What a subclass gives

    def watch_messages(self) -> None:
        """Have those messages sampled that the screen shows."""
        raise NotImplementedError

    # What they share

    def on_screen_resume(self) -> None:
        self.watch_messages()
        self.tick()

    def tick(self) -> None:
        self.set_class(self._feed.health == "gone", "-gone")
        super().tick()

    def use(self, filter: Filter) -> None:
        """Filter by something else."""
        if filter != self._stream.filter:
            self._stream.use(filter)
            self.watch_messages()
            self.tick()

    def open_message(self) -> None:
        """Open the selected message; without a cursor the newest."""
        from ssc_monitor.screens.message import MessageScreen

        entry = self._stream.selected
        if entry is not None:
            self._stream.select(entry.index)
            screen = MessageScreen(self._feed, self._clock, entry, self._stream)
            self.host.push_screen(screen)

    # Taking

    def to_copy(self, *, raw: bool) -> Taken | None:
        """The selected message; `None` if none is."""
        entry = self._stream.selected if self._stream.has_cursor else None
        if entry is None or self.pane is not self._stream:
            return None
        what = "message" if entry.whole else f"the first {len(entry.preview):,} bytes"
        if raw:
            return Taken(f"{what}, raw,", [entry.preview])
        lines = view(entry.preview, entry.type, "auto", COPIED_WIDTH)
        return Taken(what, ["\n".join(lines).encode()])

    def to_save(self) -> Taken | None:
        """The messages that are shown, those out of view too, as JSON lines."""
        entries = self._stream.entries()
        if not entries:
            return None
        ids = {s.id: s.raw_id for s in self._feed.view.sockets.values()}
        lines = (
            f"{message_as_json(entry, ids.get(entry.id, entry.id))}\n".encode()
            for entry in entries
        )
        return Taken(f"{counted(len(entries), 'message')} as JSON lines", lines)

    @property
    def file_name(self) -> str:
        hello = self._feed.view.hello
        pool = "messages" if hello is None else f"{file_stem(hello.pool)}-messages"
        return f"{pool}.jsonl"

    def action_pause(self) -> None:
        """Hold the messages, or let them go on; what is played stands still itself."""
        if self._feed.transport is not None:
            self._feed.transport.pause()
        elif self._stream.paused:
            self._stream.resume()
        else:
            self._stream.pause()
        self.tick()

    def action_follow(self) -> None:
        """Follow the newest message, or stop."""
        self._stream.toggle_follow()
        self.tick()

    def action_filter(self) -> None:
        """Edit the filter."""
        self.add_class("-typing")
        self._bar.open(self._stream.filter.text)

    def undo(self) -> bool:
        if self._bar.opened:
            self.stop_typing()
        elif super().undo():
            return True
        elif not self._stream.filter:
            return False
        self.use(Filter())
        return True
