"""No WebSocket at all: a length-prefixed protocol, the limit of the event loop.

The prefix has 4 bytes, as the header of the frames that the other sides read.
"""

import asyncio
import struct
from typing import cast
from urllib.parse import urlsplit

from benchmarks.job import Job, Subscriber
from benchmarks.tally import Tally
from benchmarks.wire import frame

__all__ = ["RawReading", "RawWriting"]

_length = struct.Struct(">I").unpack_from
_PREFIX_BYTES = 4


class _Reader(asyncio.Protocol):
    """Cuts what arrives into payloads and tells them."""

    def __init__(self, reading: "RawReading", tally: Tally) -> None:
        self._reading = reading
        self._add = tally.add_payload
        self._rest = b""

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        add, begin, end = self._add, _PREFIX_BYTES, len(data)
        while begin <= end:
            stop = begin + _length(data, begin - _PREFIX_BYTES)[0]
            if stop > end:
                break
            add(data[begin:stop])
            begin = stop + _PREFIX_BYTES
        self._rest = data[begin - _PREFIX_BYTES :]

    def connection_lost(self, exc: Exception | None) -> None:
        self._reading.lost += 1


class _TextReader(_Reader):
    """The same for text, which the other sides also check or decode."""

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        add, begin, end = self._add, _PREFIX_BYTES, len(data)
        while begin <= end:
            stop = begin + _length(data, begin - _PREFIX_BYTES)[0]
            if stop > end:
                break
            add(data[begin:stop].decode())
            begin = stop + _PREFIX_BYTES
        self._rest = data[begin - _PREFIX_BYTES :]


class _CollectingReader(_Reader):
    """The same text, collected in a buffer, as many protocols do it."""

    def __init__(self, reading: "RawReading", tally: Tally) -> None:
        super().__init__(reading, tally)
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        while len(buffer) >= _PREFIX_BYTES:
            stop = _PREFIX_BYTES + int.from_bytes(buffer[:_PREFIX_BYTES], "big")
            if len(buffer) < stop:
                break
            self._add(buffer[_PREFIX_BYTES:stop].decode())
            del buffer[:stop]


_PROTOCOLS: dict[Subscriber, type[_Reader]] = {
    "bare": _TextReader,
    "undecoded": _Reader,
    "collecting": _CollectingReader,
}


class RawReading:
    """A protocol per connection, the tally called from `data_received`."""

    def __init__(self, job: Job) -> None:
        self._protocol = _Reader if job.binary else _PROTOCOLS[job.subscriber]
        self.lost = 0

    def observe(self, tally: Tally) -> None:
        self._tally = tally

    async def start(self) -> None:
        pass

    async def dial(self, url: str, id: str) -> None:
        address = urlsplit(url)
        await asyncio.get_running_loop().create_connection(
            lambda: self._protocol(self, self._tally),
            str(address.hostname),
            address.port or 0,
        )

    def check(self, job: Job) -> None:
        if self.lost:
            raise RuntimeError(f"{self.lost} connections were lost")


class _Accepted(asyncio.Protocol):
    """Enters its transport into a dict."""

    def __init__(self, connections: dict[str, asyncio.Transport]) -> None:
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        number = len(self._connections) + 1
        self._connections[f"/load#{number}"] = cast(asyncio.Transport, transport)


class RawWriting:
    """`transport.write` of ready-made bytes: a bare loop, or of a transport in a dict."""

    def __init__(self, job: Job) -> None:
        self._frame = frame(job)
        self._connections: dict[str, asyncio.Transport] = {}

    async def serve(self) -> int:
        self._server = await asyncio.get_running_loop().create_server(
            lambda: _Accepted(self._connections), "127.0.0.1", 0, backlog=1024
        )
        return int(self._server.sockets[0].getsockname()[1])

    def ids(self) -> list[str]:
        return list(self._connections)

    async def write_all(self, text: str) -> None:
        data = self._frame
        for connection in self._connections.values():
            connection.write(data)

    async def write(self, ids: list[str], text: str) -> None:
        data, connections = self._frame, self._connections
        for id in ids:
            connections[id].write(data)

    def check(self, job: Job) -> None:
        if any(c.is_closing() for c in self._connections.values()):
            raise RuntimeError("a connection was lost")
