"""Reading a recording, line by line, whatever state it is in."""

import gzip
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from ssc_rx.recording.lines import (
    End,
    Header,
    Line,
    RecordingError,
    decode_header,
    decode_line,
)

__all__ = ["RecordingFile"]

MAX_LINE_BYTES = 64 * 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


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
        with self._opened() as file:
            self.header: Header = self._read_header(file)

    def __iter__(self) -> Iterator[Line]:
        """All lines after the header, up to its end or its damage."""
        self.end = self.damage = None
        with self._opened() as file:
            self._read_header(file)
            number = 1
            while data := self._next(file):
                number += 1
                if not data.endswith(b"\n"):
                    self.damage = f"it ends in the middle of line {number:,}"
                    return
                try:
                    line = decode_line(data)
                except ValueError as error:
                    self.damage = f"line {number:,} can't be read: {error}"
                    return
                if line is not None:
                    yield line
                if isinstance(line, End):
                    self.end = line
                    return
        if self.damage is None:
            self.damage = f"it was cut off after line {number:,}"

    def _opened(self) -> IO[bytes]:
        try:
            file = self.path.open("rb")
        except OSError as error:
            raise RecordingError(
                f"can't read {self.path}: {error.strerror or error}"
            ) from error
        if file.read(2) == _GZIP_MAGIC:
            file.close()
            return cast("IO[bytes]", gzip.open(self.path, "rb"))
        file.seek(0)
        return file

    def _read_header(self, file: IO[bytes]) -> Header:
        data = self._next(file)
        if not data:
            raise RecordingError(f"{self.path} is no recording: it is empty")
        try:
            return decode_header(data)
        except RecordingError as error:
            raise RecordingError(f"can't read {self.path}: {error}") from error

    def _next(self, file: IO[bytes]) -> bytes:
        try:
            return file.readline(MAX_LINE_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            self.damage = f"its compressed data is cut off or broken: {error}"
            return b""
