"""The header: what is true of the pool right now. It never pauses."""

from typing import TYPE_CHECKING

from ssc_monitor.feed import Feed
from ssc_monitor.model import figures
from ssc_monitor.model.visible import cell_width, fit, visible
from ssc_monitor.widgets.line import Line, Span, StyleName, width_of
from ssc_monitor.widgets.sheet import Sheet
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

if TYPE_CHECKING:
    from ssc_monitor.taping import Taping

__all__ = ["TruthLine", "per_s", "since", "truth"]

Part = tuple[int, tuple[Span, ...]]
"""What it says, and a rank: the highest are left out where there is little room."""

HINT = 'messages: Pool(monitor="traffic")'
WIDE = 200
"""From so many columns on, the books are shown with their sums."""
LONG_HINT = f"{HINT}, or SSC_MONITOR=traffic"


class TruthLine(Sheet):
    """One or two lines, by the height that it is given."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(id="truth")
        self._feed = feed

    def lines(self, width: int, height: int) -> list[Line]:
        return truth(self._feed, width, height)


def truth(feed: Feed, width: int, height: int) -> list[Line]:
    """Who is watched, how well, and what goes on there."""
    rates = _rates(feed)
    if feed.health == "gone":  # they were true once
        rates = _dimmed(rates)
    first = [*_who(feed, width), *_warnings(feed), *rates]
    if height < 2:
        first += [(min(rank, 2), spans) for rank, spans in _losses(feed)]
        return [Line(_arranged(first, width), "bar")]
    second = _second(feed, width)
    if feed.health == "gone":
        second = _dimmed(second)
    return [
        Line(_arranged(first, width), "bar"),
        Line(_arranged(second, width, right=_level(feed, width)), "bar"),
    ]


def _who(feed: Feed, width: int) -> list[Part]:
    hello = feed.view.hello
    name = feed.source.name
    parts: list[Part] = []
    if width >= 120:
        parts.append((9, (("ssc-monitor", "muted"),)))
    if hello is None:
        parts.append((0, ((name, "title"),)))
    else:
        room = max(8, width // 5)
        pool = hello.pool if cell_width(hello.pool) <= room else fit(hello.pool, room)
        parts.append((0, ((pool, "title"), (f"@{hello.pid}", "plain"))))
        if hello.program:
            program = hello.program.rpartition("/")[2][:40]
            parts.append((7, ((f"({program})", "muted"),)))
    parts.append((0, _health(feed, width)))
    if feed.taping is not None:
        parts += _taping(feed.taping, width)
    return parts


def _taping(taping: "Taping", width: int) -> list[Part]:
    """That what is shown is recorded, how much by now, and what of it."""
    parts: list[Part] = [(0, (("● REC", "bad"),))]
    size = figures.size(taping.tape.bytes)
    told = f"{figures.short(taping.tape.messages)} msgs {size}"
    told += f" {figures.position(taping.seconds)}"
    parts.append((3, ((told, "plain"),)))
    if taping.filter:
        text = fit(taping.filter.text, min(len(taping.filter.text), width // 6))
        parts.append((4, ((f"/{visible(text)}", "key"),)))
    if taping.missed:
        parts.append((1, ((f"{taping.missed:,} missed", "bad"),)))
    return parts


def _health(feed: Feed, width: int) -> tuple[Span, ...]:
    row = feed.view.row
    if feed.transport is not None:
        return (("◐ REPLAY", "warn"),)
    match feed.health:
        case "gone":
            assert feed.lost is not None
            retry = ", retrying" if feed.lost.retry else ""
            room = max(12, width // 2)
            reason = feed.lost.reason
            if cell_width(reason) > room:
                reason = fit(reason, room)
            return (("○ GONE ", "bad"), (reason + retry, "warn"))
        case "stale":
            return ((f"◐ STALE {feed.silence:.1f}s", "warn"),)
        case "attaching":
            return (("◌ attaching …", "warn"),)
        case "live" if row is not None and row.state == "running":
            return (("● LIVE", "good"), (f" {feed.readings_per_s:.2g}Hz", "muted"))
        case _:
            state = visible(row.state[:10].upper()) if row is not None else "LIVE"
            return ((f"◐ {state}", "warn"),)


def _warnings(feed: Feed) -> list[Part]:
    lookout = feed.lookout
    n = len(lookout.findings) + lookout.suppressed
    return [(0, ((f"! {counted(n, 'warning')}", "warn"),))] if n else []


def _rates(feed: Feed) -> list[Part]:
    view = feed.view
    row = view.row
    if row is None:
        return []
    shut = row.sockets - row.open_sockets
    sockets: list[Span] = [(f"{row.open_sockets:,} open", "plain")]
    if shut > 0:
        sockets.append((f" of {row.sockets:,}", "muted"))
    return [
        (3, tuple(sockets)),
        (
            1,
            (
                ("↓ ", "in"),
                (per_s(figures.rate(view.in_per_s)), "strong"),
            ),
        ),
        (5, ((per_s(figures.size(view.bytes_in_per_s)), "plain"),)),
        (2, (("↑ ", "out"), (per_s(figures.rate(view.out_per_s)), "strong"))),
        (6, ((per_s(figures.size(view.bytes_out_per_s)), "plain"),)),
    ]


def per_s(figure: str) -> str:
    """A figure per second; nothing stays nothing."""
    return "–" if figure in ("–", "0B") else f"{figure}/s"


def _losses(feed: Feed) -> list[Part]:
    """What nobody may overlook."""
    row, counts = feed.losses, feed.view.counts
    if row is None:
        return []
    losses: list[tuple[str, int, StyleName]] = [
        ("failed", sum(row.failed.values()), "bad"),
        ("writes dropped", sum(row.dropped.values()), "warn"),
        ("refused", row.refused, "warn"),
        ("dials failed", row.dials_failed, "warn"),
        ("subscriber failures", row.subscriber_failures, "bad"),
    ]
    if counts is not None:
        losses.append(("dropped", counts.dropped, "warn"))
    parts: list[Part] = [
        (1, ((f"{name} {figures.count(n)}", style),))
        for name, n, style in losses
        if n > 0
    ]
    if told := since(feed):
        parts.append((1, ((f"z: counted for {told}", "key"),)))
    return parts


def since(feed: Feed) -> str:
    """How long is counted, if not from the start."""
    baseline = feed.baseline
    if baseline is None:
        return ""
    return figures.duration(feed.view.now - baseline.time)


def _second(feed: Feed, width: int) -> list[Part]:
    view = feed.view
    row = view.row
    if row is None:
        return []
    bars = max(10, min(60, width // 5))
    queued: StyleName = "plain" if row.queued else "muted"
    lag: StyleName = "warn" if view.lag >= 0.1 else "muted"
    parts: list[Part] = [
        (
            6,
            (
                ("↓ ", "in"),
                (figures.sparkline(view.spark_in, bars).replace("█", "▇"), "spark"),
            ),
        ),
        (5, (("queued ", "muted"), (_known(feed, figures.count(row.queued)), queued))),
        *_losses(feed),
    ]
    if feed.shows_traffic:
        parts.append((3, _sampled(feed)))
    late = _known(feed, figures.latency(view.lag))
    parts.append((4, (("loop lag ", "muted"), (late, lag))))
    parts += _subscribers(feed, row)
    parts += _books(feed, row, width)
    if row.viewers > 1:
        parts.append((8, ((f"{row.viewers} viewers", "muted"),)))
    return parts


def _known(feed: Feed, figure: str) -> str:
    """A figure that a recording can't know."""
    return figure if feed.transport is None else "–"


def _subscribers(feed: Feed, row: wire.PoolRow) -> list[Part]:
    """How many subscribe to all messages, and how long a message takes them."""
    if row.subscribers is None:
        return []
    spans: list[Span] = [(counted(row.subscribers, "subscriber"), "muted")]
    means = [
        feed.lookout.mean_s(timed.number)
        for timed in row.timed
        if timed.stream == "pool.messages" and not timed.id
    ]
    if means:
        spans.append((f" {figures.taken(sum(means))}", "plain"))
    return [(5, tuple(spans))]


def _books(feed: Feed, row: wire.PoolRow, width: int) -> list[Part]:
    """Whether every accepted write is accounted for, with the sum if there is room."""
    view = feed.view
    if not view.keeps_books:
        return []
    if off := view.unaccounted:
        return [(1, ((f"books off by {figures.count(off)}", "bad"),))]
    if width < WIDE:
        return [(4, (("books close", "muted"),))]
    sums = (
        f"{figures.count(row.accepted)} accepted = "
        f"{figures.count(row.messages_out)} out + {figures.count(row.queued)} queued + "
        f"{figures.count(sum(row.dropped.values()))} dropped + "
        f"{figures.count(sum(row.failed.values()))} failed"
    )
    return [(6, ((sums, "muted"),))]


def _sampled(feed: Feed) -> tuple[Span, ...]:
    view = feed.view
    sampled, matched = view.sampled_per_s, view.matched_per_s
    if matched < 0.05:
        return (("sampled ", "muted"), ("–", "muted"))
    share = _share(matched / sampled) if sampled >= 0.05 else "none"
    return (
        ("sampled ", "muted"),
        (f"{figures.rate(sampled)}/{figures.rate(matched)} per s", "plain"),
        (f" ({share})", "muted"),
    )


def _share(every: float) -> str:
    """One of how many is shown, in words."""
    if every < 1.05:
        return "all"
    return "most" if every < 1.5 else f"1/{every:,.0f}"


def _level(feed: Feed, width: int) -> list[Part]:
    hello = feed.view.hello
    if hello is None:
        return []
    if feed.transport is not None:
        return [(2, (("[recording]", "plain"),))]
    if hello.level == "stats":
        hint = LONG_HINT if width >= 120 else HINT
        return [(4, ((hint, "muted"),)), (2, (("[stats]", "plain"),))]
    control = " · read-only" if hello.level == "traffic" else ""
    return [(2, ((f"[{fit(hello.level, 12).strip()}{control}]", "plain"),))]


def _dimmed(parts: list[Part]) -> list[Part]:
    return [(rank, tuple((text, "muted") for text, _ in part)) for rank, part in parts]


def _arranged(
    parts: list[Part], width: int, right: list[Part] | None = None
) -> tuple[Span, ...]:
    """Those parts side by side for which there is room."""
    right = list(right or ())
    left = list(parts)
    room = width - 2
    while _width(left) + _width(right) + (2 if right else 0) > room:
        rank, _, parts_of = max(
            (
                (part[0], at, parts)
                for parts in (left, right)
                for at, part in enumerate(parts)
            ),
            key=lambda found: found[0],
            default=(0, 0, left),
        )
        if rank == 0:  # what has to be there is cut at the end
            break
        del parts_of[next(at for at, part in enumerate(parts_of) if part[0] == rank)]
    spans: list[Span] = [(" ", "plain"), *_joined(left)]
    if right:
        gap = room - _width(left) - _width(right)
        spans.append((" " * max(1, gap), "plain"))
        spans += _joined(right)
    return tuple(spans)


def _width(parts: list[Part]) -> int:
    return sum(width_of(spans) for _, spans in parts) + 2 * max(0, len(parts) - 1)


def _joined(parts: list[Part]) -> list[Span]:
    spans: list[Span] = []
    for _, part in parts:
        if spans:
            spans.append(("  ", "plain"))
        spans += part
    return spans
