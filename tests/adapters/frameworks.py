"""One application for each framework; every path of it goes to `host.handle`."""

from typing import Any

from tests.adapters.host import Host


def _target(scope: Any) -> str:
    path, query = scope["path"], scope["query_string"].decode()
    return f"{path}?{query}"


def with_django() -> None:
    """Django wants its settings before anything else of it is imported."""
    from django.conf import settings  # type: ignore[import-untyped]

    if not settings.configured:
        settings.configure()


def starlette(host: Host) -> Any:
    from starlette.applications import Starlette
    from starlette.routing import WebSocketRoute
    from starlette.websockets import WebSocket

    async def feed(websocket: WebSocket) -> None:
        await host.handle(websocket, _target(websocket.scope))

    route = WebSocketRoute("/{path:path}", feed)
    return Starlette(routes=[route], lifespan=host.pool.lifespan)


def fastapi(host: Host) -> Any:
    from fastapi import FastAPI, WebSocket

    app = FastAPI(lifespan=host.pool.lifespan)

    @app.websocket("/{path:path}")
    async def feed(websocket: WebSocket) -> None:
        await host.handle(websocket, _target(websocket.scope))

    return app


def litestar(host: Host) -> Any:
    from litestar import Litestar, WebSocket, websocket

    @websocket("/{path:path}")
    async def feed(socket: WebSocket[Any, Any, Any]) -> None:
        await host.handle(socket, _target(socket.scope))

    return Litestar([feed], lifespan=[host.pool.lifespan])


def channels(host: Host) -> Any:
    with_django()
    from channels.routing import (  # type: ignore[import-untyped]
        ProtocolTypeRouter,
        URLRouter,
    )
    from django.urls import re_path  # type: ignore[import-untyped]

    async def feed(scope: Any, receive: Any, send: Any) -> None:
        await host.handle((scope, receive, send), _target(scope))

    urls = URLRouter([re_path(r"^(?P<does>\w+)$", feed)])
    return host.pool.asgi(ProtocolTypeRouter({"websocket": urls}))


def raw_asgi(host: Host) -> Any:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await host.handle((scope, receive, send), _target(scope))

    return host.pool.asgi(app)


def quart(host: Host) -> Any:
    from quart import Quart, websocket

    app = Quart("host")

    @app.websocket("/<path:path>")
    async def feed(path: str) -> None:
        await host.handle(websocket, _target(websocket.scope))

    host.pool.run_in(app)
    return app


def aiohttp(host: Host) -> Any:
    from aiohttp import web

    async def feed(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse(max_msg_size=16 * 1024 * 1024)
        await host.handle((request, response), request.raw_path)
        return response

    app = web.Application()
    app.router.add_get("/{path:.*}", feed)
    host.pool.run_in(app)
    return app
