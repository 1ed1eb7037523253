"""FastAPI on uvicorn: a handler by hand, and the pool with that handler's connection."""

import asyncio
import itertools
import socket
from contextlib import suppress

import uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

from benchmarks.job import Job
from ssc_rx import Message, Pool

__all__ = ["ByHand", "WithPool"]

NAMES = (f"/load#{n}" for n in itertools.count(1))
BACKLOG = 1024


class _OnUvicorn:
    """An application with a server that runs as long as the process."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def serve(self) -> int:
        listening = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        # No pings: where idle sockets are measured, they are the same on both sides.
        config = uvicorn.Config(
            self._app, log_level="warning", access_log=False, ws_ping_interval=None
        )
        server = uvicorn.Server(config)
        self._serving = asyncio.create_task(server.serve([listening]), name="uvicorn")
        while not server.started:  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0)
        return int(listening.getsockname()[1])


class ByHand(_OnUvicorn):
    """As FastAPI's documentation has it: accept, then receive and send in a loop."""

    def __init__(self) -> None:
        app = FastAPI()
        super().__init__(app)
        self._connections: dict[str, WebSocket] = {}
        self._echoed = 0
        app.add_api_websocket_route("/load", self._joined)

    async def _joined(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self._connections[next(NAMES)] = websocket
        with suppress(WebSocketDisconnect):
            while True:
                text = await websocket.receive_text()
                await websocket.send_text(text)
                self._echoed += 1

    def ids(self) -> list[str]:
        return list(self._connections)

    def echoed(self) -> int:
        return self._echoed

    async def write(self, ids: list[str], text: str) -> None:
        for id in ids:
            await self._connections[id].send_text(text)

    def check(self, job: Job) -> None:
        pass  # the load counts what came back


class WithPool(_OnUvicorn):
    """The pool, which lives as long as the application; a subscriber writes by ID."""

    def __init__(self) -> None:
        self._pool = Pool()
        app = FastAPI(lifespan=self._pool.lifespan)
        super().__init__(app)
        self._pool.messages.subscribe(self._pool.write)
        app.add_api_websocket_route("/load", self._joined)

    async def _joined(self, websocket: WebSocket) -> None:
        await self._pool.add_client_socket(next(NAMES), websocket)

    def ids(self) -> list[str]:
        return self._pool.list()

    def echoed(self) -> int:
        return self._pool.stats().messages_in

    async def write(self, ids: list[str], text: str) -> None:
        for id in ids:
            self._pool.write(Message.of(id, text))

    def check(self, job: Job) -> None:
        stats = self._pool.stats()
        written = job.total + 1  # one of them tells the load to go on
        if not stats.balanced or stats.messages_out != written or stats.queued:
            raise RuntimeError(
                f"the pool lost writes: {stats.accepted} accepted, "
                f"{stats.messages_out} out, {stats.queued} queued"
            )
