"""`ssc-monitor tail`: samples and events of a pool as they come, one a line."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TextIO

import msgspec

from ssc_monitor.clock import Clock
from ssc_monitor.lines import (
    event_as_json,
    event_as_text,
    message_as_json,
    message_as_text,
)
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.pool import PoolView
from ssc_monitor.printer import Printer
from ssc_monitor.sources.source import Attached, GivenUp, Item, Lost, Source
from ssc_rx.errors import counted
from ssc_rx.monitor import wire

__all__ = ["TailOptions", "tail"]

Say = Callable[[str], None]

_NONE = wire.Messages((), 0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TailOptions:
    """What to print.

    Attributes:
        filter: Which messages; with an empty one events are printed as well.
        json: Whether to print JSON.
        limit: How many lines; `None` for any number.
        preview: Bytes of each payload to ask for.
        reattach: Whether to go on when the link is lost and comes back.
    """

    filter: Filter = field(default_factory=Filter)
    json: bool = False
    limit: int | None = None
    preview: int = 1024
    reattach: bool = False


async def tail(source: Source, options: TailOptions, out: TextIO, say: Say) -> int:
    """Print what a source tells until it is enough, or there is no more.

    Args:
        source: Closed in the end.
        options: What to print.
        out: Where to; needs a file descriptor.
        say: Tells people something besides.

    Returns:
        The exit code: 0 if all lines asked for were printed or nobody reads them any
        more, 1 if the link was lost, or messages are wanted and the pool shows none.
    """
    printer = Printer(out)
    reader = _Reader(source, options, printer, say)
    reading = asyncio.create_task(reader.read(), name="ssc-monitor tail reads")
    printing = asyncio.create_task(printer.run(), name="ssc-monitor tail prints")
    heard = True
    try:
        await asyncio.wait({reading, printing}, return_when=asyncio.FIRST_COMPLETED)
        if reading.done():
            printer.finish()
            heard = await printing
            return reading.result() if heard else 0
        heard = printing.result()
        return 0
    finally:
        reading.cancel()
        printing.cancel()
        await asyncio.gather(reading, printing, return_exceptions=True)
        if heard:
            say(reader.account())


class _Reader:
    """Reads a source, and has printed what the options ask for."""

    def __init__(
        self, source: Source, options: TailOptions, printer: Printer, say: Say
    ) -> None:
        self._source = source
        self._options = options
        self._printer = printer
        self._say = say
        self._view = PoolView(events=4096, messages=8192)
        self._clock = Clock()
        self._selection = msgspec.structs.replace(
            options.filter.selection(), preview=options.preview
        )
        self._live_from = 0.0
        self._messages_shown = self._events_shown = 0
        self._before = _NONE

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
            case wire.Messages():
                self._messages_shown += self._print(self._messages(line))
            case wire.Events() if not self._options.filter:
                self._events_shown += self._print(self._events(event))
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

    def _messages(self, first: int) -> Iterator[str]:
        view, matches = self._view, self._options.filter.matches_message
        for entry in view.stream.slice(first, view.stream.end):
            socket = view.sockets.get(entry.number)
            if not matches(entry, socket):
                continue
            if self._options.json:
                yield message_as_json(entry, socket.raw_id if socket else entry.id)
            else:
                yield message_as_text(entry, self._clock.wall)

    def _events(self, first: int) -> Iterator[str]:
        for event in self._view.events.slice(first, self._view.events.end):
            if event.time < self._live_from:
                continue
            if self._options.json:
                yield event_as_json(event)
            else:
                yield event_as_text(event, self._clock.wall)

    def _print(self, lines: Iterator[str]) -> int:
        """Returns how many lines were printed."""
        return sum(map(self._printer.put, islice(lines, self._room())))

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
            f"{counted(self._events_shown, 'event')} shown; "
            f"seen {counts.seen:,}, matched {counts.matched:,}, sent {counts.sent:,}, "
            f"sampled out {counts.sampled_out:,}, dropped {counts.dropped:,}"
        )
        if self._view.events_missed:
            text += f"; {counted(self._view.events_missed, 'event')} missed"
        if self._printer.left_out:
            text += f"; {self._printer.left_out:,} left out, as the output is too slow"
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
