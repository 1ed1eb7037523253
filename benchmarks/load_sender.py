"""The load of fan-in rows: a server that opens what connects, and then sends."""

import asyncio
import socket
import time
from typing import cast

from benchmarks.acks import AckReader
from benchmarks.job import Job
from benchmarks.span import Span, start_span
from benchmarks.wire import END_OF_HEADERS, FRAME, server_response

__all__ = ["Sender"]

SEND_BUFFER_BYTES = 32 * 1024


class _Peer(asyncio.Protocol):
    """One connection of the subject: answers its handshake, ignores all else."""

    def __init__(self, opened: list[asyncio.Transport]) -> None:
        self._opened = opened
        self._request: bytes | None = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def data_received(self, data: bytes) -> None:
        if self._request is None:
            return
        self._request += data
        if END_OF_HEADERS in self._request:
            self._transport.write(server_response(self._request))
            self._request = None
            self._opened.append(self._transport)


class Sender:
    """Sends to all sockets in turn, as fast as the window or the clock lets it."""

    def __init__(self, job: Job, acks: AckReader) -> None:
        self._job = job
        self._acks = acks
        self._peers: list[asyncio.Transport] = []
        self._next_peer = 0
        self._sent = 0
        self._burst = FRAME * job.burst

    async def listen(self) -> int:
        """Listen; returns the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Peer(self._peers), "127.0.0.1", 0, backlog=1024
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def run(self) -> tuple[int, Span]:
        """Send all; returns how many messages, and what the measured ones cost."""
        await self._acks.until_ready()
        if len(self._peers) != self._job.sockets:
            raise RuntimeError(f"{len(self._peers)} of {self._job.sockets} connected")
        await self._send_until(self._job.warmup)
        started = start_span()
        await self._send_until(self._job.total)
        return self._sent, started.stop()

    async def _send_until(self, total: int) -> None:
        if self._job.rate_per_s:
            await self._send_paced(total)
        else:
            await self._send_bursts(total)
        await self._acks.until(total)

    async def _send_bursts(self, total: int) -> None:
        burst = self._job.burst
        while self._sent < total:
            if self._sent + burst - self._acks.acked > self._job.window:
                await self._acks.news()
            else:
                self._send()

    async def _send_paced(self, total: int) -> None:
        start, first = time.perf_counter(), self._sent
        gap_s = 1 / self._job.rate_per_s
        while self._sent < total:
            # Event loops round timers to a millisecond, and a load waits for nobody.
            late_s = time.perf_counter() - start - (self._sent - first) * gap_s
            if late_s < 0:
                time.sleep(-late_s)  # noqa: ASYNC251
            self._send()
            await asyncio.sleep(0)

    def _send(self) -> None:
        self._peers[self._next_peer].write(self._burst)
        self._next_peer = (self._next_peer + 1) % len(self._peers)
        self._sent += self._job.burst
