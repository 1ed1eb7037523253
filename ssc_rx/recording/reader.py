"""Reading a recording, line by line, whatever state it is in."""

import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ssc_rx.recording.lines import (
    End,
    Header,
    Line,
    RecordingError,
    decode_header,
    decode_line,
    decode_lines,
)
from ssc_rx.recording.storage import Mark, Storage

__all__ = ["LineReader", "Place", "RecordingFile"]

MAX_LINE_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line begins.

    Attributes:
        number: How many lines are before it.
        mark: Where its bytes go on.
        rest: Its first bytes, which are before the mark.
    """

    number: int
    mark: Mark
    rest: bytes


class LineReader:
    """Reads the lines of a recording from its beginning, or from a place.

    Args:
        path: The file.
        place: Where to begin; with the header by default.

    Attributes:
        header: The first line, if it was read.
        number: How many lines were read, the header included.
        bytes: How many bytes these have, not compressed.
        end: The last line, once that was read.
        damage: What is wrong with it, once that was met: what comes after is not read.

    Raises:
        RecordingError: If it can't be opened, or is no recording.
    """

    def __init__(self, path: Path, place: Place | None = None) -> None:
        self.end: End | None = None
        self.damage: str | None = None
        self._path = path
        self._storage = Storage(path, None if place is None else place.mark)
        # The beginning of a line whose end isn't read yet.
        self._rest: list[bytes] = [] if place is None else [place.rest]
        self.number = 0 if place is None else place.number
        self.bytes = 0
        self._over = False
        self._ready: bytes = b""
        self.header: Header | None = None
        if place is None:
            try:
                self.header = self._read_header()
            except RecordingError:
                self.close()
                raise

    @property
    def share(self) -> float:
        """How much of the file is read, from 0 to 1."""
        return min(1.0, self._storage.offset / max(1, self._storage.size))

    def batch(self) -> list[Line]:
        """The next lines; none at the end, or at its damage."""
        while not self._over:
            data, self._ready = self._ready or self._whole_lines(), b""
            if not data:
                self._over = True
                self.close()
                if self.damage is None:
                    self.damage = self._cut_off()
                break
            self.bytes += len(data)
            if lines := self._decoded(data):
                return lines
        return []

    def place(self) -> Place:
        """Where the next batch begins."""
        rest = self._ready + b"".join(self._rest)
        return Place(self.number, self._storage.mark(), rest)

    def close(self) -> None:
        """Let go of the file."""
        self._storage.close()

    def _cut_off(self) -> str:
        if any(self._rest):
            return f"it ends in the middle of line {self.number + 1:,}"
        return f"it was cut off after line {self.number:,}, or is still being written"

    def _decoded(self, data: bytes) -> list[Line]:
        try:
            lines = decode_lines(data)
        except ValueError:  # one of a type that isn't known, or damaged
            lines = []
        count = data.count(b"\n")
        if len(lines) == count:
            self.number += count
        else:
            lines = self._one_by_one(data)
        for n, line in enumerate(lines):
            if type(line) is End:
                self.number -= len(lines) - n - 1
                self.end, self.damage, self._over = line, None, True
                self.close()
                return lines[: n + 1]
        return lines

    def _one_by_one(self, data: bytes) -> list[Line]:
        lines: list[Line] = []
        for text in data.split(b"\n")[:-1]:
            self.number += 1
            try:
                line = decode_line(text)
            except ValueError as error:
                self.damage = f"line {self.number:,} can't be read: {error}"
                self._over = True
                self.close()
                break
            if line is not None:
                lines.append(line)
            if type(line) is End:
                break
        return lines

    def _whole_lines(self) -> bytes:
        """The next bytes, up to the end of a line; none if no line ends any more."""
        waiting = sum(map(len, self._rest))
        while piece := self._piece():
            cut = piece.rfind(b"\n") + 1
            if cut:
                data = b"".join([*self._rest, piece[:cut]])
                self._rest = [piece[cut:]]
                return data
            self._rest.append(piece)
            waiting += len(piece)
            if waiting > MAX_LINE_BYTES:
                self.damage = (
                    f"line {self.number + 1:,} is longer than "
                    f"{MAX_LINE_BYTES // 1024**2} MiB"
                )
                break
        return b""

    def _piece(self) -> bytes:
        try:
            return self._storage.read()
        except (OSError, EOFError, zlib.error) as error:
            self.damage = f"its compressed data is cut off or broken: {error}"
            return b""

    def _read_header(self) -> Header:
        data = self._whole_lines() or b"".join(self._rest)
        if not data:
            why = self.damage or "it is empty"
            raise RecordingError(f"{self._path} is no recording: {why}")
        first, _, self._ready = data.partition(b"\n")
        self.number = 1
        try:
            return decode_header(first)
        except RecordingError as error:
            raise RecordingError(f"can't read {self._path}: {error}") from error


class RecordingFile:
    """A recording on disk; iterate over it for its lines, as often as you like.

    Compressed or not is told by its content, not by its name.

    Args:
        path: The file.

    Attributes:
        path: The file.
        header: Its first line.
        end: Its last line, once that was read; `None` before, and if it was cut off.
        damage: What is wrong with it, once that was met: what comes after is not read.

    Raises:
        RecordingError: If it can't be opened, or is no recording.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.end: End | None = None
        self.damage: str | None = None
        reader = LineReader(self.path)
        reader.close()
        assert reader.header is not None
        self.header: Header = reader.header

    def __iter__(self) -> Iterator[Line]:
        """All lines after the header, up to its end or its damage."""
        self.end = self.damage = None
        reader = self.lines()
        try:
            while batch := reader.batch():
                yield from batch
            self.end, self.damage = reader.end, reader.damage
        finally:
            reader.close()

    def lines(self, place: Place | None = None) -> LineReader:
        """Its lines after the header, many at once; from a place on, if one is given."""
        return LineReader(self.path, place)
