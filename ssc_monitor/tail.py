"""`ssc-monitor tail`: samples and events of a pool as they come, one a line."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from ssc_monitor.clock import Clock
from ssc_monitor.lines import (
    event_as_json,
    event_as_text,
    message_as_json,
    message_as_text,
)
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.printer import Printer
from ssc_monitor.reading import Reader, Reading, Say
from ssc_monitor.sources.source import Source
from ssc_rx.monitor import wire

__all__ = ["TailOptions", "tail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TailOptions(Reading):
    """What to print.

    Attributes:
        json: Whether to print JSON.
    """

    json: bool = False


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
    telling = _AsJson() if options.json else _AsText()
    reader = Reader(source, options, telling, printer.put, say)
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
            say(reader.account() + _left_out(printer))


def _left_out(printer: Printer) -> str:
    if not printer.left_out:
        return ""
    return f"; {printer.left_out:,} left out, as the output is too slow"


class _AsJson:
    def standing(self, sockets: Iterable[SocketView], time: float) -> tuple[str, ...]:
        return ()

    def message(self, entry: Entry, socket: SocketView | None) -> str:
        return message_as_json(entry, socket.raw_id if socket else entry.id)

    def event(self, event: wire.Event) -> str:
        return event_as_json(event)


class _AsText:
    def __init__(self) -> None:
        self._clock = Clock()

    def standing(self, sockets: Iterable[SocketView], time: float) -> tuple[str, ...]:
        return ()

    def message(self, entry: Entry, socket: SocketView | None) -> str:
        return message_as_text(entry, self._clock.wall)

    def event(self, event: wire.Event) -> str:
        return event_as_text(event, self._clock.wall)
