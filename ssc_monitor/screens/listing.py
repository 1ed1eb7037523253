"""`ListingScreen`: what screens with a stream of messages share: filter, pause, follow."""

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model.filter import Filter
from ssc_monitor.screens.acting import ActingScreen
from ssc_monitor.widgets.filter_bar import FilterBar
from ssc_monitor.widgets.message_stream import MessageStream

__all__ = ["ListingScreen"]


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
