"""picows: a listener per connection, called for every frame."""

import time
from typing import cast

from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_connect,
    ws_create_server,
)

from benchmarks.job import Job
from benchmarks.tally import Tally
from ssc_rx import Message, MessageType, Pool
from ssc_rx import operators as ops
from ssc_rx.streams.hub import MessageHub

__all__ = ["PicowsReading", "PicowsWriting"]


class _Bare(WSListener):
    """Tells payloads."""

    def __init__(self, reading: "PicowsReading", tally: Tally, id: str) -> None:
        self._reading = reading
        self._add = tally.add_payload

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type in (WSMsgType.TEXT, WSMsgType.BINARY):
            self._add(frame.get_payload_as_bytes())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._reading.lost += 1


class _Emitting(WSListener):
    """Makes the pool's messages and gives them to a hub of the pool's.

    That is what a pool on picows would have to do at the least: it doesn't check that
    text is UTF-8, counts nothing and reads the clock once per frame.
    """

    def __init__(self, reading: "PicowsReading", hub: MessageHub, id: str) -> None:
        self._reading = reading
        self._emit = hub.emit
        self._id = id

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind is WSMsgType.TEXT:
            type = MessageType.TEXT
        elif kind is WSMsgType.BINARY:
            type = MessageType.BINARY
        else:
            return
        self._emit(Message(self._id, type, frame.get_payload_as_bytes(), time.time()))

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._reading.lost += 1


class PicowsReading:
    """Listeners that call the tally, or feed the same operators as the pool's side."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._pipeline = job.subscriber == "pipeline"
        self._hub = cast(MessageHub, Pool().messages)
        self.lost = 0

    def observe(self, tally: Tally) -> None:
        self._tally = tally
        if self._pipeline:
            self._hub.pipe(
                ops.filter(lambda message: message.payload.startswith(b"{")),
                ops.map(lambda message: len(message.payload)),
            ).subscribe(tally.add_size)

    async def start(self) -> None:
        pass

    async def dial(self, url: str, id: str) -> None:
        def listener() -> WSListener:
            if self._pipeline:
                return _Emitting(self, self._hub, id)
            return _Bare(self, self._tally, id)

        keepalive_s = self._job.keepalive_s
        await ws_connect(
            listener,
            url,
            enable_auto_ping=keepalive_s is not None,
            auto_ping_idle_timeout=keepalive_s or 0,
        )

    def check(self, job: Job) -> None:
        if self.lost:
            raise RuntimeError(f"{self.lost} connections were lost")


class _Accepted(WSListener):
    """Enters its transport into a dict."""

    def __init__(self, connections: dict[str, WSTransport]) -> None:
        self._connections = connections

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._connections[f"/load#{len(self._connections) + 1}"] = transport


class PicowsWriting:
    """`send` to a transport found in a dict."""

    def __init__(self, job: Job) -> None:
        self._keepalive_s = job.keepalive_s
        self._connections: dict[str, WSTransport] = {}

    async def serve(self) -> int:
        def listener(request: WSUpgradeRequest) -> WSListener:
            return _Accepted(self._connections)

        self._server = await ws_create_server(
            *(listener, "127.0.0.1", 0),
            enable_auto_ping=self._keepalive_s is not None,
            auto_ping_idle_timeout=self._keepalive_s or 0,
            backlog=1024,
        )
        return int(self._server.sockets[0].getsockname()[1])

    def ids(self) -> list[str]:
        return list(self._connections)

    async def write_all(self, text: str) -> None:
        payload = text.encode()
        for connection in self._connections.values():
            connection.send(WSMsgType.TEXT, payload)

    async def write(self, ids: list[str], text: str) -> None:
        for id in ids:
            self._connections[id].send(WSMsgType.TEXT, text.encode())

    def check(self, job: Job) -> None:
        if any(c.is_disconnected for c in self._connections.values()):
            raise RuntimeError("a connection was lost")
