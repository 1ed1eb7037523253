"""`Index`: the counters of a recording at places all over it, so that one can go there.

A thread reads the file once, from its beginning, as fast as it can without holding up the
screens. What it keeps is bounded: when there are too many points, every other one is
given up, and the next ones are twice as far apart. Bounded are also the events.
"""

import threading
import time
from bisect import bisect_right
from dataclasses import dataclass

import msgspec

from ssc_monitor.sources.playback import event_of
from ssc_monitor.sources.tally import Tally
from ssc_rx.monitor import wire
from ssc_rx.recording import Happened, Place, RecordingError, RecordingFile

__all__ = ["Index", "Point"]

LINES_APART = 4096
"""Between two points, at the least, so long as there are few of them."""
BYTES_APART = 1024 * 1024
MAX_POINTS = 256
MAX_BYTES = 32 * 1024 * 1024
"""Of the counters of all points."""
MAX_EVENTS = 50_000
"""Events beyond are forgotten, oldest first; those between two points are in the file."""

BATCHES_A_TURN = 4
"""Of lines, some 3 ms of work, before the event loop's thread gets its turn."""
YIELD_S = 0.0002

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Tally).decode


@dataclass(frozen=True, slots=True)
class Point:
    """What was counted up to a place.

    Attributes:
        at_us: The latest time of the lines before it.
        place: Where the lines after it begin; `None` for the beginning of the file.
        lines: How many lines are before it.
        counted: The tally, encoded.
    """

    at_us: int
    place: Place | None
    lines: int
    counted: bytes

    @property
    def bytes(self) -> int:
        """What it takes, about."""
        rest = 0 if self.place is None else len(self.place.rest)
        return len(self.counted) + rest

    @property
    def tally(self) -> Tally:
        """What was counted; a copy."""
        return _decode(self.counted)


class Index:
    """Points of a recording, in order of their time; the first is its beginning.

    Args:
        file: The recording.

    Attributes:
        points: So far.
        length_us: The latest time that was read.
        read: How much of the file was read, from 0 to 1.
        complete: Whether all was that can be.
        damage: What is wrong with the file.
    """

    def __init__(self, file: RecordingFile) -> None:
        self._file = file
        self._tally = Tally(file.header.started_at)
        self.points = [Point(0, None, 0, _encode(self._tally))]
        self.length_us = 0
        self.read = 0.0
        self.complete = False
        self.damage: str | None = None
        self._bytes = 0
        self._apart = 1  # by how much the least distances are multiplied
        # With the sequence of the first of them.
        self._events: tuple[int, list[Happened]] = (1, [])
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to read."""
        self._thread = threading.Thread(
            target=self._read, name="ssc-monitor index", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Read no more; comes back when the thread has ended, within a few ms."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def knows(self, at_us: int) -> bool:
        """Whether it was read up to there."""
        return self.complete or at_us <= self.length_us

    def before(self, at_us: int) -> list[Point]:
        """The points up to a time, at least the first."""
        points = self.points
        return points[: max(1, bisect_right(points, at_us, key=_at_us))]

    def events(self, last: int, most: int) -> tuple[list[wire.Event], int]:
        """Events up to a sequence, and how many before them are forgotten."""
        first, kept = self._events
        if last < first:
            return [], last
        start = max(first, last - most + 1)
        lines = kept[start - first : last - first + 1]
        started_at = self._file.header.started_at
        events = [event_of(line, start + n, started_at) for n, line in enumerate(lines)]
        return events, (start - 1 if start == first else 0)

    # On its thread

    def _read(self) -> None:
        try:
            self._read_all()
        except (RecordingError, OSError) as error:  # it was removed, say
            self.damage = str(error)
        self.read, self.complete = 1.0, True

    def _read_all(self) -> None:
        tally, take = self._tally, self._tally.take
        reader = self._file.lines()
        lines = lines_then = bytes_then = turn = 0
        try:
            while not self._stopped.is_set() and (batch := reader.batch()):
                for line in batch:
                    take(line)
                    if isinstance(line, Happened):
                        self._keep(line)
                lines += len(batch)
                self.length_us, self.read = tally.at_us, reader.share
                if (
                    lines - lines_then >= LINES_APART * self._apart
                    or reader.bytes - bytes_then >= BYTES_APART * self._apart
                ):
                    lines_then, bytes_then = lines, reader.bytes
                    place = reader.place()
                    self._add(Point(tally.at_us, place, lines, _encode(tally)))
                turn = (turn + 1) % BATCHES_A_TURN
                if not turn:
                    time.sleep(YIELD_S)
            self.damage = reader.damage
        finally:
            reader.close()

    def _add(self, point: Point) -> None:
        points = [*self.points, point]
        self._bytes += point.bytes
        if len(points) > MAX_POINTS or self._bytes > MAX_BYTES:
            points = points[::2]
            self._apart *= 2
            self._bytes = sum(point.bytes for point in points)
        self.points = points

    def _keep(self, line: Happened) -> None:
        first, kept = self._events
        kept.append(line)
        if len(kept) > MAX_EVENTS:
            half = len(kept) // 2
            self._events = first + half, kept[half:]


def _at_us(point: Point) -> int:
    return point.at_us
