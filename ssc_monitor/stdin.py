"""Standard input, line by line, if something is piped into it."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from typing import BinaryIO

__all__ = ["MAX_LINE_BYTES", "is_piped", "piped_lines"]

MAX_LINE_BYTES = 1024 * 1024


def is_piped() -> bool:
    """Whether it is a pipe or a file; a terminal, or /dev/null, is none."""
    if sys.stdin is None:
        return False
    try:
        mode = os.fstat(sys.stdin.fileno()).st_mode
    except (OSError, ValueError):  # it was closed
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)


async def piped_lines(source: BinaryIO) -> AsyncIterator[bytes]:
    """The lines of a pipe or file as they come, without their ends.

    Raises:
        ValueError: If one is longer than 1 MiB.
    """
    if stat.S_ISREG(os.fstat(source.fileno()).st_mode):
        # It never keeps anybody waiting, and the loop can't wait for it.
        while line := source.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES:
                raise ValueError(f"a line is longer than {MAX_LINE_BYTES:,} bytes")
            yield line.rstrip(b"\r\n")
        return
    reader = asyncio.StreamReader(MAX_LINE_BYTES)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), source
    )
    try:
        while line := await reader.readline():
            yield line.rstrip(b"\r\n")
    except ValueError:
        raise ValueError(f"a line is longer than {MAX_LINE_BYTES:,} bytes") from None
    finally:
        transport.close()
