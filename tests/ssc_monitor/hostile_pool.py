"""A pool of which everything is hostile: each text of the table in each field there is."""

from collections.abc import Sequence
from pathlib import Path

from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import (
    NOW,
    FakePool,
    hello,
    pool_row,
    sample,
    socket_row,
)
from tests.ssc_monitor.hostile import HOSTILE, HOSTILE_PAYLOADS

__all__ = ["TEXTS", "hostile_pool", "payloads"]

MAX_TEXT = 4000
EVENTS = (
    *("SocketOpening", "SocketOpened", "SocketClosed", "DialFailed"),
    *("ReconnectScheduled", "MessagesDropped", "WritesLost", "WriteRefused"),
    *("SubscriberFailed", "SourceFailed", "PayloadInvalid", "ConsumerTooSlow"),
    *("LoopLagged", "MonitorActed", "PoolStopped"),
)

TEXTS = [
    text[:MAX_TEXT].encode(errors="replace").decode() for _, text in HOSTILE if text
]
"""What the wire, which is JSON, can carry: no lone surrogates."""


def payloads() -> list[bytes]:
    return [payload[:MAX_TEXT] for _, payload in HOSTILE_PAYLOADS]


def hostile_pool(path: Path, text: str | None = None) -> FakePool:
    """A pool that tells all of it to whoever comes, and answers likewise.

    Args:
        path: Its Unix socket.
        text: What it is called; the beginnings of all texts by default.
    """
    name = "".join(one[:12] for one in TEXTS) if text is None else text
    level, able = "control", wire.COMMANDS
    greeting = hello(
        pool=name, program=name, version=name, level=level, capabilities=able
    )
    return FakePool(path, greeting, *_said(), answer=_answer)


def _said() -> Sequence[wire.Frame]:
    heads = tuple(
        wire.SocketHead(n, text, text, 10, 10, text) for n, text in enumerate(TEXTS, 1)
    )
    rows = tuple(
        socket_row(
            *(n,),
            state="open" if n % 2 else text,
            losses={text: 1},
            drops={text: 2},
            failed=1,
            dropped=2,
            messages_in=n,
        )
        for n, text in enumerate(TEXTS, 1)
    )
    pool = pool_row(
        state=TEXTS[5],
        sockets=len(TEXTS),
        open_sockets=len(TEXTS),
        failed=dict.fromkeys(TEXTS, 1),
        dropped=dict.fromkeys(TEXTS, 1),
        handshakes_refused=dict.fromkeys(TEXTS, 1),
        lag=3.0,
        timed=tuple(
            wire.SubscriberRow(n, text, text, text, 10, 9.0, 2.0)
            for n, text in enumerate(TEXTS, 1)
        ),
    )
    return (
        wire.State(NOW, True, heads, rows, (), pool),
        wire.Events(_events(), missed=3),
        wire.State(NOW + 1, pool=pool),
        wire.State(NOW + 2, pool=pool),
    )


def _events() -> tuple[wire.Event, ...]:
    """Every event with every text in each of its facts; and events nobody knows."""
    told: list[wire.Event] = []
    for text in TEXTS:
        name = EVENTS[len(told) % len(EVENTS)]
        info = {"code": 4000, "reason": text, "by": text, "error": text}
        facts = dict.fromkeys(
            ("kind", "error", "stream", "reason", "refusal", "action", "to", text), text
        )
        event = facts | {"info": info, "attempt": 2, "delay": 3.0, "messages": 1}
        told.append(wire.Event(len(told) + 1, NOW, name, text, event))
        told.append(wire.Event(len(told) + 1, NOW, text, text, facts))
    return tuple(told)


def _answer(request: wire.Request) -> list[wire.Frame]:
    every = "".join(one[:60] for one in TEXTS)
    match request:
        case wire.Watch(messages=wire.Selection()):
            samples = tuple(
                sample(n, payload, number=1 + n % len(TEXTS), type=1 + n % 2)
                for n, payload in enumerate(payloads() * 2, 1)
            )
            count = len(samples)
            return [wire.Messages(samples, count + 7, count + 7, count, 7, 0)]
        case wire.Get():
            number = request.sequence % len(payloads())
            return [wire.Payload(request.sequence, payloads()[number])]
        case wire.Inspect():
            text = TEXTS[request.number % len(TEXTS)]
            headers = tuple((one, one) for one in TEXTS)
            number = request.number
            return [
                wire.Details(number, text, text, text, text, headers, tuple(TEXTS)),
                wire.Problem(every),
            ]
        case wire.Send() | wire.Kick() | wire.Ping():
            return [wire.Answer(request.request, refusal=every)]
        case _:
            return []
