"""The bytes of a recording, from any place that was marked: plain, or compressed.

gzip can't be entered in its middle. A mark keeps a copy of the decompressor as it was
there (some 50 KiB, made in 20 µs), so nothing is decompressed to a file, or twice.
"""

import os
import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from ssc_rx.recording.lines import RecordingError

if TYPE_CHECKING:
    from zlib import _Decompress  # pyright: ignore[reportPrivateUsage]

__all__ = ["Mark", "Storage"]

PIECE_BYTES = 64 * 1024
"""What is read at once, at the most: a few bytes of gzip may hold a great many."""
_RAW_BYTES = 16 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the bytes.

    Attributes:
        offset: In the file.
        inflating: The decompressor as it is there; `None` of what isn't compressed.
        held: Bytes of the file before `offset` that it hasn't taken yet.
    """

    offset: int
    inflating: "_Decompress | None" = None
    held: bytes = b""


class Storage:
    """A file that is read.

    Compressed or not is told by its content, not by its name.

    Args:
        path: The file.
        mark: Where to begin; at its beginning by default.

    Attributes:
        size: Bytes of the file.
        offset: How many of them were read.

    Raises:
        RecordingError: If it can't be read.
    """

    def __init__(self, path: Path, mark: Mark | None = None) -> None:
        try:
            # A FIFO that nobody writes to would hold up a plain open().
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
            self._file = os.fdopen(descriptor, "rb", buffering=0, closefd=True)
        except IsADirectoryError:
            raise RecordingError(f"can't read {path}: it is a directory") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise RecordingError(f"can't read {path}: {reason}") from error
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            self._file.close()
            raise RecordingError(
                f"can't read {path}: it is no file, in which one can go back; "
                "write it to one first"
            )
        self.size = found.st_size
        self._held = b""
        self._inflating: _Decompress | None = None
        if mark is None:
            self.offset = 0
            if self._file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC:
                self._inflating = zlib.decompressobj(_GZIP)
        else:
            self.offset, self._held = mark.offset, mark.held
            if mark.inflating is not None:
                self._inflating = mark.inflating.copy()
        self._file.seek(self.offset)

    def read(self) -> bytes:
        """The next bytes, at most 64 KiB; none at the end.

        Raises:
            OSError, EOFError, zlib.error: If they can't be read.
        """
        if self._inflating is None:
            return self._raw(PIECE_BYTES)
        while True:
            if self._inflating.eof and not self._begin_member():
                return b""
            raw = self._held or self._raw(_RAW_BYTES)
            data = self._inflating.decompress(raw, PIECE_BYTES)
            self._held = self._inflating.unconsumed_tail
            if data:
                return data
            if not raw and not self._inflating.eof:
                raise EOFError("it ends before its end was marked")

    def mark(self) -> Mark:
        """Where the next `read()` goes on."""
        inflating = None if self._inflating is None else self._inflating.copy()
        return Mark(self.offset, inflating, self._held)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> "Storage":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _raw(self, most: int) -> bytes:
        data = self._file.read(most) or b""
        self.offset += len(data)
        return data

    def _begin_member(self) -> bool:
        """Go on with what was appended (RFC 1952 section 2.2); whether there is more."""
        assert self._inflating is not None
        rest = self._inflating.unused_data or self._held
        rest = (rest or self._raw(_RAW_BYTES)).lstrip(b"\0")
        if not rest:
            return False
        self._inflating, self._held = zlib.decompressobj(_GZIP), rest
        return True
