"""The watched pool as the screens show it: frames in, facts out."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeVar

import msgspec

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.rates import SECONDS, Reading
from ssc_monitor.model.ring import Ring
from ssc_monitor.model.sockets import Clock, SocketView
from ssc_monitor.model.stream import Stream
from ssc_monitor.model.totals import Totals
from ssc_monitor.model.visible import visible
from ssc_rx.monitor import wire

__all__ = ["COLUMNS", "Entry", "PoolView"]

GONE_S = 10.0
"""How long a socket that left the pool is still shown, in the pool's own time."""

MAX_PAYLOADS = 32
MAX_DETAILS = 256

T = TypeVar("T")

COLUMNS: Mapping[str, Callable[[SocketView, float], str | float]] = {
    "number": lambda socket, _: socket.number,
    "id": lambda socket, _: socket.id.lower(),
    "kind": lambda socket, _: socket.kind,
    "state": lambda socket, _: socket.state,
    "in": lambda socket, now: socket.in_per_s(now),
    "out": lambda socket, now: socket.out_per_s(now),
    "bytes": lambda socket, now: socket.bytes_per_s(now),
    "messages": lambda socket, _: socket.messages_in + socket.messages_out,
    "queued": lambda socket, _: socket.queued,
    "failed": lambda socket, _: socket.failed,
    "refused": lambda socket, _: socket.refused,
    "latency": lambda socket, _: _or_lowest(socket.latency),
    "last": lambda socket, _: _or_lowest(socket.last_received),
    "opened": lambda socket, _: _or_lowest(socket.opened_at),
}
"""What sockets can be ordered by."""


class PoolView:
    """Everything that frames of one pool said, in the form in which it is shown.

    Texts in `hello`, `details` and `problem` and the IDs of sockets and lines are
    visible; `events` are as they came: `tell` makes them so.

    Args:
        events: How many events are kept.
        messages: How many messages are kept.

    Attributes:
        hello: Who is watched; `None` before the first frame.
        row: The pool's counters at the last reading.
        sockets: By number; those that left the pool stay for 10 s.
        events: What happened, oldest first.
        now: UNIX seconds of the last reading, by the clock of the watched process.
        version: Grows with each frame.
        sockets_version: Grows when sockets changed.
        attachment: Grows with each `reset`; see `Entry.attachment`.
        gap_started: UNIX seconds of the last reading before the link was lost; `None`
            as soon as readings come again.
        events_missed: How many events nobody told of.
        payloads: Whole payloads by sequence; `None` for one that is no longer held.
        details: By number of the socket.
        problem: Why the last request was not carried out; empty if there was none.
    """

    def __init__(self, *, events: int = 2000, messages: int = 50_000) -> None:
        self.hello: wire.Hello | None = None
        self.row: wire.PoolRow | None = None
        self.sockets: dict[int, SocketView] = {}
        self.events: Ring[wire.Event] = Ring(events)
        self.now = 0.0
        self.version = 0
        self.sockets_version = 0
        self.attachment = 0
        self.gap_started: float | None = None
        self.events_missed = 0
        self.payloads: dict[int, bytes | None] = {}
        self.details: dict[int, wire.Details] = {}
        self.problem = ""
        self._stream = Stream(messages)
        self._totals = Totals()
        self._clock = Clock()
        self._gone: list[SocketView] = []
        self._last_event = 0
        self._read_at: float | None = None
        self._beginning = True

    def apply(self, frame: wire.Frame) -> None:
        """Take in what the watched process says."""
        match frame:
            case wire.State():
                self._state(frame)
            case wire.Messages():
                self._stream.apply(frame, self.sockets, self.attachment)
            case wire.Events():
                self._events(frame)
            case wire.Hello():
                self._hello(frame)
            case wire.Payload():
                _keep(self.payloads, frame.sequence, frame.payload, MAX_PAYLOADS)
            case wire.Details():
                _keep(self.details, frame.number, _shown_details(frame), MAX_DETAILS)
            case wire.Problem():
                self.problem = visible(frame.text)
            case wire.Answer():
                pass  # for who gave the command
        self.version += 1

    def reset(self) -> None:
        """A new attachment, to this or to another pool.

        Sockets, counters and rates start anew; the stream and the events stay. A `Hello`
        does the same.
        """
        if self._read_at is not None:
            self.gap_started = self.now
        self.row = None
        self.sockets = {}
        self.payloads = {}
        self.details = {}
        self.problem = ""
        self._stream.reset()
        self._totals = Totals()
        self._clock.known = 1.0
        self._gone = []
        self._read_at = None
        self._beginning = True
        self.attachment += 1
        self.version += 1
        self.sockets_version += 1

    def rewind(self) -> None:
        """The same pool at another time: nothing of what was told is true of it."""
        self.reset()
        self.events.clear()
        self.stream.clear()
        self.gap_started = None
        self.events_missed = self._last_event = 0

    def watching(self, selection: wire.Selection | None) -> None:
        """Tell what the last `Watch` asked for: its words hold for whole payloads."""
        self._stream.watching(selection)

    def order(self, column: str, descending: bool, filter: Filter) -> list[SocketView]:
        """The sockets that match, in the order of a column; ties by number.

        Args:
            column: One of `COLUMNS`.
            descending: Whether the highest comes first.
            filter: Which sockets.
        """
        sockets = filter.sockets(list(self.sockets.values()))
        sockets.sort(key=lambda socket: socket.number)
        key, now = COLUMNS[column], self.now
        sockets.sort(key=lambda socket: key(socket, now), reverse=descending)
        return sockets

    @property
    def stream(self) -> Ring[Entry]:
        """The sampled messages."""
        return self._stream.ring

    @property
    def counts(self) -> wire.Messages | None:
        """The last batch's counters, without its samples."""
        return self._stream.counts

    @property
    def lag(self) -> float:
        """Seconds: the watched loop's longest delay between the last two readings."""
        return self.row.lag if self.row is not None else 0.0

    @property
    def unaccounted(self) -> int:
        """Accepted writes of which the pool doesn't know what became of them."""
        row = self.row
        if row is None or not self.keeps_books:
            return 0
        given_up = sum(row.dropped.values()) + sum(row.failed.values())
        return row.accepted - row.messages_out - row.queued - given_up

    @property
    def keeps_books(self) -> bool:
        """Whether it tells what became of each write; a recording doesn't."""
        return self.row is not None and self.row.subscribers is not None

    def socket_of(self, raw_id: str) -> SocketView | None:
        """The socket that has this ID, as it came."""
        return next(
            (s for s in self.sockets.values() if s.raw_id == raw_id and not s.gone),
            None,
        )

    @property
    def in_per_s(self) -> float:
        """Messages that the pool receives per second."""
        return self._totals.in_per_s

    @property
    def out_per_s(self) -> float:
        """Messages that the pool writes per second."""
        return self._totals.out_per_s

    @property
    def bytes_in_per_s(self) -> float:
        """Payload bytes that the pool receives per second."""
        return self._totals.bytes_in_per_s

    @property
    def bytes_out_per_s(self) -> float:
        """Payload bytes that the pool writes per second."""
        return self._totals.bytes_out_per_s

    @property
    def matched_per_s(self) -> float:
        """Messages per second that the selection wanted."""
        return self._totals.matched_per_s

    @property
    def sampled_per_s(self) -> float:
        """Messages per second that came here."""
        return self._totals.sampled_per_s

    @property
    def spark_in(self) -> list[int]:
        """Messages that the pool received in each of the last 60 seconds."""
        return self._totals.spark_in(self.now, SECONDS)

    @property
    def incarnation(self) -> object:
        """Who is watched: another one when the program has started anew."""
        return None if self.hello is None else _identity(self.hello)

    def _hello(self, hello: wire.Hello) -> None:
        old = self.hello
        if old is not None:
            self.reset()
        self.hello = msgspec.structs.replace(
            hello,
            version=visible(hello.version, 80),
            program=visible(hello.program, 200),
            pool=visible(hello.pool, 200),
            level=visible(hello.level, 40),
        )
        if old is None or _identity(old) != _identity(self.hello):
            self._last_event = 0

    def _events(self, frame: wire.Events) -> None:
        if self._last_event == 0:
            self.events_missed += frame.missed
        for event in frame.events:
            if event.sequence <= self._last_event:  # told of before the link was lost
                continue
            if self._last_event:
                self.events_missed += event.sequence - self._last_event - 1
            self._last_event = event.sequence
            self.events.append(event)

    def _state(self, frame: wire.State) -> None:
        if frame.begin:
            self.sockets = {}
            self._gone = []
            self._beginning = True
        reading = None
        if self._read_at is not None:
            reading = Reading(self._read_at, frame.time)
        self._sockets(frame, None if self._beginning else reading)
        self.now = self._clock.now = frame.time
        if frame.pool is not None:
            self._read(frame.time, frame.pool, reading)

    def _sockets(self, frame: wire.State, reading: Reading | None) -> None:
        if frame.begin or frame.born or frame.rows or frame.gone:
            self.sockets_version += 1
        sockets = self.sockets
        for head in frame.born:
            sockets[head.number] = SocketView(head, self._clock)
        for row in frame.rows:
            socket = sockets.get(row.number)
            if socket is None:  # its head never came
                continue
            if reading is None:
                socket.begin(row, frame.time)
                continue
            try:
                socket.update(row, reading)
            except OverflowError:  # a counter that no pool can have
                socket.begin(row)
        for number in frame.gone:
            socket = sockets.get(number)
            if socket is not None and not socket.gone:
                socket.leave(frame.time)
                self._gone.append(socket)

    def _read(self, time: float, row: wire.PoolRow, reading: Reading | None) -> None:
        """A reading is complete."""
        matched, sampled, restarted = self._stream.take()
        if restarted:
            self._totals.restart_samples()
        if reading is not None:
            self._totals.update_samples(matched, sampled, reading)
            with suppress(OverflowError):  # as above
                self._totals.update(self.row or row, row, reading)
            self._clock.known = self._totals.pool or 1.0
        self.row = row
        self._read_at = time
        self._beginning = False
        self.gap_started = None
        # None is passed over: the clock may have been set back in between.
        over = [s for s in self._gone if abs(time - s.gone_at) >= GONE_S]
        if not over:
            return
        self._gone = [s for s in self._gone if abs(time - s.gone_at) < GONE_S]
        self.sockets_version += 1
        for socket in over:
            if self.sockets.get(socket.number) is socket:
                del self.sockets[socket.number]


def _identity(hello: wire.Hello) -> tuple[int, str, float]:
    return hello.pid, hello.pool, hello.started_at


def _shown_details(details: wire.Details) -> wire.Details:
    return wire.Details(
        details.number,
        visible(details.url),
        visible(details.remote_address),
        visible(details.subprotocol),
        visible(details.path),
        tuple((visible(name), visible(value)) for name, value in details.headers),
        tuple(visible(tag) for tag in details.tags),
    )


def _keep(kept: dict[int, T], key: int, value: T, most: int) -> None:
    """Add to a bounded dict; what was put in first leaves first."""
    kept.pop(key, None)
    kept[key] = value
    if len(kept) > most:
        del kept[next(iter(kept))]


def _or_lowest(seconds: float | None) -> float:
    return -1.0 if seconds is None else seconds
