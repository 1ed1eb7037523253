"""aiohttp: its client session and its web server."""

import asyncio

from aiohttp import (
    ClientSession,
    ClientWebSocketResponse,
    TCPConnector,
    WSMsgType,
    web,
)

from benchmarks.job import Job
from benchmarks.tally import Tally

__all__ = ["AiohttpReading", "AiohttpWriting"]


class AiohttpReading:
    """A task with an `async for` per connection."""

    def __init__(self, job: Job) -> None:
        self._keepalive_s = job.keepalive_s
        self._tasks: list[asyncio.Task[None]] = []

    def observe(self, tally: Tally) -> None:
        self._add = tally.add_payload

    async def start(self) -> None:
        self._session = ClientSession(connector=TCPConnector(limit=0))

    async def dial(self, url: str, id: str) -> None:
        connection = await self._session.ws_connect(
            url, compress=0, heartbeat=self._keepalive_s
        )
        self._tasks.append(asyncio.create_task(self._read(connection), name=id))

    async def _read(self, connection: ClientWebSocketResponse) -> None:
        add = self._add
        async for message in connection:
            if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                add(message.data)

    def check(self, job: Job) -> None:
        if any(task.done() for task in self._tasks):
            raise RuntimeError("a connection was lost")


class AiohttpWriting:
    """A handler that waits; `send_str` to a response found in a dict."""

    def __init__(self, job: Job) -> None:
        self._keepalive_s = job.keepalive_s
        self._connections: dict[str, web.WebSocketResponse] = {}

    async def serve(self) -> int:
        app = web.Application()
        app.router.add_get("/load", self._joined)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
        return int(runner.addresses[0][1])

    async def _joined(self, request: web.Request) -> web.WebSocketResponse:
        connection = web.WebSocketResponse(compress=False, heartbeat=self._keepalive_s)
        await connection.prepare(request)
        self._connections[f"/load#{len(self._connections) + 1}"] = connection
        async for _ in connection:
            pass
        return connection

    def ids(self) -> list[str]:
        return list(self._connections)

    async def write_all(self, text: str) -> None:
        for connection in self._connections.values():
            await connection.send_str(text)

    async def write(self, ids: list[str], text: str) -> None:
        for id in ids:
            await self._connections[id].send_str(text)

    def check(self, job: Job) -> None:
        if any(connection.closed for connection in self._connections.values()):
            raise RuntimeError("a connection was lost")
