"""websockets alone, in the way its documentation recommends."""

import asyncio

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.protocol import State

from benchmarks.job import Job
from benchmarks.tally import Tally

__all__ = ["WebsocketsReading", "WebsocketsWriting"]


class WebsocketsReading:
    """A task with an `async for` per connection."""

    def __init__(self, job: Job) -> None:
        self._keepalive_s = job.keepalive_s
        self._tasks: list[asyncio.Task[None]] = []

    def observe(self, tally: Tally) -> None:
        self._add = tally.add_payload

    async def start(self) -> None:
        pass

    async def dial(self, url: str, id: str) -> None:
        connection = await connect(
            url, compression=None, ping_interval=self._keepalive_s, proxy=None
        )
        self._tasks.append(asyncio.create_task(self._read(connection), name=id))

    async def _read(self, connection: ClientConnection) -> None:
        add = self._add
        async for message in connection:
            add(message)

    def check(self, job: Job) -> None:
        if any(task.done() for task in self._tasks):
            raise RuntimeError("a connection was lost")


class WebsocketsWriting:
    """`serve`, then `broadcast`, or `send` to a connection found in a dict."""

    def __init__(self, job: Job) -> None:
        self._keepalive_s = job.keepalive_s
        self._connections: dict[str, ServerConnection] = {}

    async def serve(self) -> int:
        self._server = await serve(
            *(self._joined, "127.0.0.1", 0),
            compression=None,
            ping_interval=self._keepalive_s,
            backlog=1024,
        )
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def _joined(self, connection: ServerConnection) -> None:
        self._connections[f"/load#{len(self._connections) + 1}"] = connection
        await connection.wait_closed()

    def ids(self) -> list[str]:
        return list(self._connections)

    async def write_all(self, text: str) -> None:
        broadcast(self._connections.values(), text)

    async def write(self, ids: list[str], text: str) -> None:
        connections = self._connections
        for id in ids:
            await connections[id].send(text)

    def check(self, job: Job) -> None:
        if any(c.state is not State.OPEN for c in self._connections.values()):
            raise RuntimeError("a connection was lost")
