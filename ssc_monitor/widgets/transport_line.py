"""The transport line: where a recording is played, and how fast; none of what is live."""

import math

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.transport import Transport
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import Line, Span, StyleName, fill, width_of
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["TransportLine", "transport_line"]

KEYS = (
    ("space", "pause"),
    ("← →", "10 s"),
    (", .", "1 min"),
    ("- +", "speed"),
    ("T", "go to"),
)
MIN_BAR, MAX_BAR = 10, 60


class TransportLine(Sheet):
    """One line; it isn't displayed for what is live."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="transport")
        self._transport = feed.transport
        self.display = feed.transport is not None

    def lines(self, width: int, height: int) -> list[Line]:
        if self._transport is None:
            return []
        ascii = self.app.has_class("-ascii")  # pyright: ignore[reportUnknownMemberType]
        return [transport_line(self._transport, width, ascii=ascii)]


def transport_line(transport: Transport, width: int, *, ascii: bool = False) -> Line:
    """State, speed, position of how much, a bar, and the keys if there is room."""
    spans: list[Span] = [(" ", "plain")]
    spans += _state(transport)
    spans.append(("  ", "plain"))
    spans += _position(transport)
    spans.append((" ", "plain"))
    if transport.damage is not None:
        spans.append((" × damaged ", "bad"))
    keys: list[Span] = []
    told = to_ascii if ascii else str
    for mark, what in KEYS:
        key = told(mark)
        keys.append((f" {key}", "key"))
        keys.append((f" {what} ", "muted"))
    room = width - width_of(spans) - 2
    while keys and room - width_of(keys) < 2 * MIN_BAR:
        del keys[-2:]
    bar = min(MAX_BAR, room - width_of(keys))
    if bar >= MIN_BAR:
        spans += _bar(transport, bar)
        spans.append((" ", "plain"))
    if keys:
        spans = list(fill(spans, width - width_of(keys) - 1))
    return Line((*spans, *keys), "bar")


def _state(transport: Transport) -> list[Span]:
    speed = transport.speed
    fast = "max" if math.isinf(speed) else f"{speed:g}×"
    if transport.target_s is not None and not transport.jumping:
        state: tuple[str, StyleName] = ("◌ READING ", "warn")
    elif transport.ended:
        state = ("■ ENDED   ", "strong")
    elif transport.paused:
        state = ("‖ PAUSED  ", "warn")
    else:
        state = ("▶ PLAYING ", "good")
    return [state, (f"{fast:>5}", "plain")]


def _position(transport: Transport) -> list[Span]:
    target = transport.target_s
    at = transport.position_s if target is None else target
    if transport.complete:
        length = figures.position(transport.length_s)
        return [(figures.position(at), "strong"), (f" / {length}", "muted")]
    read = f", {transport.read:.0%} read"
    length = figures.position(transport.length_s)
    return [(figures.position(at), "strong"), (f" / {length} and more{read}", "muted")]


def _bar(transport: Transport, width: int) -> list[Span]:
    """What was played, what may be gone to, and what isn't read yet."""
    known = round(width * transport.read) if transport.read < 1 else width
    part = transport.position_s / transport.length_s if transport.length_s else 0.0
    played = min(known, round(known * part))
    return [
        ("━" * played, "title"),
        ("─" * (known - played), "muted"),
        ("·" * (width - known), "faint"),
    ]
