"""The load of writing rows: clients that count what they get, and drop it."""

import asyncio
import socket
from typing import cast

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.span import Span, start_span
from benchmarks.wire import CLIENT_REQUEST, END_OF_HEADERS, FRAME_BYTES

__all__ = ["Receiver"]

RECEIVE_BUFFER_BYTES = 32 * 1024
DIALS_AT_ONCE = 64


class _Client(asyncio.BufferedProtocol):
    """One connection: a handshake, then nothing but counting."""

    def __init__(self, receiver: "Receiver") -> None:
        self._receiver = receiver
        self._response: bytes | None = b""
        self.opened: asyncio.Future[None] = receiver.loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(CLIENT_REQUEST)

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
                self.opened.set_result(None)
            else:
                self.opened.set_exception(RuntimeError(f"refused: {head!r}"))
            self._receiver.count(len(rest))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(RuntimeError(f"lost in its handshake: {exc}"))
        self._receiver.lost()


class Receiver:
    """Counts the frames of all its clients by their bytes: all are of one size."""

    def __init__(self, job: Job, acks: AckWriter) -> None:
        self.loop = asyncio.get_running_loop()
        self.buffer = memoryview(bytearray(64 * 1024))
        self._job = job
        self._acks = acks
        self._bytes = 0
        self._left = job.sockets
        self._all_lost: asyncio.Future[None] = self.loop.create_future()
        self._measured: Span | None = None
        self._started = start_span()
        self._measuring = False

    async def run(self, port: int) -> tuple[int, Span]:
        """Connect and count; returns how many messages, and what the measured cost.

        Counts until the subject has gone: what came too much is noticed as well.
        """
        for first in range(0, self._job.sockets, DIALS_AT_ONCE):
            n = min(DIALS_AT_ONCE, self._job.sockets - first)
            await asyncio.gather(*(self._connect(port) for _ in range(n)))
        self._acks.ready()
        await self._all_lost
        if self._measured is None or self._bytes % FRAME_BYTES:
            raise EOFError(f"the subject left after {self._bytes} bytes")
        return self._bytes // FRAME_BYTES, self._measured

    async def _connect(self, port: int) -> None:
        sock = socket.socket()
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        await self.loop.sock_connect(sock, ("127.0.0.1", port))
        client = _Client(self)
        await self.loop.create_connection(lambda: client, sock=sock)
        await client.opened

    def count(self, size: int) -> None:
        """Bytes of frames arrived."""
        self._bytes += size
        messages = self._bytes // FRAME_BYTES
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
