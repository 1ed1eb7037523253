"""`Tally`: the counters of a pool, as far as the lines of its recording tell. Pure.

It is a value of plain fields, so that all of it can be kept, and be taken up again: see
`index`.
"""

from typing import Any

import msgspec

from ssc_rx.monitor import wire
from ssc_rx.recording import Happened, Line, Missed, Present, Received, Written

__all__ = ["SocketTally", "Tally"]

CLOSED = "closed"
_UNKNOWN = "?"


class SocketTally(msgspec.Struct, array_like=True, gc=False):
    """What is known of a socket; as in `wire.SocketRow`."""

    number: int
    id: str
    kind: str
    state: str = "open"
    generation: int = 1
    messages_in: int = 0
    bytes_in: int = 0
    messages_out: int = 0
    bytes_out: int = 0
    opened_at: float | None = None
    last_received: float | None = None

    def row(self) -> wire.SocketRow:
        """For a viewer; what a recording can't know is 0."""
        return wire.SocketRow(
            number=self.number,
            state=self.state,
            generation=self.generation,
            messages_in=self.messages_in,
            bytes_in=self.bytes_in,
            messages_out=self.messages_out,
            bytes_out=self.bytes_out,
            refused=0,
            queued=0,
            queued_bytes=0,
            failed=0,
            latency=None,
            opened_at=self.opened_at,
            last_received=self.last_received,
        )


class Tally(msgspec.Struct, array_like=True):
    """Counts lines.

    Attributes:
        started_at: UNIX seconds from which the lines count.
        at_us: The latest time that a line had.
        sockets: By ID, those that are there.
        numbered: The last number that a socket got.
        events: How many there were.
        missed: Messages that were there and are not in the file.
    """

    started_at: float
    at_us: int = 0
    sockets: dict[str, SocketTally] = {}
    open_sockets: int = 0
    numbered: int = 0
    messages_in: int = 0
    bytes_in: int = 0
    messages_out: int = 0
    bytes_out: int = 0
    opened: int = 0
    closed: int = 0
    dials_failed: int = 0
    subscriber_failures: int = 0
    failed: dict[str, int] = {}
    events: int = 0
    missed: int = 0

    @property
    def messages(self) -> int:
        """Received and written."""
        return self.messages_in + self.messages_out

    def take(self, line: Line) -> SocketTally | None:
        """Count a line; returns the socket that it changed."""
        if isinstance(line, Received):  # nearly all are
            return self._received(line)
        if line.at_us > self.at_us:
            self.at_us = line.at_us
        if isinstance(line, Written):
            return self._written(line)
        if isinstance(line, Happened):
            self.events += 1
            return self._happened(line)
        if isinstance(line, Present):
            return self._present(line)
        if isinstance(line, Missed):
            self.missed += line.messages
        return None

    def row(self) -> wire.PoolRow:
        """For a viewer; what a recording can't know is 0."""
        return wire.PoolRow(
            state="running",
            sockets=len(self.sockets),
            open_sockets=self.open_sockets,
            messages_in=self.messages_in,
            bytes_in=self.bytes_in,
            messages_out=self.messages_out,
            bytes_out=self.bytes_out,
            accepted=self.messages_out,
            refused=0,
            queued=0,
            queued_bytes=0,
            failed=dict(self.failed),
            sockets_opened=self.opened,
            sockets_closed=self.closed,
            dials_failed=self.dials_failed,
            subscriber_failures=self.subscriber_failures,
            payloads_invalid=0,
            lag=0.0,
            viewers=0,
        )

    def _received(self, line: Received) -> SocketTally:
        at_us = line.at_us
        if at_us > self.at_us:
            self.at_us = at_us
        socket = self.sockets.get(line.id) or self._found(line.id)
        size = line.size
        if size is None:
            size = size_of(line)
        socket.messages_in += 1
        socket.bytes_in += size
        socket.last_received = self.started_at + at_us / 1e6
        self.messages_in += 1
        self.bytes_in += size
        return socket

    def _written(self, line: Written) -> SocketTally:
        socket = self.sockets.get(line.id) or self._found(line.id)
        size = size_of(line) if line.size is None else line.size
        socket.messages_out += 1
        socket.bytes_out += size
        self.messages_out += 1
        self.bytes_out += size
        return socket

    def _present(self, line: Present) -> SocketTally:
        socket = self._found(line.id, line.kind)
        self._becomes(socket, line.state)
        socket.generation, socket.opened_at = line.generation, line.opened_at
        return socket

    def _found(self, id: str, kind: str = "") -> SocketTally:
        """The socket of an ID; a new one, if there is none."""
        socket = self.sockets.get(id)
        if socket is None:
            self.numbered += 1
            socket = SocketTally(self.numbered, id, kind or _UNKNOWN)
            self.sockets[id] = socket
            self.open_sockets += 1
        elif kind:
            socket.kind = kind
        return socket

    def _becomes(self, socket: SocketTally, state: str) -> None:
        self.open_sockets += (state == "open") - (socket.state == "open")
        socket.state = state

    def _happened(self, line: Happened) -> SocketTally | None:
        facts, name = line.facts, line.name
        match name:
            case "SocketOpening" | "SocketOpened":
                kind = facts.get("kind")
                socket = self._found(line.id, kind if isinstance(kind, str) else "")
                self._becomes(socket, "open" if name == "SocketOpened" else "opening")
                if name == "SocketOpened":
                    socket.opened_at = self.started_at + line.at_us / 1e6
                    socket.generation = _whole(facts, "generation", 1)
                    self.opened += 1
                return socket
            case "ReconnectScheduled":
                socket = self._found(line.id)
                self._becomes(socket, "reconnecting")
                return socket
            case "SocketClosed":
                self.closed += 1
                socket_or_none = self.sockets.pop(line.id, None)
                if socket_or_none is not None:
                    self._becomes(socket_or_none, CLOSED)
                return socket_or_none
            case "DialFailed":
                self.dials_failed += 1
            case "SubscriberFailed":
                self.subscriber_failures = max(
                    self.subscriber_failures, _whole(facts, "failures")
                )
            case "WritesLost":
                _add(self.failed, facts)
            case _:
                pass
        return None


def size_of(line: Received | Written) -> int:
    """Bytes of the payload that is in a line."""
    text = line.text
    if text is not None:
        return len(text) if text.isascii() else len(text.encode())
    return len(line.base64 or b"")


def _add(counts: dict[str, int], facts: dict[str, Any]) -> None:
    reason = str(facts.get("reason"))[:80]
    if reason in counts or len(counts) < _MAX_REASONS:
        counts[reason] = counts.get(reason, 0) + _whole(facts, "messages")


_MAX_REASONS = 32


def _whole(facts: dict[str, Any], name: str, default: int = 0) -> int:
    """A fact that should be a whole number: recordings are input like any other."""
    value = facts.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return value if 0 <= value <= 2**53 else default
