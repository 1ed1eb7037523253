"""One socket: what it says, what happened to it, what is known of it."""

from collections.abc import Sequence

from textual.app import ComposeResult

from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import fit, wrap
from ssc_monitor.screens.base import bindings
from ssc_monitor.screens.listing import ListingScreen
from ssc_monitor.screens.statistics import Statistics
from ssc_monitor.widgets.columns import STATES, sparkline
from ssc_monitor.widgets.key_bar import KeyBar
from ssc_monitor.widgets.line import Line, Span, StyleName, ends
from ssc_monitor.widgets.message_stream import MessageStream
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.reader import Reader, Timeline
from ssc_monitor.widgets.sheet import Sheet
from ssc_monitor.widgets.transport_line import TransportLine
from ssc_monitor.widgets.truth_line import TruthLine, per_s, since
from ssc_rx.errors import counted

__all__ = ["SocketScreen"]


class Subject:
    """The socket of a screen: it stays the same when the link is lost and comes back.

    Args:
        feed: Where it is.
        socket: What is known of it.
    """

    def __init__(self, feed: Feed, socket: SocketView) -> None:
        self._feed = feed
        self._last = socket
        self._attachment = feed.view.attachment
        self._version = -1

    @property
    def socket(self) -> SocketView:
        """What is known of it now; after it left, what was known last."""
        view = self._feed.view
        found = None
        if self._attachment == view.attachment:
            found = view.sockets.get(self._last.number)
        elif self._version != view.sockets_version:
            # Numbers are of one attachment; its ID is what it keeps.
            self._version = view.sockets_version
            found = next(
                (s for s in view.sockets.values() if s.raw_id == self._last.raw_id),
                None,
            )
            if found is not None:
                self._attachment = view.attachment
        if found is not None:
            self._last = found
        return self._last

    @property
    def here(self) -> bool:
        """Whether the pool still has it."""
        view, socket = self._feed.view, self.socket
        return self._attachment == view.attachment and not (
            socket.gone or view.sockets.get(socket.number) is not socket
        )


class SocketScreen(ListingScreen):
    """Four tabs: traffic, timeline, details, statistics."""

    NAME = "socket"
    BINDINGS = bindings(NAME)

    def __init__(self, feed: Feed, clock: Clock, socket: SocketView) -> None:
        subject = Subject(feed, socket)
        stream = MessageStream(
            feed, clock, of=lambda entry: entry.id == subject.socket.id, joined=False
        )
        super().__init__(feed, clock, stream)
        self._subject = subject
        self._heading = _Heading(feed, subject)
        self._timeline = Timeline(
            feed, clock, of=lambda event: event.id == subject.socket.raw_id
        )
        self._details = _Details(feed, clock, subject)
        self._statistics = Statistics(feed, lambda: subject.socket)
        self._pane: Pane = self._stream
        self._inspected: tuple[int, int] | None = None

    def compose(self) -> ComposeResult:
        yield TruthLine(self._feed)
        yield TransportLine(self._feed)
        yield self._heading
        yield self._stream
        yield self._timeline
        yield self._details
        yield self._statistics
        yield self._bar
        yield self.question
        yield KeyBar("socket")

    def on_mount(self) -> None:
        self._show(self._stream if self._feed.shows_traffic else self._timeline)

    @property
    def pane(self) -> Pane:
        return self._pane

    @property
    def chosen(self) -> SocketView | None:
        """The one that is shown; of one that left, the number may be another's by now."""
        return self._subject.socket if self._subject.here else None

    def tick(self) -> None:
        socket = self._subject.socket
        asked = (self._feed.view.attachment, socket.number)
        if self._inspected != asked and self._subject.here and self._feed.readings:
            self._inspected = asked
            self._feed.inspect(socket.number)
            self.watch_messages()
        super().tick()

    def watch_messages(self) -> None:
        self._feed.watch(self._stream.filter, self._subject.socket.number)

    def _show(self, pane: Pane) -> None:
        self._pane = pane
        panes = (self._stream, self._timeline, self._details, self._statistics)
        for other in panes:
            other.display = other is pane
        self._heading.tab = pane.id or ""
        pane.focus()
        self.tick()

    # Actions

    def action_traffic(self) -> None:
        """Show its messages."""
        self._show(self._stream)

    def action_timeline(self) -> None:
        """Show what happened to it."""
        self._show(self._timeline)

    def action_details(self) -> None:
        """Show what is known of it."""
        self._show(self._details)

    def action_statistics(self) -> None:
        """Show what can be counted of it."""
        self._show(self._statistics)

    def action_open(self) -> None:
        """Open the selected message."""
        if self._pane is self._stream:
            self.open_message()


class _Heading(Sheet):
    """What the socket is, its rates, and the tabs."""

    TABS = (
        ("stream", "1 Traffic"),
        ("timeline", "2 Timeline"),
        ("details", "3 Details"),
        ("statistics", "4 Statistics"),
    )

    def __init__(self, feed: Feed, subject: Subject) -> None:
        super().__init__(id="heading")
        self.tab = ""
        self._feed = feed
        self._subject = subject

    def lines(self, width: int, height: int) -> list[Line]:
        socket, now = self._subject.socket, self._feed.view.now
        glyph, tone = STATES.get(socket.state, ("◌", "warn"))
        about: list[Span] = [(f"  {glyph} {socket.state}", tone)]
        if socket.opened_at is not None and socket.state == "open":
            about.append((f" {figures.duration(now - socket.opened_at)}", "plain"))
        about.append((f"  {socket.kind} socket", "muted"))
        if socket.generation > 1:
            about.append((f"  connection {socket.generation}", "muted"))
        note = self._feed.endings.of(socket.raw_id, now, gone=socket.gone)
        if note and socket.state != "open":
            about.append((f"  {note}", tone))
        room = max(12, width - 2 - min(60, sum(len(text) for text, _ in about)))
        name = socket.id
        if len(name) > room:
            name = ends(name, room)
        lines = [
            Line(((f" {name}", "title"), *about)),
            Line(self._rates(socket, now, width)),
        ]
        tabs: list[Span] = []
        for id, text in self.TABS:
            here = id == self.tab
            tabs.append(
                (f"[{text}]" if here else f" {text} ", "title" if here else "muted")
            )
            tabs.append((" ", "plain"))
        lines.append(Line(((" ", "plain"), *tabs)))
        return lines[:height]

    def _rates(self, socket: SocketView, now: float, width: int) -> tuple[Span, ...]:
        bars = max(0, min(60, width - 60))
        spark = sparkline(socket, now, bars)
        lost: list[Span] = []
        counters = self._feed.counters(socket)
        losses: tuple[tuple[str, int, StyleName], ...] = (
            ("queued", socket.queued, "plain"),
            ("refused", counters.refused, "warn"),
            ("lost", counters.failed, "bad"),
            ("dropped", counters.dropped, "warn"),
        )
        for name, n, style in losses:
            if n:
                lost.append((f"  {name} {figures.count(n)}", style))
        return (
            (" ↓ ", "in"),
            (per_s(figures.rate(socket.in_per_s(now))), "strong"),
            ("  ↑ ", "out"),
            (per_s(figures.rate(socket.out_per_s(now))), "strong"),
            (f"  {per_s(figures.size(socket.bytes_per_s(now)))}", "plain"),
            (f"  RTT {figures.latency(socket.latency)}  ", "muted"),
            (spark, "spark"),
            *lost,
        )


class _Details(Reader):
    """What the process knows of a socket besides its counters, and these."""

    def __init__(self, feed: Feed, clock: Clock, subject: Subject) -> None:
        super().__init__("Details", id="details")
        self._feed = feed
        self._clock = clock
        self._subject = subject

    def content(self, width: int) -> list[Line]:
        socket, view = self._subject.socket, self._feed.view
        counters = self._feed.counters(socket)
        rows: list[tuple[str, str]] = [("ID", socket.id), ("kind", socket.kind)]
        details = view.details.get(socket.number) if self._subject.here else None
        if details is not None:
            rows += [
                ("URL", details.url),
                ("peer", details.remote_address),
                ("subprotocol", details.subprotocol),
                ("path", details.path),
                ("tags", ", ".join(details.tags)),
            ]
        if socket.opened_at is not None:
            rows.append(("opened", self._clock.wall(socket.opened_at)))
        rows += [
            ("connection", figures.count(socket.generation)),
            ("counted for", since(self._feed)),
            ("received", _both(counters.messages_in, counters.bytes_in)),
            ("written", _both(counters.messages_out, counters.bytes_out)),
        ]
        played = self._feed.transport is not None
        if not played:  # a recording can't know
            rows += [
                ("queued", _both(socket.queued, socket.queued_bytes)),
                ("refused", figures.count(counters.refused)),
                ("lost writes", figures.count(counters.failed)),
                ("dropped", figures.count(counters.dropped)),
            ]
        lines = [
            line
            for name, value in rows
            if value
            for line in _field(name, value, width, 14)
        ]
        if details is not None and details.headers:
            lines += [Line(()), Line((("  Headers of the request", "title"),))]
            for name, value in details.headers:
                lines += _field(name, value, width, 24)
        elif played:
            lines += [Line(()), Line((("  a recording has no more of it", "muted"),))]
        elif details is None and self._subject.here:
            lines += [Line(()), Line((("  more is asked for …", "muted"),))]
        return lines


def _both(messages: int, size: int) -> str:
    if not messages:
        return "0"
    return f"{counted(messages, 'message')}, {figures.size(size)}"


def _field(name: str, value: str, width: int, name_width: int) -> Sequence[Line]:
    indent = name_width + 3
    first, *more = wrap(value, max(10, width - indent - 1), words=True)
    return [
        Line((("  " + fit(name, name_width) + " ", "muted"), (first, "plain"))),
        *(Line(((" " * indent, "plain"), (text, "plain"))) for text in more),
    ]
