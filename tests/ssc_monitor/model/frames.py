"""Frames as a watched process would send them, with defaults for what doesn't matter."""

from typing import Any

from ssc_monitor.model.entry import Direction, Entry
from ssc_monitor.model.sockets import Clock, SocketView
from ssc_rx.monitor import wire

POOL = wire.PoolRow(
    state="running",
    sockets=0,
    open_sockets=0,
    messages_in=0,
    bytes_in=0,
    messages_out=0,
    bytes_out=0,
    accepted=0,
    refused=0,
    queued=0,
    queued_bytes=0,
    failed={},
    sockets_opened=0,
    sockets_closed=0,
    dials_failed=0,
    subscriber_failures=0,
    payloads_invalid=0,
    lag=0.0,
    viewers=1,
)


def hello(**facts: Any) -> wire.Hello:
    defaults: dict[str, Any] = {
        "protocol": 1,
        "version": "0.1.0",
        "pid": 41233,
        "program": "app.py",
        "pool": "feeds",
        "level": "traffic",
        "started_at": 1000.0,
        "time": 2000.0,
    }
    return wire.Hello(**{**defaults, **facts})


def head(number: int, id: str = "", kind: str = "server") -> wire.SocketHead:
    return wire.SocketHead(number, id or f"socket-{number}", kind)


def row(number: int, messages_in: int = 0, **facts: Any) -> wire.SocketRow:
    defaults: dict[str, Any] = {
        "number": number,
        "state": "open",
        "generation": 1,
        "messages_in": messages_in,
        "bytes_in": 0,
        "messages_out": 0,
        "bytes_out": 0,
        "refused": 0,
        "queued": 0,
        "queued_bytes": 0,
        "failed": 0,
        "latency": None,
        "opened_at": None,
        "last_received": None,
    }
    return wire.SocketRow(**{**defaults, **facts})


def socket(
    number: int = 1, id: str = "", kind: str = "server", **facts: Any
) -> SocketView:
    """A socket as the first reading told of it."""
    view = SocketView(head(number, id, kind), Clock())
    view.begin(row(number, **facts))
    return view


def sample(
    sequence: int,
    number: int = 1,
    direction: Direction = "in",
    preview: bytes = b"{}",
    *,
    type: int = 1,
    size: int | None = None,
    time: float = 0.0,
) -> wire.Sample:
    whole = len(preview) if size is None else size
    return wire.Sample(sequence, number, direction, type, whole, time, preview)


def batch(
    *samples: wire.Sample,
    sent: int,
    sampled_out: int = 0,
    dropped: int = 0,
    seen: int = 0,
) -> wire.Messages:
    matched = sent + sampled_out + dropped
    return wire.Messages(
        samples, max(seen, matched), matched, sent, sampled_out, dropped
    )


def entry(preview: bytes = b"", **facts: Any) -> Entry:
    defaults: dict[str, Any] = {
        "sequence": 1,
        "index": 0,
        "number": 1,
        "id": "socket-1",
        "direction": "in",
        "type": 1,
        "size": len(preview),
        "time": 0.0,
        "preview": preview,
    }
    return Entry(**{**defaults, **facts})


def event(
    sequence: int, name: str = "SocketOpened", id: str = "a", **facts: Any
) -> wire.Event:
    return wire.Event(sequence, 1000.0 + sequence, name, id, facts)
