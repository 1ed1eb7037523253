"""A recording as a source that can be paused, sought and sped up: for the screens."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from ssc_monitor.model.transport import Transport
from ssc_monitor.model.visible import visible
from ssc_monitor.sources.index import Index, Point
from ssc_monitor.sources.pause import pause
from ssc_monitor.sources.playback import Playback, hello_of
from ssc_monitor.sources.source import RECORDED, Attached, Item, Sought
from ssc_rx.monitor import wire
from ssc_rx.recording import Line, LineReader, RecordingError, RecordingFile

__all__ = ["Player"]

TICK_S = 0.1
LINES_A_TURN = 2_000
"""What is played before others get a turn, however fast it is: some 10 ms."""
FRAME_S = 0.25
"""Of the recording, between two frames, at the least: as of a pool that is watched."""

LINES_BEFORE = 8_192
"""So many lines before the place that was sought are played: they are in the stream."""
HISTORY_S = 60.0
"""So long before it the counters are told of, for the rates and what they were."""
HISTORY_POINTS = 60
HISTORY_ROWS = 40_000
"""Rows told of for that, at the most: of many sockets there are fewer points."""
EVENTS_BEFORE = 2_000


class Player:
    """Plays a recording, on and on until it is closed.

    Args:
        path: The file.
        speed: 2 is twice as fast; `math.inf` doesn't wait at all.

    Attributes:
        transport: Where it is, and where it shall go.

    Raises:
        RecordingError: If it can't be read, or is none.
    """

    def __init__(self, path: Path, speed: float = 1.0) -> None:
        self._wake = asyncio.Event()
        self.transport = Transport(speed, self._wake.set)
        self._file = RecordingFile(path)
        self._playback = Playback(self._file.header)
        self._index = Index(self._file)
        self._lines = _Lines(self._file.lines())
        self._answers: list[Item] = []
        self._closed = False

    @property
    def name(self) -> str:
        """The file's."""
        return visible(self._file.path.name, 80)

    async def frames(self) -> AsyncGenerator[Item, None]:
        """See `Source.frames`."""
        hello = hello_of(self._file.header)
        yield Attached(self._file.path, hello)
        yield hello
        for frame in self._playback.frames(0.0):
            yield frame
        transport, clock = self.transport, asyncio.get_running_loop().time
        self._index.start()
        try:
            then = clock()
            while not self._closed:
                while self._answers:
                    yield self._answers.pop(0)
                self._learn()
                target = transport.target_s
                if target is not None and self._index.knows(_us(target)):
                    async for item in self._jump(min(target, transport.length_s)):
                        yield item
                    then = clock()
                now = clock()
                busy = False
                if transport.moving:
                    passed = now - then
                    wanted = transport.position_s + passed * transport.speed
                    for frame in self._play(wanted if passed else 0.0):
                        yield frame
                    busy = transport.moving and transport.position_s < wanted
                then = now
                self._wake.clear()
                await pause(0.0 if busy else TICK_S, self._wake)
        finally:
            self._index.stop()
            self._lines.close()

    @property
    def why_not(self) -> str:
        """See `Source.why_not`."""
        return RECORDED

    def request(self, request: wire.Request) -> None:
        """See `Source.request`: more of a payload than what was recorded isn't known."""
        if isinstance(request, wire.Get):
            self._answers.append(wire.Payload(request.sequence, None))
            self._wake.set()

    async def close(self) -> None:
        """See `Source.close`."""
        self._closed = True
        self._wake.set()

    def _learn(self) -> None:
        index = self._index
        # Of what a thread writes: what it writes last is looked at first.
        read = 1.0 if index.complete else min(index.read, 0.999)
        damage = index.damage
        self.transport.learn(
            index.length_us / 1e6, read, None if damage is None else visible(damage)
        )

    def _play(self, to_s: float) -> Iterator[wire.Frame]:
        """Play up to a time, or so far as others can wait for it."""
        transport, playback, lines = self.transport, self._playback, self._lines
        taken = 0
        at_s = transport.position_s
        while taken < LINES_A_TURN and at_s < to_s:
            line = lines.next
            if line is None:
                transport.reach(at_s, ended=True)
                return
            # Where nothing happens there is nothing to tell of in between.
            at_s = min(to_s, max(at_s + FRAME_S, line.at_us / 1e6))
            taken += lines.play(playback, _us(at_s), LINES_A_TURN - taken)
            line = lines.next
            if line is None or line.at_us <= _us(at_s):  # at its end, or enough for now
                at_s = max(transport.position_s, playback.tally.at_us / 1e6)
            transport.reach(at_s, ended=line is None)
            yield from playback.frames(at_s)
            if line is None:
                return

    async def _jump(self, to_s: float) -> AsyncGenerator[Item, None]:
        """Go on at another time, with all that was so before it."""
        transport, playback = self.transport, self._playback
        transport.jumping = True
        known = self._index.before(_us(to_s))
        at = len(known) - 1
        while at > 0 and known[-1].lines - known[at].lines < LINES_BEFORE:
            at -= 1
        point = known[at]
        yield Sought()
        for n, earlier in enumerate(_history(known[: at + 1], to_s)):
            (playback.go_on if n else playback.begin)(earlier.tally)
            for frame in playback.frames(earlier.at_us / 1e6):
                yield frame
            await asyncio.sleep(0)
        events, missed = self._index.events(playback.tally.events, EVENTS_BEFORE)
        if events or missed:
            yield wire.Events(tuple(events), missed)
        self._lines.close()
        try:
            self._lines = _Lines(self._file.lines(point.place))
        except RecordingError as error:
            transport.damage = visible(str(error))
        lines, at_s = self._lines, point.at_us / 1e6
        while at_s < to_s:
            line = lines.next
            if line is None or line.at_us > _us(to_s):
                break
            at_s = min(to_s, max(at_s + FRAME_S, line.at_us / 1e6))
            while lines.play(playback, _us(at_s), LINES_A_TURN) == LINES_A_TURN:  # noqa: ASYNC110
                await asyncio.sleep(0)
            for frame in playback.frames(at_s):
                yield frame
            await asyncio.sleep(0)
        if at_s < to_s:
            for frame in playback.frames(to_s):
                yield frame
        transport.jumping = False
        transport.arrived(to_s)


class _Lines:
    """The lines that are to come, one by one."""

    def __init__(self, reader: LineReader) -> None:
        self._reader = reader
        self._batch: list[Line] = []
        self._at = 0
        self._fill()

    @property
    def next(self) -> Line | None:
        """The next one; `None` at the end."""
        return self._batch[self._at] if self._at < len(self._batch) else None

    def play(self, playback: Playback, to_us: int, most: int) -> int:
        """Have those played that are up to a time; returns how many were."""
        taken = 0
        while taken < most and (line := self.next) is not None and line.at_us <= to_us:
            playback.take(line)
            taken += 1
            self._at += 1
            if self._at == len(self._batch):
                self._fill()
        return taken

    def close(self) -> None:
        """Let go of the file."""
        self._reader.close()
        self._batch, self._at = [], 0

    def _fill(self) -> None:
        self._batch, self._at = self._reader.batch(), 0


def _history(points: list[Point], to_s: float) -> list[Point]:
    """Of points the last one, and those that tell what was before it."""
    last = points[-1]
    sockets = max(1, len(last.tally.sockets))
    most = max(4, min(HISTORY_POINTS, HISTORY_ROWS // sockets))
    since = _us(to_s - HISTORY_S)
    first = next(
        n for n, p in enumerate(points) if n == len(points) - 1 or p.at_us >= since
    )
    kept = points[max(0, first - 1) :]
    chosen = [kept[0]]
    least = max(HISTORY_S * 1e6 / most, FRAME_S * 1e6)
    for point in kept[1:-1]:
        if point.at_us - chosen[-1].at_us >= least:
            chosen.append(point)
    return [*chosen, last] if last is not kept[0] else chosen


def _us(seconds: float) -> int:
    return int(min(max(seconds, 0.0), 2**53 / 1e6) * 1e6)
