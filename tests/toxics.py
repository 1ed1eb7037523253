"""What the fault proxy may do to data: toxics, with the names that toxiproxy gives them."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Iterator

__all__ = [
    "Bandwidth",
    "CutOff",
    "Latency",
    "LimitData",
    "Slicer",
    "SlowClose",
    "Timeout",
    "Toxic",
    "passed_through",
]


class CutOff(Exception):
    """A toxic wants the connection ended."""


class Toxic:
    """Passes everything on; the others change some of it."""

    def __init__(self) -> None:
        self.removed = asyncio.Event()

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        """What becomes of a piece of data."""
        yield data

    async def pass_end(self) -> None:
        """Returns when the end of the data may be passed on."""

    async def _wait(self, seconds: float | None) -> None:
        """Wait so long (`None`: for ever), but no longer than it is in force."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.removed.wait(), seconds)


class Latency(Toxic):
    """Each piece comes later, by a time that varies; the order stays."""

    def __init__(self, latency_s: float, jitter_s: float = 0.0, seed: int = 0) -> None:
        super().__init__()
        self.latency_s = latency_s
        self.jitter_s = jitter_s
        self.random = random.Random(seed)

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        jitter_s = self.random.uniform(-self.jitter_s, self.jitter_s)
        await self._wait(max(0.0, self.latency_s + jitter_s))
        yield data


class Bandwidth(Toxic):
    """No more than so many bytes a second."""

    def __init__(self, bytes_per_s: int) -> None:
        super().__init__()
        self.bytes_per_s = bytes_per_s

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        for piece in _pieces(data, max(1, self.bytes_per_s // 100)):
            await self._wait(len(piece) / self.bytes_per_s)
            yield piece


class Slicer(Toxic):
    """Small segments: a byte each, by default."""

    def __init__(self, size_bytes: int = 1) -> None:
        super().__init__()
        self.size_bytes = size_bytes

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        for piece in _pieces(data, self.size_bytes):
            yield piece
            await asyncio.sleep(0)  # the receiver's turn to read it


class SlowClose(Toxic):
    """The end of the connection comes later."""

    def __init__(self, delay_s: float) -> None:
        super().__init__()
        self.delay_s = delay_s

    async def pass_end(self) -> None:
        await self._wait(self.delay_s)


class Timeout(Toxic):
    """Nothing gets through, not even the end, and nobody is told: half-open.

    With `timeout_s` the connection is cut that long after data was first held back.
    """

    def __init__(self, timeout_s: float | None = None) -> None:
        super().__init__()
        self.timeout_s = timeout_s

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        if self.timeout_s is not None:
            await self._wait(self.timeout_s)
            raise CutOff
        return
        yield b""  # which makes it a generator, of nothing

    async def pass_end(self) -> None:
        await self._wait(self.timeout_s)


class LimitData(Toxic):
    """Cuts the connection when so many bytes have passed."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__()
        self.left_bytes = limit_bytes

    async def pass_on(self, data: bytes) -> AsyncIterator[bytes]:
        piece = data[: self.left_bytes]
        self.left_bytes -= len(piece)
        if piece:
            yield piece
        if self.left_bytes == 0:
            raise CutOff


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


async def passed_through(toxics: list[Toxic], data: bytes) -> AsyncIterator[bytes]:
    """What is left of a piece of data after one toxic upon the other."""
    if not toxics:
        yield data
        return
    async for piece in toxics[0].pass_on(data):
        async for rest in passed_through(toxics[1:], piece):
            yield rest
