"""What the library's objects look like in a notebook."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from ssc_rx.notebook.markup import (
    MAX_ROWS,
    Html,
    card,
    code,
    dot,
    facts,
    joined,
    muted,
    preview,
    table,
    text,
)
from ssc_rx.wording import address_text, bare, counted, without_secrets

if TYPE_CHECKING:  # they are above, and import this when they are shown
    from ssc_rx.core.stats import PoolStats, SocketStats
    from ssc_rx.events import CloseInfo
    from ssc_rx.message import Message
    from ssc_rx.sockets import Socket

__all__ = [
    "age",
    "clock",
    "close_info",
    "message",
    "pool",
    "size",
    "socket",
    "socket_stats",
    "sockets",
    "state",
    "stream",
]

_TONES = {"open": "good", "opening": "busy", "reconnecting": "busy", "running": "good"}
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def state(name: str) -> Html:
    """A state of a socket or pool, behind a dot of its colour."""
    return dot(_TONES.get(name, "off"), name)


def size(n: float) -> str:
    """So many bytes."""
    step = 0
    while n >= 1000 and step < len(_UNITS) - 1:
        n /= 1000
        step += 1
    digits = 0 if step == 0 or n >= 100 else 1
    return f"{n:.{digits}f} {_UNITS[step]}"


def age(seconds: float | None) -> str:
    """How long ago."""
    if seconds is None:
        return "never"
    seconds = max(0.0, seconds)
    if seconds < 60:
        return f"{seconds:.1f} s ago" if seconds < 10 else f"{seconds:.0f} s ago"
    minutes = int(seconds) // 60
    if minutes < 60:
        return f"{minutes} min ago"
    return f"{minutes // 60} h {minutes % 60} min ago"


def clock(seconds: float | None) -> str:
    """UNIX seconds as the time of day, here."""
    if not seconds:
        return ""
    try:
        return datetime.fromtimestamp(seconds).strftime("%H:%M:%S.%f")[:-3]
    except (OverflowError, ValueError, OSError):
        return "?"  # a recording or a test may say what it likes


def message(shown: "Message") -> Html:
    """A message: whose, when, and how its payload begins."""
    kind = getattr(shown.type, "name", str(shown.type))
    payload = shown.payload
    if not isinstance(payload, bytes):  # the constructor checks nothing
        return card("Message", bare(str(shown.id)), kind, text(type(payload).__name__))
    line = joined(
        part for part in (kind, size(len(payload)), clock(shown.time)) if part
    )
    binary = kind != "TEXT"
    return card("Message", bare(str(shown.id)), line, preview(payload, binary=binary))


def close_info(info: "CloseInfo") -> Html:
    """How a socket ended."""
    tone = "good" if info.expected else "bad"
    by = {"us": "by us", "peer": "by the peer", "lost": "the connection was lost"}
    pairs = {
        "reason": code(without_secrets(info.reason)) if info.reason else None,
        "error": without_secrets(str(info.error)) if info.error else None,
    }
    line = joined(
        [dot(tone, by.get(info.by, info.by)), "clean" if info.clean else "not clean"]
    )
    return card("CloseInfo", str(info.code), line, facts(pairs))


def lost(counts: "SocketStats | PoolStats") -> int:
    """How many writes never left: given up, failed or refused."""
    return counts.dropped_total + counts.failed_total + counts.refused


def socket_stats(stats: "SocketStats") -> Html:
    """The counts of one socket."""
    line = joined([stats.kind, state(stats.state.value)])
    return card("SocketStats", bare(stats.id), line, facts(_counts(stats)))


def _counts(stats: "SocketStats") -> dict[str, object]:
    received = stats.last_received
    last = "" if received is None else f", the last data at {clock(received)}"
    return {
        "received": f"{counted(stats.messages_in, 'message')}, {size(stats.bytes_in)}"
        f"{last}",
        "sent": f"{counted(stats.messages_out, 'message')}, {size(stats.bytes_out)}",
        "queued": stats.queued or None,
        "dropped": _reasons(stats.dropped.items()),
        "failed": _reasons(stats.failed.items()),
        "refused": stats.refused or None,
        "latency": None if stats.latency is None else f"{stats.latency * 1000:.1f} ms",
        "open since": clock(stats.opened_at),
        "connections": stats.generation if stats.generation > 1 else None,
    }


def _reasons(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{n:,} {reason}" for reason, n in pairs if n)


def socket(shown: "Socket") -> Html:
    """A socket: its counts, and who is at the other end."""
    stats = shown.stats
    ended = shown.close_info
    pairs: dict[str, object] = {
        "URL": code(bare(shown.url)) if shown.url and shown.url != shown.id else None,
        "peer": address_text(shown.remote_address),
        "subprotocol": shown.subprotocol,
        "tags": ", ".join(sorted(shown.tags)),
    } | _counts(stats)
    line = joined([stats.kind, state(stats.state.value)])
    end = () if ended is None else (close_info(ended),)
    return card("Socket", bare(shown.id), line, facts(pairs), *end)


HEADINGS = ("id", "kind", "state", "in", "out", "queued", "lost", "latency", "received")


def sockets(
    rows: "Sequence[SocketStats]", now: float, total: int | None = None
) -> Html:
    """A table of sockets."""
    return table(
        HEADINGS,
        [row(stats, now) for stats in rows[:MAX_ROWS]],
        total=len(rows) if total is None else total,
    )


def row(stats: "SocketStats", now: float) -> list[object]:
    """The cells of one socket, below `HEADINGS`."""
    received = None if stats.last_received is None else now - stats.last_received
    return [
        code(bare(stats.id)),
        stats.kind,
        state(stats.state.value),
        stats.messages_in,
        stats.messages_out,
        stats.queued,
        lost(stats),
        None if stats.latency is None else f"{stats.latency * 1000:.1f} ms",
        age(received),
    ]


def pool(stats: "PoolStats", kind: str = "Pool", *hints: Html) -> Html:
    """A pool: what it counts, and its sockets."""
    return card(
        kind,
        stats.name,
        summary(stats),
        sockets(stats.sockets, stats.time) if stats.sockets else Html(""),
        *hints,
    )


def summary(stats: "PoolStats") -> Html:
    """A line about a pool."""
    states = Counter(row.state.value for row in stats.sockets)
    parts: list[object] = [state(stats.state)]
    parts += [f"{n:,} {name}" for name, n in states.most_common()] or ["no sockets"]
    parts.append(f"{stats.messages_in:,} in, {size(stats.bytes_in)}")
    parts.append(f"{stats.messages_out:,} out, {size(stats.bytes_out)}")
    troubles = {
        "queued": stats.queued,
        "dropped": stats.dropped_total,
        "failed": stats.failed_total,
        "refused": stats.refused,
        "dials failed": stats.dials_failed,
        "subscriber failures": stats.subscriber_failures,
        "payloads invalid": stats.payloads_invalid,
        "loop lags": stats.loop_lags,
    }
    parts += [
        dot("off" if name == "queued" else "bad", f"{n:,} {name}")
        for name, n in troubles.items()
        if n
    ]
    return joined(parts)


def stream(name: str) -> Html:
    """A stream keeps nothing that could be shown: how to see what comes."""
    ways = {
        "the last messages": "stream.tail(10)",
        "how many a second": "stream.live_rate()",
        "the next five": "await stream.pipe(rx.take(5), rx.to_list())",
        "each, here": "subscription = stream.subscribe(print)",
    }
    return card(
        "Stream",
        name,
        muted("hot: what nobody subscribed to is gone"),
        facts({what: code(way) for what, way in ways.items()}),
    )
