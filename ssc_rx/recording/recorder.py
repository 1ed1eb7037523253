"""Recording a pool: noted on its event loop, written by a thread of its own."""

import contextlib
import os
import threading
import time
from collections import deque
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal

from reactivex import abc

from ssc_rx.errors import InvalidOptionError
from ssc_rx.events import Event
from ssc_rx.logs import about, logger_of
from ssc_rx.message import Message
from ssc_rx.monitor.redaction import redacted_facts, redacted_id
from ssc_rx.program import program_name
from ssc_rx.recording.lines import (
    FORMAT,
    EndReason,
    Happened,
    Header,
    Line,
    Missed,
    Present,
    received,
    written,
)
from ssc_rx.recording.writer import RecordingWriter
from ssc_rx.wording import counted

if TYPE_CHECKING:
    from ssc_rx.pool import Pool

__all__ = ["Recorder", "record"]

logger = logger_of(__name__)

MAX_WAITING_BYTES = 64 * 1024 * 1024
"""What may wait to be written, in memory; more is counted as missed."""
LINE_BYTES = 200
"""What a line that waits takes besides its payload."""
LINES_PER_WRITE = 256
PACE_S = 0.05
"""Seconds between two looks of the thread that writes."""

FLUSH_S = 1.0
"""Seconds of which a crash may lose what was noted."""

Direction = Literal["in", "out"]
_Noted = Message | tuple[Message, float] | Event | Present | int


def record(
    pool: "Pool",
    path: str | os.PathLike[str],
    *,
    where: Callable[[Message], bool] | None = None,
    direction: Direction | None = None,
    redact: Callable[[Message], bytes] | None = None,
    max_bytes: int | None = 1024**3,
    max_seconds: float | None = None,
    overwrite: bool = False,
) -> "Recorder":
    """Record what a pool receives, what it accepts to write, and what happens to it.

    From this call on, until the recorder is closed, the pool stops, or a bound is
    reached. Nothing of it waits for the disk: what the writer can't keep up with is
    counted, in the file as well. IDs and errors are stripped of credentials; payloads
    are the application's affair: see `redact`.

    Args:
        pool: The pool; call this on its event loop.
        path: The file, made with mode 0600; compressed if its name ends with ".gz".
        where: Which messages; all by default. Called for each, on the event loop.
        direction: "in" or "out" only; both by default.
        redact: Gives the payload that is recorded; called on the thread that writes.
        max_bytes: Bytes written, before compression, after which it ends (1 GiB);
            `None` for no bound.
        max_seconds: Seconds after which it ends; `None` for no bound.
        overwrite: Whether to replace a file that is there.

    Returns:
        The recorder; close it, or use it in a `with` or `async with` statement.

    Raises:
        RecordingError: If the file can't be made, or is there already.
        InvalidOptionError: For the other arguments.
    """
    if where is not None and not callable(where):
        raise InvalidOptionError(
            f"where must be a function of a Message, not {where!r}"
        )
    if direction not in (None, "in", "out"):
        raise InvalidOptionError(
            f'direction must be "in", "out" or None, not {direction!r}'
        )
    for name, bound in {"max_bytes": max_bytes, "max_seconds": max_seconds}.items():
        if bound is not None and not bound > 0:
            raise InvalidOptionError(f"{name} must be positive, or None, not {bound!r}")
    return Recorder(
        pool,
        Path(path),
        where=where,
        direction=direction,
        redact=redact,
        max_bytes=max_bytes,
        max_seconds=max_seconds,
        overwrite=overwrite,
    )


class Recorder:
    """A recording being made.

    Attributes:
        path: The file.
        missed: Messages that are not in the file, as it could not keep up.
        error: What ended it, if the file could not be written.
        ended: Whether nothing more will be written.
    """

    def __init__(
        self,
        pool: "Pool",
        path: Path,
        *,
        where: Callable[[Message], bool] | None,
        direction: Direction | None,
        redact: Callable[[Message], bytes] | None,
        max_bytes: int | None,
        max_seconds: float | None,
        overwrite: bool,
    ) -> None:
        self.path = path
        self.missed = 0
        self.error: OSError | None = None
        self.ended = False
        self._pool = pool.name
        self._where = where
        self._max_bytes = max_bytes
        self._max_s = max_seconds
        self._redact = redact
        self._offset = time.time() - time.monotonic()
        self._started_at = time.time()
        self._names: dict[str, str] = {}
        self._taken: set[str] = set()
        # Noted by the event loop's thread, and written by the other.
        self._noted: deque[_Noted] = deque()
        self._noted_bytes = self._written_bytes = 0
        self._unrecorded = 0
        self._reason: EndReason | None = None
        header = Header(
            FORMAT,
            version("ssc-rx"),
            program_name(),
            pool.name,
            os.getpid(),
            self._started_at,
        )
        self._writer = RecordingWriter(path, header, overwrite=overwrite)
        for id in pool:  # of these no event will tell
            socket = pool[id]
            self._noted.append(
                Present(
                    0,
                    self._name(id),
                    socket.kind,
                    socket.state,
                    socket.generation,
                    socket.opened_at,
                )
            )
        self._subscriptions: list[abc.DisposableBase] = [
            pool.events.subscribe(self._happened, on_completed=self._stopped)
        ]
        if direction != "out":
            self._subscriptions.append(pool.messages.subscribe(self._received))
        if direction != "in":
            self._subscriptions.append(pool.writes.subscribe(self._written))
        self._wake = threading.Event()
        self._thread = threading.Thread(
            target=self._write_on, name="ssc-rx recorder", daemon=True
        )
        self._thread.start()

    @property
    def messages(self) -> int:
        """How many are in the file by now."""
        return self._writer.messages

    @property
    def bytes(self) -> int:
        """How many were written, before compression."""
        return self._writer.bytes

    def __repr__(self) -> str:
        state = "ended" if self.ended else "recording"
        messages = counted(self.messages, "message")
        return f"<Recorder {str(self.path)!r}, {state}, {messages}>"

    def close(self) -> None:
        """End it, and return when all of it is on disk."""
        self._end("closed")
        self._thread.join()

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # On the event loop

    def _received(self, message: Message) -> None:
        self._note(message, message)

    def _written(self, message: Message) -> None:
        self._note(message, (message, time.monotonic() + self._offset))

    def _note(self, message: Message, noted: Message | tuple[Message, float]) -> None:
        if self._where is not None and not self._where(message):
            return
        if self._noted_bytes - self._written_bytes > MAX_WAITING_BYTES:
            self._unrecorded += 1
            return
        if self._unrecorded:
            self._tell_unrecorded()
        self._noted_bytes += len(message.payload) + LINE_BYTES
        self._noted.append(noted)
        if self._reason is not None:
            self._listen_no_more()

    def _happened(self, event: Event) -> None:
        if self._unrecorded:
            self._tell_unrecorded()
        self._noted_bytes += LINE_BYTES
        self._noted.append(event)

    def _tell_unrecorded(self) -> None:
        self._noted.append(self._unrecorded)
        self._unrecorded = 0

    def _stopped(self) -> None:
        self._end("stopped")

    def _end(self, reason: EndReason) -> None:
        self._reason = self._reason or reason
        self._listen_no_more()
        self._wake.set()

    def _listen_no_more(self) -> None:
        for subscription in self._subscriptions:
            subscription.dispose()

    # On the thread that writes

    def _write_on(self) -> None:
        writer = self._writer
        try:
            writer.flush()
            flushed = time.monotonic()
            while self._reason is None:
                self._wake.wait(PACE_S)
                self._write_noted()
                self._look_at_bounds()
                if time.monotonic() - flushed > FLUSH_S:
                    writer.flush()
                    flushed = time.monotonic()
            self._write_noted()
            if self._unrecorded:
                writer.put([self._line(self._unrecorded)])
            writer.end(self._at_us(time.time()), self._reason)
        except OSError as error:
            self.error = error
            self._reason = self._reason or "closed"
            what = "a recording ended: can't write %s: %s"
            logger.error(what, self.path, error, extra=about(self._pool))
            with contextlib.suppress(OSError):
                writer.close()
        self.ended = True
        self._noted.clear()

    def _write_noted(self) -> None:
        noted = self._noted
        while noted and not self._is_full():
            batch = [noted.popleft() for _ in range(min(len(noted), LINES_PER_WRITE))]
            self._writer.put([self._line(item) for item in batch])
            self._written_bytes += sum(map(_waiting_bytes, batch))
            time.sleep(0)  # the event loop's thread goes first

    def _look_at_bounds(self) -> None:
        if self._reason is None and self._is_full():
            self._reason = "max_bytes"
        elif self._max_s is not None and time.time() - self._started_at > self._max_s:
            self._reason = self._reason or "max_seconds"

    def _is_full(self) -> bool:
        return self._max_bytes is not None and self.bytes >= self._max_bytes

    def _line(self, noted: _Noted) -> Line:
        match noted:
            case Message():
                at_us, id = self._at_us(noted.time), self._name(noted.id)
                return received(self._redacted(noted), id, at_us)
            case (message, at):
                at_us, id = self._at_us(at), self._name(message.id)
                return written(self._redacted(message), id, at_us)
            case Event():
                at_us, id = self._at_us(noted.time), self._name(noted.id)
                return Happened(at_us, type(noted).__name__, id, redacted_facts(noted))
            case Present():
                return noted
            case missed:
                self.missed += missed
                return Missed(self._at_us(time.time()), missed)

    def _at_us(self, time: float) -> int:
        return max(0, int((time - self._started_at) * 1e6))

    def _redacted(self, message: Message) -> Message:
        if self._redact is None:
            return message
        return Message(message.id, message.type, self._redact(message))

    def _name(self, id: str) -> str:
        """The ID without secrets; IDs that differ stay different."""
        name = self._names.get(id)
        if name is None:
            name, number = redacted_id(id), 1
            while name in self._taken:
                number += 1
                name = f"{redacted_id(id)} ({number})"
            self._taken.add(name)
            self._names[id] = name
        return name


def _waiting_bytes(noted: _Noted) -> int:
    match noted:
        case Message():
            return len(noted.payload) + LINE_BYTES
        case (message, _):
            return len(message.payload) + LINE_BYTES
        case Event():
            return LINE_BYTES
        case _:
            return 0
