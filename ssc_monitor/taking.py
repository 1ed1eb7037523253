"""What is taken out of the dashboard: to a terminal's clipboard, or into a new file."""

import base64
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from ssc_monitor.model.visible import visible
from ssc_rx.errors import SscError, counted

__all__ = ["MAX_COPIED_BYTES", "TakingError", "create", "file_stem", "osc52", "write"]

MAX_COPIED_BYTES = 74_994
"""As much as terminals take: 100,000 bytes with the sequence around it."""


class TakingError(SscError, ValueError):
    """What can't be copied or saved; says why, and what to do."""


def osc52(data: bytes) -> str:
    """The sequence that has a terminal put bytes into its clipboard.

    Raises:
        TakingError: If there are too many, or none.
    """
    if not data:
        raise TakingError("it is empty: there is nothing to copy")
    if len(data) > MAX_COPIED_BYTES:
        raise TakingError(
            f"{counted(len(data), 'byte')} are too many for a terminal's clipboard, "
            f"which takes {MAX_COPIED_BYTES:,}: w saves them to a file"
        )
    return f"\x1b]52;c;{base64.b64encode(data).decode('ascii')}\a"


def create(name: str) -> BinaryIO:
    """A new file that only its owner can read; `~` is the home directory.

    Raises:
        TakingError: If there is a file of that name, or it can't be made.
    """
    if not name.strip():
        raise TakingError("write the name of a file")
    path = Path(name.strip())
    try:
        path = path.expanduser()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        return open(os.open(path, flags, 0o600), "wb")
    except FileExistsError:
        raise TakingError(f"write another name: {path} is there already") from None
    except (OSError, ValueError, RuntimeError) as error:
        raise TakingError(f"{path} can't be made: {_why(error)}") from error


def write(file: BinaryIO, parts: Iterable[bytes]) -> str:
    """Write all parts and close the file; returns what went wrong, if anything did."""
    try:
        with file:
            file.writelines(parts)
    except OSError as error:
        return f"it can't be written: {_why(error)}; what is there is not all of it"
    return ""


def file_stem(name: str) -> str:
    """A name as a part of a file's name: letters, digits and a few marks of ASCII."""
    return re.sub(r"[^\w.-]+", "-", name, flags=re.ASCII).strip("-.")[:40] or "pool"


def _why(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) else None
    return visible(text or str(error), 120)
