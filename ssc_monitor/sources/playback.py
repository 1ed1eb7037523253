"""From the lines of a recording to the frames that its pool would have sent. Pure."""

import math

from ssc_monitor.model.opcodes import BINARY, OPCODES, TEXT
from ssc_monitor.sources.tally import CLOSED, SocketTally, Tally, size_of
from ssc_rx.monitor import wire
from ssc_rx.recording import Happened, Header, Line, Received, Written

__all__ = ["Playback", "event_of", "hello_of"]

LEAST_S = 0.001
"""Between two readings: rates need some time to be of."""


def hello_of(header: Header) -> wire.Hello:
    """Who was recorded."""
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


def event_of(line: Happened, sequence: int, started_at: float) -> wire.Event:
    """An event, as a viewer is told of it."""
    time = started_at + line.at_us / 1e6
    return wire.Event(sequence, time, line.name, line.id, line.facts)


class Playback:
    """Counts what a recording tells, as the pool did: its queues and latencies it can't.

    Args:
        header: Of the recording.

    Attributes:
        tally: What was counted so far.
        words: Only messages that have all of these are shown, whatever the case.
    """

    def __init__(self, header: Header) -> None:
        self.tally = Tally(header.started_at)
        self.words: tuple[str, ...] = ()
        self._started_at = header.started_at
        self._told = 0  # the last number of a socket that was told of
        self._born: list[wire.SocketHead] = []
        self._changed: dict[int, SocketTally] = {}
        self._gone: list[int] = []
        self._events: list[wire.Event] = []
        self._samples: list[wire.Sample] = []
        self._seen = self._sent = self._missed_before = self._counted = 0
        self._begins = True
        self._told_s = -math.inf  # when the last frames were

    def begin(self, tally: Tally) -> None:
        """From here on as if all up to a tally had been played."""
        self.tally = tally
        self._told = 0
        for pending in (self._born, self._changed, self._gone):
            pending.clear()
        for socket in tally.sockets.values():
            self._changes(socket)
        self._told = tally.numbered
        self._events.clear()
        self._samples.clear()
        self._seen = self._sent = self._counted = 0
        self._missed_before = tally.missed
        self._begins = True
        self._told_s = -math.inf

    def go_on(self, tally: Tally) -> None:
        """From its counters to those of a later tally, whatever was in between."""
        before, after = self.tally.sockets, tally.sockets
        for id, socket in after.items():
            if before.get(id) != socket:
                self._changes(socket)
        for id, socket in before.items():
            now = after.get(id)
            if now is None or now.number != socket.number:
                self._left(socket)
        messages = tally.messages - self.tally.messages
        self._seen += messages
        self._sent += messages
        self.tally = tally

    def take(self, line: Line) -> None:
        """Count a line, and keep it for the next frames."""
        socket = self.tally.take(line)
        if socket is not None:
            if socket.state == CLOSED:
                self._left(socket)
            else:
                self._changes(socket)
        if isinstance(line, (Received, Written)):
            assert socket is not None
            self._sample(line, socket.number)
        elif isinstance(line, Happened):
            event = event_of(line, self.tally.events, self._started_at)
            self._events.append(event)

    def frames(self, at_s: float) -> list[wire.Frame]:
        """What is new since the last call; `at_s` seconds after the start."""
        at_s = self._told_s = max(at_s, self._told_s + LEAST_S)
        found: list[wire.Frame] = [self._state(at_s)]
        if self._events:
            found.append(wire.Events(tuple(self._events)))
            self._events.clear()
        if self._samples or self._seen > self._counted:
            self._counted = self._seen
            sent, missed = self._sent, self.tally.missed - self._missed_before
            counts = (self._seen + missed, sent + missed, sent, missed, 0)
            batch = wire.Messages(tuple(self._samples), *counts)
            # Samples are of sockets that the state tells of; a mere count is of its time.
            found.insert(len(found) if self._samples else 0, batch)
            self._samples.clear()
        return found

    def _state(self, at_s: float) -> wire.State:
        changed = [self._changed[number] for number in sorted(self._changed)]
        state = wire.State(
            time=self._started_at + at_s,
            begin=self._begins,
            born=tuple(self._born),
            rows=tuple(socket.row() for socket in changed),
            gone=tuple(self._gone),
            pool=self.tally.row(),
        )
        self._begins = False
        self._born.clear()
        self._changed.clear()
        self._gone.clear()
        return state

    def _changes(self, socket: SocketTally) -> None:
        number = socket.number
        self._changed[number] = socket
        if number > self._told:
            self._told = number
            self._born.append(wire.SocketHead(number, socket.id, socket.kind))

    def _left(self, socket: SocketTally) -> None:
        self._changed.pop(socket.number, None)
        self._gone.append(socket.number)

    def _sample(self, line: Received | Written, number: int) -> None:
        if line.text is not None:
            kind, payload = TEXT, line.text.encode()
        else:
            kind = BINARY if line.control is None else OPCODES[line.control]
            payload = line.base64 or b""
        self._seen += 1
        if self.words:
            text = f"{line.id}\n{payload.decode(errors='replace')}".lower()
            if not all(word.lower() in text for word in self.words):
                return
        self._sent += 1
        size = size_of(line) if line.size is None else line.size
        direction: wire.Direction = "in" if isinstance(line, Received) else "out"
        time = self._started_at + line.at_us / 1e6
        self._samples.append(
            wire.Sample(self._sent, number, direction, kind, size, time, payload)
        )
