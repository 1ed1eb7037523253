"""Writing the lines of a recording to its file."""

import gzip
import os
from collections.abc import Sequence
from pathlib import Path
from typing import IO, cast

from ssc_rx.recording.lines import (
    End,
    EndReason,
    Header,
    Line,
    Received,
    RecordingError,
    Written,
    encode_lines,
)

__all__ = ["RecordingWriter"]


class RecordingWriter:
    """A file, from its header to its end.

    Args:
        path: The file, made with mode 0600; compressed if its name ends with ".gz".
        header: Its first line.
        overwrite: Whether to replace a file that is there.

    Attributes:
        messages: How many are in it.
        bytes: How many were written, before compression.

    Raises:
        RecordingError: If it can't be made, or is there already.
    """

    def __init__(self, path: Path, header: Header, *, overwrite: bool = False) -> None:
        self.messages = self.bytes = 0
        self._file = _created(path, overwrite=overwrite)
        self._write([header])

    def put(self, lines: Sequence[Line]) -> None:
        """Write some more; raises `OSError` if that can't be done."""
        self._write(lines)
        self.messages += sum(isinstance(line, (Received, Written)) for line in lines)

    def flush(self) -> None:
        """Hand all of it to the operating system: a crash loses nothing of it."""
        self._file.flush()

    def end(self, at_us: int, reason: EndReason) -> None:
        """Write the last line, and close it."""
        self._write([End(at_us, self.messages, reason)])
        self.close()

    def close(self) -> None:
        """Let go of the file; raises `OSError` if the rest can't be written."""
        self._file.close()

    def _write(self, lines: Sequence[Line | Header]) -> None:
        data = encode_lines(lines)
        self._file.write(data)
        self.bytes += len(data)


def _created(path: Path, *, overwrite: bool) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if overwrite else os.O_EXCL)
    if path.is_fifo():  # it would hold up whoever opens it
        raise RecordingError(f"can't make {path}: it is a FIFO; name a file")
    try:
        file = os.fdopen(os.open(path, flags, 0o600), "wb")
    except (FileExistsError, IsADirectoryError):
        if path.is_dir():
            raise RecordingError(
                f"can't make {path}: it is a directory; name a file in it"
            ) from None
        raise RecordingError(
            f"{path} exists already; choose another path, or overwrite=True"
        ) from None
    except OSError as error:
        raise RecordingError(f"can't make {path}: {error.strerror or error}") from error
    if path.suffix == ".gz":
        return cast("IO[bytes]", _Compressed(file))
    return file


class _Compressed(gzip.GzipFile):
    """Closes the file under it as well."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(fileobj=file, mode="wb", compresslevel=1, filename="")
        self._under = file

    def close(self) -> None:
        try:
            super().close()
        finally:
            self._under.close()
