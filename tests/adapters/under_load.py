"""A web server whose pool echoes, and which tells what is left: run by its test.

    python -m tests.adapters.under_load (uvicorn | aiohttp) SOCKETS

Says its port, serves until SIGTERM, then says what is left, as JSON.
"""

import asyncio
import json
import os
import signal
import socket
import stat
import sys
from collections import deque
from contextlib import suppress
from dataclasses import asdict, dataclass

import uvicorn
import uvloop
from aiohttp import web
from fastapi import FastAPI, WebSocket

from ssc_rx import Message, Pool, PoolStopped
from ssc_rx.events import Event
from tests.soak.machine import allow_open_files

BROADCAST_EVERY = 500
"""Messages that come in for one that goes out to all."""
SETTLE_TURNS = 5
"""Of the loop, in which what is ending ends."""


@dataclass(frozen=True)
class Left:
    """What a server tells on its way out.

    Attributes:
        opened: Sockets that the pool ever had.
        closed: How many of them are closed.
        cut_off: How many of them did not answer its Close frame in time.
        sockets: How many the pool still holds.
        balanced: Whether each write it accepted has met one fate.
        messages_in, messages_out: Of the pool.
        queued: Messages that it still holds.
        connections: TCP connections that the process holds, and sockets that listen.
        tasks: Names of the tasks that are left on the loop.
    """

    opened: int
    closed: int
    cut_off: int
    sockets: int
    balanced: bool
    messages_in: int
    messages_out: int
    queued: int
    connections: int
    tasks: list[str]


def echo_pool() -> Pool:
    """Echoes, and now and then tells all of them something."""
    pool = Pool(name="under load", max_sockets=None)
    came = 0

    def echo(message: Message) -> None:
        nonlocal came
        came += 1
        pool.write(message)
        if came % BROADCAST_EVERY == 0:
            pool.write_all(f"{came} came")

    pool.messages.subscribe(echo)
    return pool


async def on_uvicorn(pool: Pool, listening: socket.socket) -> None:
    """FastAPI on one worker of uvicorn, which listens to SIGTERM itself."""
    app = FastAPI(lifespan=pool.lifespan)

    @app.websocket("/{name}")
    async def join(websocket: WebSocket, name: str) -> None:
        await pool.add_client_socket(name, websocket)

    config = uvicorn.Config(app, log_level="warning", ws_ping_interval=None)
    await uvicorn.Server(config).serve([listening])


async def on_aiohttp(pool: Pool, listening: socket.socket) -> None:
    """aiohttp, ended as `web.run_app` ends it."""
    app = web.Application()

    async def join(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse()
        name = request.match_info["name"]
        await pool.add_client_socket(name, (request, response))
        return response

    app.router.add_get("/{name}", join)
    pool.run_in(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.SockSite(runner, listening).start()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
    await runner.cleanup()


SERVERS = {
    "uvicorn": (on_uvicorn, uvloop.new_event_loop),
    "aiohttp": (on_aiohttp, asyncio.new_event_loop),
}
"""Each on the loop that it is run on if nobody asks for another."""


async def left(pool: Pool, cut_off: int) -> Left:
    """What there is, once the server has ended."""
    for _ in range(SETTLE_TURNS):
        await asyncio.sleep(0)
    stats = pool.stats()
    me = asyncio.current_task()
    return Left(
        opened=stats.sockets_opened,
        closed=stats.sockets_closed,
        cut_off=cut_off,
        sockets=len(pool),
        balanced=stats.balanced,
        messages_in=stats.messages_in,
        messages_out=stats.messages_out,
        queued=stats.queued,
        connections=_internet_sockets(),
        tasks=[task.get_name() for task in asyncio.all_tasks() if task is not me],
    )


def _internet_sockets() -> int:
    count = 0
    for fd in map(int, os.listdir("/dev/fd")):
        with suppress(OSError):  # the listing's own is closed by now
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                with socket.socket(fileno=os.dup(fd)) as sock:
                    count += sock.family == socket.AF_INET
    return count


async def serve(server: str, listening: socket.socket) -> Left:
    """Serve until SIGTERM."""
    pool = echo_pool()
    last = deque[Event](maxlen=1)
    pool.events.subscribe(last.append)
    await SERVERS[server][0](pool, listening)
    assert isinstance(last[0], PoolStopped)
    return await left(pool, last[0].aborted)


def _say(what: object) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main(server: str, sockets: int) -> None:
    """Listen, serve, tell."""
    if wrong := allow_open_files(sockets):
        sys.exit(wrong)
    # uvicorn raises the signal that ended it once more, for who called it.
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
    _say(listening.getsockname()[1])
    with asyncio.Runner(loop_factory=SERVERS[server][1]) as runner:
        _say(asdict(runner.run(serve(server, listening))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
