"""How each web server is run on a free port of 127.0.0.1, with a host's application."""

import asyncio
import atexit
import signal
import socket
from collections.abc import Callable
from typing import Any, Literal

from tests.adapters import frameworks
from tests.adapters.host import MIB, Host

Framework = Callable[[Host], Any]
LIMIT = 16 * MIB
"""Bytes of a message that a server lets through, where that is a setting of its own."""


def _listen(host: Host) -> socket.socket:
    """A listening socket; peers that come before the server has begun wait in it."""
    listening = socket.create_server(("127.0.0.1", 0))
    host.say("listening", port=listening.getsockname()[1])
    return listening


def uvicorn(
    framework: Framework,
    ws: Literal["auto", "websockets-sansio", "wsproto", "websockets"] = "auto",
) -> None:
    from uvicorn import Config, Server

    host = Host()
    app = framework(host)
    config = Config(app, ws=ws, ws_max_size=LIMIT, log_level="warning")
    Server(config).run(sockets=[_listen(host)])


def hypercorn(framework: Framework, *, stop_first: bool = False) -> None:
    """Serve; `stop_first` stops the pool before the server begins to end."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    host = Host()
    app = framework(host)
    config = Config()
    listening = _listen(host)
    config.bind = [f"fd://{listening.fileno()}"]
    config.websocket_max_message_size = LIMIT
    config.graceful_timeout = 0.5

    async def told_to_end() -> None:
        await _sigterm()
        await host.pool.stop()

    async def main() -> None:
        await serve(app, config, shutdown_trigger=told_to_end if stop_first else None)

    asyncio.run(main())


def daphne(framework: Framework) -> None:
    from daphne.server import Server  # type: ignore[import-untyped]

    host = Host(lazy=True)
    app = framework(host)
    atexit.register(host.tell_the_end)

    def ready() -> None:
        host.say("listening", port=server.listening_addresses[0][1])

    server = Server(
        app,
        ["tcp:port=0:interface=127.0.0.1"],
        websocket_max_message_size=LIMIT,
        websocket_max_frame_size=LIMIT,
        ready_callable=ready,
    )
    server.run()


def aiohttp() -> None:
    from aiohttp import web

    host = Host()
    app = frameworks.aiohttp(host)
    web.run_app(app, sock=_listen(host), print=None, access_log=None)


def websockets() -> None:
    asyncio.run(_websockets())


async def _websockets() -> None:
    from websockets.asyncio.server import ServerConnection, serve

    host = Host()

    async def feed(connection: ServerConnection) -> None:
        assert connection.request is not None
        await host.handle(connection, connection.request.path)

    async with host.pool, serve(feed, sock=_listen(host), max_size=LIMIT):
        await _sigterm()


async def _sigterm() -> None:
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    await over.wait()
