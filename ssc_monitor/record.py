"""`ssc-monitor record`: samples and events of a pool, into a file that can be replayed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ssc_monitor.model import figures
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import visible
from ssc_monitor.reading import Reader, Reading, Say
from ssc_monitor.sources.source import Source
from ssc_rx.errors import counted
from ssc_rx.monitor import wire
from ssc_rx.recording import (
    FORMAT,
    EndReason,
    Happened,
    Header,
    Line,
    Missed,
    Received,
    RecordingError,
    RecordingWriter,
    Written,
)

__all__ = ["RecordOptions", "record"]

PROGRESS_S = 1.0
_TEXT = 1
_CONTROL: dict[int, Literal["ping", "pong"]] = {9: "ping", 10: "pong"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions(Reading):
    """What to record.

    Attributes:
        path: The file.
        seconds: How long; `None` until it is interrupted.
        max_bytes: Bytes, before compression, after which it ends.
        overwrite: Whether to replace a file that is there.
    """

    path: Path
    seconds: float | None = None
    max_bytes: int = 1024**3
    overwrite: bool = False


async def record(
    source: Source, hello: wire.Hello, options: RecordOptions, say: Say, progress: Say
) -> int:
    """Write what a source tells until it is enough, or there is no more.

    Args:
        source: Closed in the end.
        hello: Who is recorded.
        options: What to record.
        say: Tells people something.
        progress: Told how far it is, once a second.

    Returns:
        The exit code: 0 if all that was asked for is in the file, 1 if the link was lost
        or the file can't be made or written.
    """
    header = Header(
        FORMAT, hello.version, hello.program, hello.pool, hello.pid, hello.time
    )
    try:
        file = _File(options, header)
    except RecordingError as error:
        say(str(error).replace("overwrite=True", "--overwrite"))
        await source.close()
        return 1
    reader = Reader(source, options, _Lines(hello.time), file.put, say)
    reader.done = "recorded"
    reading = asyncio.create_task(reader.read(), name="ssc-monitor record reads")
    filling = asyncio.create_task(file.full.wait(), name="ssc-monitor record waits")
    telling = asyncio.create_task(
        _tell(file, progress), name="ssc-monitor record tells"
    )
    tasks: tuple[asyncio.Task[Any], ...] = (reading, filling, telling)
    try:
        await asyncio.wait(
            {reading, filling},
            timeout=options.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not (reading.done() or filling.done()):
            file.reason = "max_seconds"
        code = reading.result() if reading.done() else 0
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        file.end()
        if file.error is not None:
            say(f"can't write {options.path}: {file.error}")
        progress("")
        say(f"{reader.account()}: {file.account()}")
    return code if file.error is None else 1


async def _tell(file: "_File", progress: Say) -> None:
    while True:
        file.flush()
        await asyncio.sleep(PROGRESS_S)
        progress(file.account())


class _File:
    """The file, within its bound.

    Attributes:
        full: Set when it takes no more.
        reason: Why it ends.
        error: Why it can't be written; `None` as long as it can.
    """

    def __init__(self, options: RecordOptions, header: Header) -> None:
        self.full = asyncio.Event()
        self.reason: EndReason = "closed"
        self.error: OSError | None = None
        self._path = options.path
        self._max_bytes = options.max_bytes
        self._writer = RecordingWriter(
            options.path, header, overwrite=options.overwrite
        )
        self._last_us = 0

    def put(self, lines: Sequence[Line]) -> bool:
        """Write lines; whether there was room for them."""
        if self.full.is_set():
            return False
        try:
            self._writer.put(lines)
        except OSError as error:
            self._failed(error)
            return False
        self._last_us = lines[-1].at_us
        if self._writer.bytes >= self._max_bytes:
            self.reason = "max_bytes"
            self.full.set()
        return True

    def flush(self) -> None:
        """Let a crash lose nothing of what is written."""
        try:
            self._writer.flush()
        except OSError as error:
            self._failed(error)

    def end(self) -> None:
        """Write the last line."""
        try:
            if self.error is None:
                self._writer.end(self._last_us, self.reason)
            else:
                self._writer.close()
        except OSError as error:
            self._failed(error)

    def account(self) -> str:
        """How much is in it."""
        return (
            f"{counted(self._writer.messages, 'message')}, "
            f"{figures.size(self._writer.bytes)} in {visible(str(self._path))}"
        )

    def _failed(self, error: OSError) -> None:
        self.error = self.error or error
        self.full.set()


class _Lines:
    """A message with what is missing before it, or an event, as lines of a recording."""

    def __init__(self, started_at: float) -> None:
        self._started_at = started_at

    def message(self, entry: Entry, socket: SocketView | None) -> tuple[Line, ...]:
        at_us = self._at_us(entry.time)
        kind = Received if entry.direction == "in" else Written
        id = socket.raw_id if socket else entry.id
        size = None if entry.whole else entry.size
        if entry.type == _TEXT and entry.whole:
            line = kind(at_us, id, entry.preview.decode(errors="replace"))
        elif entry.type == _TEXT:
            # What is cut off may end in the middle of a character.
            line = kind(at_us, id, entry.preview.decode(errors="ignore"), size=size)
        else:
            control = _CONTROL.get(entry.type)
            line = kind(at_us, id, None, entry.preview, control, size)
        return (Missed(at_us, entry.missing), line) if entry.missing else (line,)

    def event(self, event: wire.Event) -> tuple[Line, ...]:
        at_us = self._at_us(event.time)
        return (Happened(at_us, event.name, event.id, event.facts),)

    def _at_us(self, time: float) -> int:
        return max(0, int((time - self._started_at) * 1e6))
