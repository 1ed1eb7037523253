"""The statistics of a socket: latencies, rates, sizes, what became of its writes."""

from collections.abc import Callable, Sequence

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.entry import Direction
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.spread import Spread, magnitudes, spread_of
from ssc_monitor.model.visible import cell_width, fit, visible, wrap
from ssc_monitor.widgets.line import Line, Span, StyleName
from ssc_monitor.widgets.reader import Reader
from ssc_rx.errors import counted

__all__ = ["Statistics"]

SAMPLES = 20_000
"""The last messages of all sockets, among which its own are looked for."""
EACH_S = 1.0
"""How often they are."""
NAME = 13
SECONDS = 60

_WHEN_FULL = {
    "close": "the socket is closed with 1013",
    "error": "writes are refused",
    "drop_oldest": "the oldest are dropped",
    "drop_newest": "what is written is dropped",
    "latest": "the latest takes its place",
}


class Statistics(Reader):
    """What can be counted of a socket, and how it is spread.

    Args:
        feed: Where it is.
        subject: Gives the socket.
    """

    def __init__(self, feed: Feed, subject: Callable[[], SocketView]) -> None:
        super().__init__("Statistics", id="statistics")
        self._feed = feed
        self._subject = subject
        self._looked = float("-inf")
        self._sizes: dict[Direction, list[int]] = {"in": [], "out": []}

    def content(self, width: int) -> list[Line]:
        socket = self._subject()
        return [
            *self._latencies(socket, width),
            *self._rates(socket),
            *self._sizes_of(socket, width),
            *self._writes(socket, width),
            *self._subscribers(socket, width),
        ]

    def _latencies(self, socket: SocketView, width: int) -> list[Line]:
        seen = socket.latencies
        spread = spread_of(seen)
        if spread is None:
            return [_line("Latency", ("no ping was answered yet", "muted"))]
        history = figures.sparkline(seen, min(len(seen), max(10, width - NAME - 4)))
        return [
            _line("Latency", *_spread(spread, figures.latency), _of(spread, "ping")),
            _line("", (history.replace("█", "▇"), "spark")),
        ]

    def _rates(self, socket: SocketView) -> list[Line]:
        now = self._feed.view.now
        lines = [Line(())]
        for title, name, counts in (
            ("Messages", "received", socket.came(now)),
            ("", "written", socket.went(now)),
        ):
            known = counts[:-1]  # the last second isn't over
            if socket.watched_since is not None:
                known = known[-max(1, int(now - socket.watched_since)) :]
            rates = [
                ("min", min(known)),
                ("mean", sum(known) / len(known)),
                ("max", max(known)),
            ]
            spans: list[Span] = [(fit(name, 10), "plain")]
            for what, rate in rates:
                spans += _figure(what, figures.short(rate), 6)
            spans.append((f"/s, in {len(known)} s", "muted"))
            lines.append(_line(title, *spans))
        return lines

    def _sizes_of(self, socket: SocketView, width: int) -> list[Line]:
        if not self._feed.shows_traffic:
            return []
        self._look(socket)
        lines = [Line(())]
        names: tuple[tuple[str, Direction], ...] = (
            ("received", "in"),
            ("written", "out"),
        )
        for n, (name, direction) in enumerate(names):
            sizes = self._sizes[direction]
            title, spread = "Sizes" if n == 0 else "", spread_of(sizes)
            if spread is None:
                none: Span = ("no sample", "muted")
                lines.append(_line(title, (fit(name, 10), "plain"), none))
                continue
            lines.append(
                _line(
                    title,
                    (fit(name, 10), "plain"),
                    *_spread(spread, figures.size),
                    _of(spread, "sample"),
                )
            )
            lines += _histogram(sizes, width)
        return lines

    def _look(self, socket: SocketView) -> None:
        """Find its samples, now and then."""
        now = self._feed.now()
        if now - self._looked < EACH_S:
            return
        self._looked = now
        ring, id = self._feed.view.stream, socket.id
        self._sizes = {"in": [], "out": []}
        for entry in ring.slice(max(ring.first, ring.end - SAMPLES), ring.end):
            if entry.id == id:
                self._sizes[entry.direction].append(entry.size)

    def _writes(self, socket: SocketView, width: int) -> list[Line]:
        row, head = socket.row, socket.head
        lines = [Line(())]
        if row.accepted is not None:
            closes = not socket.unaccounted
            sums = (
                f"{figures.count(row.accepted)} accepted = "
                f"{figures.count(row.messages_out)} handed over + "
                f"{figures.count(row.queued)} queued + "
                f"{figures.count(row.dropped)} dropped + "
                f"{figures.count(row.failed)} lost"
            )
            if not closes:
                sums += f" + {figures.count(socket.unaccounted)} unaccounted for"
            lines += _told("Writes", sums, width, "plain" if closes else "bad")
        for title, reasons in (("Dropped", row.drops), ("Lost", row.losses)):
            if reasons:
                told = ", ".join(
                    f"{visible(reason, 40)} {figures.count(n)}"
                    for reason, n in reasons.items()
                )
                lines += _told(title, told, width, "warn")
        lines += _told("Refused", figures.count(row.refused), width)
        if head.outbox_messages:
            full = _WHEN_FULL.get(head.overflow)
            text = (
                f"{figures.count(row.queued)} of {figures.count(head.outbox_messages)} "
                f"messages, {figures.size(row.queued_bytes)} of "
                f"{figures.size(head.outbox_bytes)}"
                f"{'; when it is full, ' + full if full else ''}"
            )
            lines += _told("Outbox", text, width)
        return lines

    def _subscribers(self, socket: SocketView, width: int) -> list[Line]:
        view = self._feed.view
        lines = [
            Line(()),
            *_told("Subscribers", f"{socket.row.subscribers} of this socket", width),
        ]
        rows = () if view.row is None else view.row.timed
        for row in rows:
            if row.id not in ("", socket.raw_id) or not row.emissions:
                continue
            mean_s = self._feed.lookout.mean_s(row.number)
            text = (
                f"{figures.taken(mean_s):>6} a message  "
                f"{visible(row.name, 80)} of {visible(row.stream, 40)}"
            )
            lines += _told("", text, width)
        return lines


def _line(title: str, *spans: Span) -> Line:
    return Line((("  " + fit(title, NAME) + " ", "muted"), *spans))


def _told(
    title: str, text: str, width: int, style: StyleName = "plain"
) -> Sequence[Line]:
    first, *more = wrap(text, max(10, width - NAME - 4), words=True)
    return [
        _line(title, (first, style)),
        *(_line("", (rest, style)) for rest in more),
    ]


def _figure(name: str, figure: str, width: int) -> list[Span]:
    return [(f"{name} ", "muted"), (figure.rjust(width) + "  ", "strong")]


def _spread(spread: Spread, shown: Callable[[float], str]) -> list[Span]:
    spans: list[Span] = []
    for name in ("p50", "p90", "p99", "max"):
        spans += _figure(name, shown(getattr(spread, name)), 6)
    return spans


def _of(spread: Spread, what: str) -> Span:
    return f"of {counted(spread.of, what)}", "muted"


def _histogram(sizes: list[int], width: int) -> list[Line]:
    """A bar for each magnitude; the longest is as long as there is room."""
    found = magnitudes(sizes)
    top = max(count for _, count in found)
    room = max(8, min(40, width - NAME - 30))
    lines: list[Line] = []
    for bound, count in found:
        label = f"up to {figures.size(bound)}".rjust(14)
        bar = "█" * max(bool(count), round(room * count / top))
        gap = " " * (room - cell_width(bar))
        lines.append(
            _line("", (f"{label} ", "muted"), (bar, "spark"), (gap, "plain"),
                  (f" {figures.count(count)}", "plain"))
        )  # fmt: skip
    return lines
