"""What a source tells, line by line, until it is enough: for `tail`, `record`, `replay`."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, Protocol, TypeVar

import msgspec

from ssc_monitor.model.entry import Entry
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.sources.source import Attached, GivenUp, Item, Lost, Sought, Source
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

__all__ = ["Reader", "Reading", "Say", "Telling"]

Say = Callable[[str], None]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_NONE = wire.Messages((), 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What to read.

    Attributes:
        filter: Which messages; with an empty one events are read as well.
        limit: How many lines; `None` for any number.
        preview: Bytes of each payload to ask for.
        reattach: Whether to go on when the link is lost and comes back.
    """

    filter: Filter = field(default_factory=Filter)
    limit: int | None = None
    preview: int = 1024
    reattach: bool = False


class Telling(Protocol[T_co]):
    """Makes lines."""

    def standing(self, sockets: Iterable[SocketView], time: float) -> Iterable[T_co]:
        """Of the sockets that are there when it begins, at UNIX seconds `time`."""
        ...

    def message(self, entry: Entry, socket: SocketView | None) -> T_co:
        """Of a message."""
        ...

    def event(self, event: wire.Event) -> T_co:
        """Of an event."""
        ...


class Reader(Generic[T]):
    """Reads a source, and puts out the lines of what was asked for.

    Args:
        source: Closed in the end.
        options: What to read.
        telling: Makes the lines.
        put: Takes a line; returns whether it did.
        say: Tells people something besides.

    Attributes:
        done: What was done to each line, in a word.
    """

    def __init__(
        self,
        source: Source,
        options: Reading,
        telling: Telling[T],
        put: Callable[[T], bool],
        say: Say,
    ) -> None:
        self._source = source
        self._options = options
        self._telling = telling
        self._put = put
        self._say = say
        self._view = PoolView(events=4096, messages=8192)
        self._selection = msgspec.structs.replace(
            options.filter.selection(), preview=options.preview
        )
        self._live_from = 0.0
        self._messages_shown = self._events_shown = 0
        self._before = _NONE
        self._begins = True
        self.done = "shown"

    @property
    def hello(self) -> wire.Hello | None:
        """Who is read; `None` before it is attached to."""
        return self._view.hello

    async def read(self) -> int:
        """Returns the exit code."""
        self._source.request(wire.Watch(self._selection))
        async with _closing(self._source) as items:
            async for item in items:
                if isinstance(item, Lost):
                    self._say(item.reason)
                    if not (self._options.reattach and item.retry):
                        return 1
                elif isinstance(item, GivenUp):
                    self._say(item.text)
                elif isinstance(item, Attached):
                    if self._view.hello is not None:
                        self._say(f"attached again, to process {item.hello.pid}")
                elif isinstance(item, Sought):
                    continue  # only of what is shown on screens
                elif self._take(item):
                    return 0
                elif isinstance(item, wire.Problem) and self._options.filter:
                    return 1  # no message will come, and no event is wanted
        return 1

    def _take(self, frame: wire.Frame) -> bool:
        """Returns whether it was enough."""
        view = self._view
        line, event = view.stream.end, view.events.end
        if isinstance(frame, wire.Hello):
            self._before = self._counts()
            self._live_from = frame.time
        view.apply(frame)
        match frame:
            case wire.Hello():
                view.watching(self._selection)
                self._begins = True
            case wire.State() if frame.pool is not None and self._begins:
                self._begins = False
                sockets = view.sockets.values()
                for standing in self._telling.standing(sockets, frame.time):
                    self._put(standing)
            case wire.Messages():
                self._messages_shown += self._tell(self._messages(line))
            case wire.Events() if not self._options.filter:
                self._events_shown += self._tell(self._events(event))
            case wire.Problem():
                self._say(view.problem)
            case _:
                pass
        return self._room() == 0

    def _room(self) -> int | None:
        """How many lines are still to be printed; `None` for any number."""
        limit = self._options.limit
        if limit is None:
            return None
        return limit - self._messages_shown - self._events_shown

    def _messages(self, first: int) -> Iterator[T]:
        view, matches = self._view, self._options.filter.matches_message
        for entry in view.stream.slice(first, view.stream.end):
            socket = view.sockets.get(entry.number)
            if matches(entry, socket):
                yield self._telling.message(entry, socket)

    def _events(self, first: int) -> Iterator[T]:
        for event in self._view.events.slice(first, self._view.events.end):
            if event.time >= self._live_from:
                yield self._telling.event(event)

    def _tell(self, lines: Iterator[T]) -> int:
        """Returns how many lines were taken."""
        return sum(map(self._put, islice(lines, self._room())))

    def _counts(self) -> wire.Messages:
        """Of all attachments."""
        now, before = self._view.counts or _NONE, self._before
        return wire.Messages(
            (),
            before.seen + now.seen,
            before.matched + now.matched,
            before.sent + now.sent,
            before.sampled_out + now.sampled_out,
            before.dropped + now.dropped,
        )

    def account(self) -> str:
        """What became of all messages there were."""
        counts = self._counts()
        text = (
            f"{counted(self._messages_shown, 'message')} and "
            f"{counted(self._events_shown, 'event')} {self.done}; "
            f"seen {counts.seen:,}, matched {counts.matched:,}, sent {counts.sent:,}, "
            f"sampled out {counts.sampled_out:,}, dropped {counts.dropped:,}"
        )
        if self._view.events_missed:
            text += f"; {counted(self._view.events_missed, 'event')} missed"
        return text


@asynccontextmanager
async def _closing(source: Source) -> AsyncGenerator[AsyncIterator[Item], None]:
    items = source.frames()
    try:
        yield items
    finally:
        try:
            await source.close()
        finally:
            async for _ in items:  # lets it come to its end
                pass
