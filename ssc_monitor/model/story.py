"""An event of the watched pool, told in a line."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from ssc_monitor.model.figures import count, size, spoken
from ssc_monitor.model.visible import visible
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

__all__ = ["CLOSE_CODES", "Story", "Tone", "awaited", "tell"]

Tone = Literal["good", "plain", "warn", "bad"]

CLOSE_CODES: Mapping[int, str] = {
    1000: "normal closure",
    1001: "going away",
    1002: "protocol error",
    1003: "unsupported data",
    1005: "no status code",
    1006: "no closing handshake",
    1007: "invalid payload",
    1008: "policy violation",
    1009: "message too big",
    1010: "extension missing",
    1011: "internal error",
    1012: "service restart",
    1013: "try again later",
    1014: "bad gateway",
    1015: "TLS handshake failed",
}
"""RFC 6455 section 7.4.1 and IANA's registry, in few words."""

MAX_TEXT = 400
"""How many characters of a remote text go into a line."""

_CALM_CODES = {1000, 1001, 1005}

_UNOPENED = re.compile(r"DialError: can't open \S+: (?=.)", re.DOTALL)

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Story:
    """One event as people read it.

    Attributes:
        text: What happened, visible; does not name the socket.
        tone: How alarming it is.
        subject: The socket's ID, visible; empty for the pool.
    """

    text: str
    tone: Tone = "plain"
    subject: str = ""


def tell(event: wire.Event) -> Story:
    """Tell an event; one that this version doesn't know by its name and its facts."""
    text, tone = _TOLD.get(event.name, _unknown)(event.facts, event.name)
    return Story(visible(text, MAX_TEXT), tone, visible(event.id))


def awaited(event: wire.Event, now: float) -> str:
    """A `ReconnectScheduled`, told while the socket is down: what is waited for.

    Args:
        event: The event.
        now: UNIX seconds, by the clock of the event.
    """
    facts, delay = event.facts, event.facts.get("delay")
    left = event.time - now + (delay if isinstance(delay, (int, float)) else 0.0)
    when = f"in {_short(left)}" if left > 0 else "now"
    why = _why(facts)
    text = f"attempt {count(_number(facts.get('attempt')))} {when}"
    return visible(f"{text}: {why}" if why else text, MAX_TEXT)


def _short(seconds: float) -> str:
    return f"{math.ceil(seconds)} s" if seconds < 120 else f"{seconds / 60:.0f} min"


Told = tuple[str, Tone]


def _opening(facts: Facts, _: str) -> Told:
    kind = facts.get("kind")
    if kind == "server":
        return "dialling", "plain"
    return "accepting" if kind == "client" else "opening", "plain"


def _opened(facts: Facts, _: str) -> Told:
    generation = facts.get("generation")
    again = f", connection {generation}" if _number(generation) > 1 else ""
    gap = facts.get("gap")
    after = ""
    if isinstance(gap, (int, float)):
        after = f", {_seconds(gap)} after it dropped"
    return f"open{again}{after}", "good"


def _closed(facts: Facts, _: str) -> Told:
    info = facts.get("info")
    if not isinstance(info, dict):
        return "closed", "plain"
    end = cast(Facts, info)
    text, tone = _end(end)
    return f"closed {text}", tone


def _end(end: Facts) -> Told:
    code = _number(end.get("code"))
    name = CLOSE_CODES.get(code)
    text = f"{code} {name}" if name else str(code)
    by = end.get("by")
    if by == "us" or by == "peer":
        text += f", by {by}"
    reason, error = _text(end.get("reason")), _text(end.get("error"))
    if reason:
        text += f": “{reason}”"
    if error:
        text += f" ({error})"
    if by == "lost" or code == 1006 or not end.get("clean", True):
        return text, "bad"
    return text, "plain" if code in _CALM_CODES else "warn"


def _dial_failed(facts: Facts, _: str) -> Told:
    return _with_error("dial failed", facts), "bad"


def _reconnect_scheduled(facts: Facts, _: str) -> Told:
    attempt = _number(facts.get("attempt"))
    text = f"dial again in {_seconds(facts.get('delay'))}"
    if attempt:
        text += f", attempt {count(attempt)}"
    why = _why(facts)
    return f"{text}: {why}" if why else text, "warn"


def _why(facts: Facts) -> str:
    """Why it is dialled again: how its connection ended, or the last attempt's error."""
    info = facts.get("info")
    return _end(cast(Facts, info))[0] if isinstance(info, dict) else _error(facts)


def _writes_lost(facts: Facts, _: str) -> Told:
    messages, bytes = _number(facts.get("messages")), _number(facts.get("bytes"))
    reason = _text(facts.get("reason"))
    why = _LOST.get(reason, reason)
    text = f"{counted(messages, 'queued write')} lost, {size(bytes)}"
    return f"{text}: {why}" if why else text, "bad"


_LOST = {
    "closed": "the socket was closed",
    "lost": "the link was lost",
    "overflow": "the outbox was full",
    "replaced": "another socket has the ID",
    "stopped": "the pool stopped",
}


def _messages_dropped(facts: Facts, _: str) -> Told:
    reason = _text(facts.get("reason"))
    text = f"outbox full, {counted(_number(facts.get('messages')), 'write')} dropped so far"
    why = _DROPPED.get(reason, reason)
    return f"{text}: {why}" if why else text, "warn"


_DROPPED = {
    "oldest": "the oldest",
    "newest": "the newest",
    "superseded": "all but the latest",
}


def _write_refused(facts: Facts, _: str) -> Told:
    return _with_error("write refused", facts), "warn"


def _subscriber_failed(facts: Facts, _: str) -> Told:
    text = f"a subscriber of {_text(facts.get('stream')) or 'a stream'} raised"
    failures = _number(facts.get("failures"))
    if failures > 1:
        text += f", {count(failures)} times so far"
    if facts.get("ended"):
        text += ", and gets no more"
    return _with_error(text, facts), "bad"


def _source_failed(facts: Facts, _: str) -> Told:
    stream = _text(facts.get("stream")) or "writes"
    return _with_error(f"a source of {stream} failed", facts), "bad"


def _payload_invalid(facts: Facts, _: str) -> Told:
    failures = _number(facts.get("failures"))
    text = "a payload couldn't be decoded"
    if failures > 1:
        text += f", {count(failures)} so far"
    return _with_error(text, facts), "warn"


def _consumer_too_slow(facts: Facts, _: str) -> Told:
    stream = _text(facts.get("stream")) or "a stream"
    text = f"{stream} was ended: its consumer is too slow"
    if waiting := _number(facts.get("buffered")):
        text += f", {counted(waiting, 'message')} wait"
    return text, "bad"


def _loop_lagged(facts: Facts, _: str) -> Told:
    lag = facts.get("lag")
    text = "the event loop was held up"
    if isinstance(lag, (int, float)):
        text += f" for {lag:.2f} s"
    if (lags := _number(facts.get("lags"))) > 1:
        text += f", {count(lags)} times so far"
    return text, "warn"


def _monitor_acted(facts: Facts, _: str) -> Told:
    action, uid, pid = _text(facts.get("action")), facts.get("uid"), facts.get("pid")
    who = "a monitor"
    if isinstance(uid, int) and isinstance(pid, int):
        who = f"{who} (user {uid}, process {pid})"
    text = f"{who} {_ACTED.get(action, action)}"
    if action == "send" and (to := _TO.get(_text(facts.get("to")))):
        text += f" to {to}, {counted(_number(facts.get('sockets')), 'socket')}"
    elif action == "send":
        text += " to it"
    refusal = _text(facts.get("refusal"))
    return (f"{text}: refused, {refusal}" if refusal else text), "warn"


_ACTED = {"send": "wrote", "kick": "kicked it", "ping": "pinged it"}
_TO = {"group": "a group", "all": "all"}


def _pool_stopped(facts: Facts, _: str) -> Told:
    aborted = _number(facts.get("aborted"))
    if aborted:
        return f"pool stopped, {counted(aborted, 'socket')} cut off", "warn"
    return "pool stopped", "plain"


def _unknown(facts: Facts, name: str) -> Told:
    told = " ".join(f"{key}={value}" for key, value in list(facts.items())[:8])
    return f"{name[:80]} {told[: 2 * MAX_TEXT]}".strip(), "plain"


_TOLD: dict[str, Callable[[Facts, str], Told]] = {
    "SocketOpening": _opening,
    "SocketOpened": _opened,
    "SocketClosed": _closed,
    "DialFailed": _dial_failed,
    "ReconnectScheduled": _reconnect_scheduled,
    "MessagesDropped": _messages_dropped,
    "WritesLost": _writes_lost,
    "WriteRefused": _write_refused,
    "SubscriberFailed": _subscriber_failed,
    "SourceFailed": _source_failed,
    "PayloadInvalid": _payload_invalid,
    "ConsumerTooSlow": _consumer_too_slow,
    "LoopLagged": _loop_lagged,
    "MonitorActed": _monitor_acted,
    "PoolStopped": _pool_stopped,
}


def _with_error(text: str, facts: Facts) -> str:
    error = _error(facts)
    return f"{text}: {error}" if error else text


def _error(facts: Facts) -> str:
    """An error's text; of a dial's what comes after the URL: the socket is known."""
    text = _text(facts.get("error"))
    return text[found.end() :] if (found := _UNOPENED.match(text)) else text


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _seconds(value: object) -> str:
    return spoken(value if isinstance(value, (int, float)) else 0.0)


def _text(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""
