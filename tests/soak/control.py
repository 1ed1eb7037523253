"""The pipe between the two processes, beside the traffic: lines of JSON."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

__all__ = ["LINE_BYTES", "Control"]

In = TypeVar("In")
LINE_BYTES = 16 * 1024 * 1024
"""What a line may have: the counts of all sockets are one."""


class Control(Generic[In]):
    """One end of the pipe."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        write: Callable[[bytes], object],
        decoder: msgspec.json.Decoder[In],
    ) -> None:
        self._reader = reader
        self._write = write
        self._decoder = decoder

    def tell(self, *words: msgspec.Struct) -> None:
        """Send something to the other process; never blocks."""
        self._write(b"".join(msgspec.json.encode(word) + b"\n" for word in words))

    async def hear(self) -> In:
        """The next thing that the other process says.

        Raises:
            EOFError: If it has ended.
        """
        line = await self._reader.readline()
        if not line:
            raise EOFError("the other process ended too early")
        return self._decoder.decode(line)
