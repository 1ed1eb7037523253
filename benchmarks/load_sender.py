"""The load of fan-in rows: a server that opens what connects, and then sends."""

import asyncio
import time
from dataclasses import asdict
from typing import cast

from benchmarks.acks import AckReader
from benchmarks.flood import flood
from benchmarks.job import Job
from benchmarks.shaping import shape_sockets
from benchmarks.span import start_span
from benchmarks.wire import END_OF_HEADERS, extensions_in, frame, server_response

__all__ = ["Sender"]

ACCEPT_TURNS = 2_000
"""Looks, a millisecond apart, for the connections that are not yet accepted."""


class _Peer(asyncio.Protocol):
    """One connection of the subject: answers its handshake, ignores all else."""

    def __init__(self, sender: "Sender") -> None:
        self._sender = sender
        self._request: bytes | None = None if sender.raw else b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self._sender.raw:
            self._sender.peers.append(self._transport)

    def data_received(self, data: bytes) -> None:
        if self._request is None:
            return
        self._request += data
        if END_OF_HEADERS in self._request:
            self._transport.write(server_response(self._request))
            self._sender.extensions.add(extensions_in(self._request))
            self._request = None
            self._sender.peers.append(self._transport)


class Sender:
    """Sends to all sockets, in turn by the clock, or as much as they take.

    Attributes:
        raw: Whether the subject speaks no WebSocket.
        peers: Connections that are open.
        extensions: What the subject's requests offered.
    """

    def __init__(self, job: Job, acks: AckReader) -> None:
        self.raw = job.side == "raw"
        self.peers: list[asyncio.Transport] = []
        self.extensions: set[str] = set()
        self._job = job
        self._acks = acks
        self._sent = 0
        self._sending_s = 0.0
        self._frame = frame(job)

    async def listen(self) -> int:
        """Listen; returns the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Peer(self), "127.0.0.1", 0, backlog=1024
        )
        return int(self._server.sockets[0].getsockname()[1])

    async def run(self) -> dict[str, object]:
        """Send all; returns how many messages, and what the measured ones cost."""
        started = start_span()
        await self._acks.until_ready()
        await self._until_accepted()
        settings = shape_sockets() | {
            "extensions": " and ".join(sorted(self.extensions or {"none"}))
        }
        if self._job.kind == "dial":
            self._sent = len(self.peers)
        else:
            await self._send_until(self._job.warmup)
            started = start_span()  # the subject's begins with the last of the warm-up
            await self._acks.until(self._job.warmup)
            await self._send_until(self._job.total)
            await self._acks.until(self._job.total)
        span = asdict(started.stop())
        return {
            "messages": self._sent,
            "settings": settings,
            "sending_s": self._sending_s,
            **span,
        }

    async def _until_accepted(self) -> None:
        """Without a handshake the subject can be ready before its last connection is."""
        for _ in range(ACCEPT_TURNS):
            if len(self.peers) >= self._job.sockets:
                break
            await asyncio.sleep(0.001)
        if len(self.peers) != self._job.sockets:
            raise RuntimeError(f"{len(self.peers)} of {self._job.sockets} connected")

    async def _send_until(self, total: int) -> None:
        if self._job.rate_per_s:
            await self._send_paced(total)
        else:
            fds = [peer.get_extra_info("socket").fileno() for peer in self.peers]
            flood(fds, self._frame, (total - self._sent) // len(fds))
            self._sent = total

    async def _send_paced(self, total: int) -> None:
        start, first = time.perf_counter(), self._sent
        gap_s = 1 / self._job.rate_per_s
        while self._sent < total:
            # Event loops round timers to a millisecond, and a load waits for nobody.
            late_s = time.perf_counter() - start - (self._sent - first) * gap_s
            if late_s < 0:
                time.sleep(-late_s)  # noqa: ASYNC251
            self.peers[self._sent % len(self.peers)].write(self._frame)
            self._sent += 1
            await asyncio.sleep(0)
        self._sending_s = time.perf_counter() - start
