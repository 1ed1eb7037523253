"""A recording as a stream of the messages it holds, in their time."""

import asyncio
import os
from collections.abc import Callable, Generator, Iterator
from datetime import datetime

from reactivex import abc
from reactivex.disposable import Disposable, SerialDisposable
from reactivex.scheduler.eventloop import AsyncIOScheduler

from ssc_rx.errors import InvalidOptionError
from ssc_rx.logs import logger_of
from ssc_rx.message import Message
from ssc_rx.recording.lines import Received, Written, message_of
from ssc_rx.recording.reader import RecordingFile
from ssc_rx.recording.recorder import Direction
from ssc_rx.streams.stream import Home, LoopScheduler, Stream
from ssc_rx.transports.clock import clock_of

__all__ = ["played", "replay"]

logger = logger_of(__name__)

MESSAGES_PER_TURN = 512
"""What is emitted before others get a turn of the loop."""


def replay(
    path: str | os.PathLike[str],
    *,
    speed: float = 1.0,
    scheduler: abc.SchedulerBase | None = None,
    direction: Direction | None = "in",
) -> Stream[Message]:
    """The messages of a recording, with the time between them that there was.

        recorded   --a-b------c--|
        speed=2    -ab---c-|

    Cold: each subscriber has the file played to it, from its beginning, which disposing
    ends. The messages are those that were recorded, `time` included. A recording that
    was cut off, or is damaged, ends where it does, which is logged.

    Args:
        path: The file.
        speed: 2 is twice as fast; `math.inf` doesn't wait at all.
        scheduler: Whose time it is: the running event loop's by default;
            `reactivex.testing.TestScheduler`, for one, has its own.
        direction: "in" for what was received, "out" for writes, `None` for both.

    Raises:
        RecordingError: If the file can't be read, or is no recording.
        InvalidOptionError: For the other arguments.
    """
    if direction not in (None, "in", "out"):
        raise InvalidOptionError(
            f'direction must be "in", "out" or None, not {direction!r}'
        )
    path = RecordingFile(path).path

    def messages() -> Generator[tuple[float, Message]]:
        return _messages(RecordingFile(path), direction)

    return played(messages, speed, scheduler)


def played(
    messages: Callable[[], Iterator[tuple[float, Message]]],
    speed: float,
    scheduler: abc.SchedulerBase | None,
) -> Stream[Message]:
    """A cold stream of messages, each with the seconds at which it is due.

    Args:
        messages: Gives them anew for each subscriber.
        speed: As of `replay`.
        scheduler: As of `replay`.

    Raises:
        InvalidOptionError: For a speed that can't be.
    """
    if isinstance(speed, bool) or not isinstance(speed, (int, float)) or not speed > 0:
        raise InvalidOptionError(f"speed must be a positive number, not {speed!r}")

    def subscribe(
        observer: abc.ObserverBase[Message], given: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        chosen = scheduler or given
        if chosen is None or chosen is _HOME.scheduler:
            chosen = _LoopTime(asyncio.get_running_loop())
        return _Playing(messages(), speed, observer, chosen)

    stream = Stream[Message](subscribe)
    stream.home = _HOME
    return stream


class _LoopTime(AsyncIOScheduler):
    """On the event loop, by its clock; reactivex tells the wall clock's time."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._clock = clock_of(loop)

    @property
    def now(self) -> datetime:
        return self.to_datetime(self._clock())


class _Playing(Disposable):
    """A recording that is being played to one observer."""

    def __init__(
        self,
        messages: Iterator[tuple[float, Message]],
        speed: float,
        observer: abc.ObserverBase[Message],
        scheduler: abc.SchedulerBase,
    ) -> None:
        super().__init__()
        self._speed = speed
        self._observer = observer
        self._scheduler = scheduler
        self._messages = messages
        self._next = next(self._messages, None)
        self._begun = scheduler.now
        self._timer = SerialDisposable()
        self._schedule()

    def dispose(self) -> None:
        """Play no more."""
        super().dispose()
        self._timer.dispose()
        self._messages = iter(())  # which closes a file

    def _schedule(self) -> None:
        """Go on when the next message is due."""
        wait = 0.0
        if self._next is not None:
            elapsed = (self._scheduler.now - self._begun).total_seconds()
            wait = max(0.0, self._next[0] / self._speed - elapsed)
        self._timer.disposable = self._scheduler.schedule_relative(wait, self._play)

    def _play(self, scheduler: abc.SchedulerBase, state: object = None) -> None:
        elapsed = (scheduler.now - self._begun).total_seconds()
        for _ in range(MESSAGES_PER_TURN):
            if self.is_disposed:
                return
            if self._next is None:
                self._observer.on_completed()
                return
            due, message = self._next
            if due / self._speed > elapsed + _EARLY_S:
                break
            self._next = next(self._messages, None)
            self._observer.on_next(message)
        if not self.is_disposed:
            self._schedule()


_EARLY_S = 1e-6
"""By which a message may come early: timers round."""


def _messages(
    file: RecordingFile, direction: Direction | None
) -> Generator[tuple[float, Message]]:
    """Seconds since the start, and the message."""
    started_at = file.header.started_at
    for line in file:
        if isinstance(line, Received):
            wanted = direction != "out"
        else:
            wanted = isinstance(line, Written) and direction != "in"
        if wanted and isinstance(line, (Received, Written)):
            yield line.at_us / 1e6, message_of(line, started_at)
    if file.damage is not None:
        logger.warning("of %s: %s", file.path, file.damage)


class _Log:
    """Hears what goes wrong in a stream that belongs to no pool."""

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int, ended: bool
    ) -> None:
        logger.error("a subscriber of a recording failed", exc_info=error)

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        logger.error("a source failed", exc_info=error)

    def payload_invalid(self, id: str, error: Exception) -> None:
        """Skipped; a pool counts them, and who plays a recording sees what is missing."""


def _soon(call: Callable[[], None]) -> None:
    asyncio.get_running_loop().call_soon(call)


_HOME = Home(
    scheduler=LoopScheduler(lambda: AsyncIOScheduler(asyncio.get_running_loop())),
    defer=_soon,
    check_thread=lambda: None,
)
_HOME.listener = _Log()
