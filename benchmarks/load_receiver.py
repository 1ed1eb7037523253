"""The load of rows in which the subject accepts: clients that count what they get."""

import asyncio
from dataclasses import asdict
from typing import cast

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.shaping import shape_sockets
from benchmarks.span import Span, start_span
from benchmarks.wire import CLIENT_REQUEST, END_OF_HEADERS, extensions_in, frame

__all__ = ["Client", "Receiver"]

DIALS_AT_ONCE = 64


class Client(asyncio.BufferedProtocol):
    """One connection: a handshake, then nothing but counting."""

    def __init__(self, receiver: "Receiver") -> None:
        self._receiver = receiver
        self._response: bytes | None = None if receiver.raw else b""
        self.opened: asyncio.Future[None] = receiver.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self._receiver.raw:
            self.opened.set_result(None)
        else:
            cast(asyncio.Transport, transport).write(CLIENT_REQUEST)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._receiver.buffer  # nobody reads it: all may share one

    def buffer_updated(self, nbytes: int) -> None:
        if self._response is None:
            self._receiver.count(nbytes)
            return
        self._response += bytes(self._receiver.buffer[:nbytes])
        head, end, rest = self._response.partition(END_OF_HEADERS)
        if end:
            self._response = None
            if head.startswith(b"HTTP/1.1 101"):
                self._receiver.extensions.add(extensions_in(head + END_OF_HEADERS))
                self.opened.set_result(None)
            else:
                self.opened.set_exception(RuntimeError(f"refused: {head!r}"))
            self._receiver.count(len(rest))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(RuntimeError(f"lost in its handshake: {exc}"))
        self._receiver.lost()


class Receiver:
    """Counts the frames of all its clients by their bytes: all are of one size.

    Attributes:
        raw: Whether the subject speaks no WebSocket.
        extensions: What the subject's responses accepted.
        buffer: Where everything is read into.
    """

    def __init__(self, job: Job, acks: AckWriter) -> None:
        self.raw = job.side == "raw"
        self.extensions: set[str] = set()
        self.loop = asyncio.get_running_loop()
        self.buffer = memoryview(bytearray(64 * 1024))
        self._job = job
        self._acks = acks
        self._bytes = 0
        self._frame_bytes = len(frame(job))
        self._left = job.sockets
        self._first_came = asyncio.Event()
        self._all_lost: asyncio.Future[None] = self.loop.create_future()
        self._measured: Span | None = None
        self._started = start_span()
        self._measuring = False

    async def run(self, port: int) -> dict[str, object]:
        """Connect and count; returns how many messages, and what the measured cost.

        Counts until the subject has gone: what came too much is noticed as well.
        """
        if self._job.kind == "accept":
            return await self._open(port)
        await self._connect_all(port, self._job.sockets)
        settings = self._settings()
        self._acks.ready()
        await self._all_lost
        if self._measured is None or self._bytes % self._frame_bytes:
            raise EOFError(f"the subject left after {self._bytes} bytes")
        messages = self._bytes // self._frame_bytes
        return {"messages": messages, "settings": settings, **asdict(self._measured)}

    async def _open(self, port: int) -> dict[str, object]:
        """Connect the warm-up's, and, when the subject says so, the measured ones."""
        await self._connect_all(port, self._job.warmup)
        self._acks.ready()
        await self._first_came.wait()
        started = start_span()
        await self._connect_all(port, self._job.measured)
        span = asdict(started.stop())
        settings = self._settings()
        self._acks.arrived(self._job.measured)
        await self._all_lost
        return {"messages": self._job.total, "settings": settings, **span}

    def _settings(self) -> dict[str, str]:
        accepted = " and ".join(sorted(self.extensions or {"none"}))
        return shape_sockets() | {"extensions": accepted}

    async def _connect_all(self, port: int, count: int) -> None:
        for first in range(0, count, DIALS_AT_ONCE):
            n = min(DIALS_AT_ONCE, count - first)
            await asyncio.gather(*(self._connect(port) for _ in range(n)))

    async def _connect(self, port: int) -> None:
        client = self.new_client()
        await self.loop.create_connection(lambda: client, "127.0.0.1", port)
        await client.opened

    def new_client(self) -> Client:
        """One that connects."""
        return Client(self)

    def count(self, size: int) -> None:
        """Bytes of frames arrived."""
        if not size:
            return
        self._bytes += size
        if self._job.kind == "accept":
            self._first_came.set()
            return
        messages = self._bytes // self._frame_bytes
        if not self._measuring and messages >= self._job.warmup:
            self._measuring = True
            self._started = start_span()
        if self._measured is None and messages >= self._job.total:
            self._measured = self._started.stop()
        self._acks.arrived(messages)

    def lost(self) -> None:
        """A client has gone."""
        self._left -= 1
        if self._left == 0:
            self._all_lost.set_result(None)
