"""What a viewer is shown, as a recording: its lines, and its file."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from ssc_monitor.model import figures
from ssc_monitor.model.entry import Entry
from ssc_monitor.model.opcodes import PING, PONG, TEXT
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import visible
from ssc_rx.errors import counted
from ssc_rx.monitor import wire
from ssc_rx.recording import (
    FORMAT,
    EndReason,
    Happened,
    Header,
    Line,
    Missed,
    Present,
    Received,
    RecordingWriter,
    Written,
)

__all__ = ["Tape", "TapeLines", "header_of"]

_CONTROL: dict[int, Literal["ping", "pong"]] = {PING: "ping", PONG: "pong"}


def header_of(hello: wire.Hello, started_at: float) -> Header:
    """The first line of a recording of a pool that begins at a time by its clock."""
    return Header(
        FORMAT, hello.version, hello.program, hello.pool, hello.pid, started_at
    )


class Tape:
    """The file, within its bound.

    Args:
        path: Where it is made.
        header: Its first line.
        max_bytes: Bytes, before compression, after which it takes no more.
        overwrite: Whether to replace a file that is there.
        on_full: Called when it takes no more.

    Attributes:
        path: As above.
        full: Whether it takes no more.
        reason: Why it ends.
        error: Why it can't be written; `None` as long as it can.

    Raises:
        RecordingError: If it can't be made, or is there already.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        max_bytes: int = 1024**3,
        overwrite: bool = False,
        on_full: Callable[[], None] = lambda: None,
    ) -> None:
        self.path = path
        self.full = False
        self.reason: EndReason = "closed"
        self.error: OSError | None = None
        self._max_bytes = max_bytes
        self._on_full = on_full
        self._writer = RecordingWriter(path, header, overwrite=overwrite)
        self._last_us = 0

    @property
    def messages(self) -> int:
        """How many are in it."""
        return self._writer.messages

    @property
    def bytes(self) -> int:
        """How many were written, before compression."""
        return self._writer.bytes

    @property
    def where(self) -> str:
        """Its size and its path, for people."""
        return f"{figures.size(self.bytes)} in {visible(str(self.path))}"

    @property
    def account(self) -> str:
        """How much is in it, for people."""
        return f"{counted(self.messages, 'message')}, {self.where}"

    def put(self, lines: Sequence[Line]) -> bool:
        """Write lines; whether there was room for them."""
        if self.full or not lines:
            return not self.full
        try:
            self._writer.put(lines)
        except OSError as error:
            self._failed(error)
            return False
        self._last_us = max(self._last_us, lines[-1].at_us)
        if self.bytes >= self._max_bytes:
            self.reason = "max_bytes"
            self._fill()
        return True

    def flush(self) -> None:
        """Let a crash lose nothing of what is written."""
        try:
            if not self.full:
                self._writer.flush()
        except OSError as error:
            self._failed(error)

    def end(self, at_us: int) -> None:
        """Write the last line, at a time that isn't before the others'."""
        try:
            if self.error is None:
                self._writer.end(max(self._last_us, at_us), self.reason)
            else:
                self._writer.close()
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        self.error = self.error or error
        self._fill()

    def _fill(self) -> None:
        self.full = True
        self._on_full()


class TapeLines:
    """What is shown, as the lines of a recording.

    A socket that no event told of is told of before its first message.

    Args:
        started_at: UNIX seconds, from which times are counted.
    """

    def __init__(self, started_at: float) -> None:
        self._started_at = started_at
        self._told: set[str] = set()

    def standing(
        self, sockets: Iterable[SocketView], time: float
    ) -> Iterator[tuple[Line, ...]]:
        """The sockets that are there at a time."""
        self._told.clear()
        for socket in sockets:
            if not socket.gone:
                yield (self._present(socket, time),)

    def message(self, entry: Entry, socket: SocketView | None) -> tuple[Line, ...]:
        """A message, with what is missing before it."""
        at_us = self.at_us(entry.time)
        kind = Received if entry.direction == "in" else Written
        id = socket.raw_id if socket else entry.id
        lines: list[Line] = []
        if socket is not None and id not in self._told:
            lines.append(self._present(socket, entry.time))
        if entry.missing:
            lines.append(Missed(at_us, entry.missing))
        size = None if entry.whole else entry.size
        if entry.type == TEXT and entry.whole:
            lines.append(kind(at_us, id, entry.preview.decode(errors="replace")))
        elif entry.type == TEXT:
            # What is cut off may end in the middle of a character.
            text = entry.preview.decode(errors="ignore")
            lines.append(kind(at_us, id, text, size=size))
        else:
            control = _CONTROL.get(entry.type)
            lines.append(kind(at_us, id, None, entry.preview, control, size))
        return tuple(lines)

    def event(self, event: wire.Event) -> tuple[Line, ...]:
        """An event."""
        if event.name in ("SocketOpening", "SocketOpened"):
            self._told.add(event.id)
        elif event.name == "SocketClosed":
            self._told.discard(event.id)
        at_us = self.at_us(event.time)
        return (Happened(at_us, event.name, event.id, event.facts),)

    def at_us(self, time: float) -> int:
        """UNIX seconds, as a line tells them."""
        return max(0, int((time - self._started_at) * 1e6))

    def _present(self, socket: SocketView, time: float) -> Present:
        self._told.add(socket.raw_id)
        return Present(
            self.at_us(time),
            socket.raw_id,
            socket.kind,
            socket.state,
            socket.generation,
            socket.opened_at,
        )
