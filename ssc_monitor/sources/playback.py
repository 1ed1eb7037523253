"""From the lines of a recording to the frames that its pool would have sent."""

from typing import Any

import msgspec

from ssc_rx.monitor import wire
from ssc_rx.recording import Happened, Header, Line, Missed, Received, Written

__all__ = ["Playback"]

_TEXT, _BINARY = 1, 2
_CONTROL = {"ping": 9, "pong": 10}


def _required(row: type[msgspec.Struct]) -> tuple[str, ...]:
    """What has no default: a recording doesn't know the rest."""
    return row.__struct_fields__[: -len(row.__struct_defaults__) or None]


_ZEROS: dict[str, Any] = {
    **dict.fromkeys(_required(wire.PoolRow), 0),
    "state": "replay",
    "failed": {},
    "dropped": {},
    "lag": 0.0,
}


class Playback:
    """Counts what a recording tells, as the pool did: its queues and latencies it can't.

    Args:
        header: Of the recording.

    Attributes:
        words: Only messages that have all of these are shown, whatever the case.
    """

    def __init__(self, header: Header) -> None:
        self._header = header
        self._numbers: dict[str, int] = {}
        self._born: list[wire.SocketHead] = []
        self._rows: dict[int, dict[str, Any]] = {}
        self._changed: set[int] = set()
        self._gone: list[int] = []
        self._events: list[wire.Event] = []
        self._samples: list[wire.Sample] = []
        self._sequence = self._last_event = self._missed = self._last_number = 0
        self._seen = 0
        self.words: tuple[str, ...] = ()
        self._pool = dict(_ZEROS)
        self._begins = True

    @property
    def hello(self) -> wire.Hello:
        """Who was recorded."""
        header = self._header
        return wire.Hello(
            protocol=wire.PROTOCOL,
            version=header.version,
            pid=header.pid,
            program=header.program,
            pool=header.pool,
            level="traffic",
            started_at=header.started_at,
            time=header.started_at,
        )

    def take(self, line: Line) -> None:
        """Count a line, and keep it for the next frames."""
        match line:
            case Received() | Written():
                self._message(line)
            case Happened():
                self._event(line)
            case Missed():
                self._missed += line.messages
            case _:
                self._pool["state"] = "stopped"

    def frames(self, at_s: float) -> list[wire.Frame]:
        """What is new since the last call; `at_s` seconds after the start."""
        found: list[wire.Frame] = [self._state(at_s)]
        if self._events:
            found.append(wire.Events(tuple(self._events)))
            self._events.clear()
        if self._samples:
            sent, missed = self._sequence, self._missed
            counts = (self._seen + missed, sent + missed, sent, missed, 0)
            found.append(wire.Messages(tuple(self._samples), *counts))
            self._samples.clear()
        return found

    def _state(self, at_s: float) -> wire.State:
        rows = tuple(
            wire.SocketRow(**self._rows[number])
            for number in sorted(self._changed)
            if number in self._rows
        )
        states = [row["state"] for row in self._rows.values()]
        self._pool |= {"sockets": len(states), "open_sockets": states.count("open")}
        state = wire.State(
            time=self._header.started_at + at_s,
            begin=self._begins,
            born=tuple(self._born),
            rows=rows,
            gone=tuple(self._gone),
            pool=wire.PoolRow(**self._pool),
        )
        self._begins = False
        self._born.clear()
        self._changed.clear()
        self._gone.clear()
        return state

    def _number(self, id: str, kind: str = "") -> int:
        number = self._numbers.get(id)
        if number is None:
            number = self._last_number = self._last_number + 1
            self._numbers[id] = number
            self._born.append(wire.SocketHead(number, id, kind or "?"))
            self._rows[number] = {
                **dict.fromkeys(_required(wire.SocketRow), 0),
                "number": number,
                "state": "open",
                "generation": 1,
                "latency": None,
                "opened_at": None,
                "last_received": None,
            }
        self._changed.add(number)
        return number

    def _message(self, line: Received | Written) -> None:
        number = self._number(line.id)
        time = self._header.started_at + line.at_us / 1e6
        if line.text is not None:
            kind, payload = _TEXT, line.text.encode()
        else:
            kind = _BINARY if line.control is None else _CONTROL[line.control]
            payload = line.base64 or b""
        size = len(payload) if line.size is None else line.size
        direction: wire.Direction = "in" if isinstance(line, Received) else "out"
        for counts in (self._rows[number], self._pool):
            counts[f"messages_{direction}"] += 1
            counts[f"bytes_{direction}"] += size
        if direction == "in":
            self._rows[number]["last_received"] = time
        else:
            self._pool["accepted"] += 1
        self._seen += 1
        text = f"{line.id}\n{payload.decode(errors='replace')}".lower()
        if not all(word.lower() in text for word in self.words):
            return
        self._sequence += 1
        self._samples.append(
            wire.Sample(self._sequence, number, direction, kind, size, time, payload)
        )

    def _event(self, line: Happened) -> None:
        self._last_event += 1
        time = self._header.started_at + line.at_us / 1e6
        self._events.append(
            wire.Event(self._last_event, time, line.name, line.id, line.facts)
        )
        facts = line.facts
        match line.name:
            case "SocketOpening":
                row = self._rows[self._number(line.id, str(facts.get("kind", "")))]
                row["state"] = "opening"
            case "SocketOpened":
                row = self._rows[self._number(line.id, str(facts.get("kind", "")))]
                row |= {"state": "open", "opened_at": time}
                row["generation"] = facts.get("generation", 1)
                self._pool["sockets_opened"] += 1
            case "ReconnectScheduled":
                self._rows[self._number(line.id)]["state"] = "reconnecting"
            case "SocketClosed":
                self._leaves(line.id)
                self._pool["sockets_closed"] += 1
            case "DialFailed":
                self._pool["dials_failed"] += 1
            case "SubscriberFailed":
                self._pool["subscriber_failures"] = facts.get("failures", 0)
            case "WritesLost":
                reason, lost = str(facts.get("reason")), facts.get("messages", 0)
                failed = self._pool["failed"]
                self._pool["failed"] = {**failed, reason: failed.get(reason, 0) + lost}
            case "PoolStopped":
                self._pool["state"] = "stopped"
            case _:
                pass

    def _leaves(self, id: str) -> None:
        number = self._numbers.pop(id, None)
        if number is not None:
            del self._rows[number]
            self._gone.append(number)
