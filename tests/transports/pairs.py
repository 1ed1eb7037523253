"""One connected pair of each kind of transport: the table of the contract tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext
from typing import Any, Literal

import uvicorn
from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.http11 import Request
from websockets.server import ServerProtocol

from ssc_rx.adapters import aiohttp, websockets
from ssc_rx.adapters import asgi as adapter
from ssc_rx.options import Options
from ssc_rx.ports import Transport
from ssc_rx.testing.transport_contract import OpenPair, Pair
from ssc_rx.transports.accepted import AcceptedLink
from ssc_rx.transports.dialer import dial
from ssc_rx.transports.link import Link
from ssc_rx.transports.memory import memory_pair
from ssc_rx.transports.pumped import Pumped
from tests.tls import contexts

LIMIT = 4 * 1024 * 1024
OPTIONS = Options(max_message_size=LIMIT)


@asynccontextmanager
async def memory() -> AsyncIterator[Pair]:
    yield memory_pair()


async def _let_in(connected: "asyncio.Future[AcceptedLink]") -> AcceptedLink:
    link = await connected
    request = await link.read_request()
    assert isinstance(request, Request)
    assert link.respond(link.check_request(request))
    return link


async def _dial(
    url: str,
    compression: Literal["deflate"] | None = None,
    ssl: SSLContext | None = None,
) -> Link:
    return await dial(
        url, open_timeout=10, max_message_size=LIMIT, compression=compression, ssl=ssl
    )


@asynccontextmanager
async def link(
    compression: Literal["deflate"] | None = None, *, secure: bool = False
) -> AsyncIterator[Pair]:
    """Both ends are links: dialled, accepted."""
    loop = asyncio.get_running_loop()
    connected: asyncio.Future[AcceptedLink] = loop.create_future()

    def accept() -> AcceptedLink:
        extensions = enable_server_permessage_deflate(None) if compression else None
        protocol = ServerProtocol(extensions=extensions, max_size=LIMIT)
        return AcceptedLink(protocol, loop, connected.set_result)

    serving, trusting = contexts() if secure else (None, None)
    host = "localhost" if secure else "127.0.0.1"
    server = await loop.create_server(accept, "127.0.0.1", 0, ssl=serving)
    port = server.sockets[0].getsockname()[1]
    url = f"{'wss' if secure else 'ws'}://{host}:{port}"
    dialled, accepted = await asyncio.gather(
        _dial(url, compression, trusting), _let_in(connected)
    )
    server.close()
    async with both_lost(dialled, accepted):
        yield dialled, accepted


@asynccontextmanager
async def deflated_link() -> AsyncIterator[Pair]:
    async with link("deflate") as pair:
        yield pair


@asynccontextmanager
async def secure_link() -> AsyncIterator[Pair]:
    async with link(secure=True) as pair:
        yield pair


@asynccontextmanager
async def taken_over() -> AsyncIterator[Pair]:
    """A dialled link, and a websockets server connection that is taken over."""
    loop = asyncio.get_running_loop()
    adopted: asyncio.Future[Transport] = loop.create_future()
    released = loop.create_future()

    async def handler(connection: ServerConnection) -> None:
        adopted.set_result(await websockets.open(connection, OPTIONS))
        await released

    async with serve(
        handler, "127.0.0.1", 0, compression=None, close_timeout=0.1
    ) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        dialled = await _dial(f"ws://127.0.0.1:{port}")
        accepted = await adopted
        assert isinstance(accepted, Link)
        async with both_lost(dialled, accepted):
            yield dialled, accepted
        released.set_result(None)


async def _until_over(transport: Transport) -> None:
    """As a route handler waits."""
    assert isinstance(transport, Pumped)
    while not transport._over:  # noqa: ASYNC110
        await asyncio.sleep(0)
    if transport._reading is not None:
        await asyncio.wait([transport._reading])


@asynccontextmanager
async def asgi() -> AsyncIterator[Pair]:
    """A dialled link, and a connection that uvicorn keeps."""
    loop = asyncio.get_running_loop()
    adopted: asyncio.Future[Transport] = loop.create_future()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        transport = await adapter.open((scope, receive, send), OPTIONS)
        adopted.set_result(transport)
        await _until_over(transport)

    config = uvicorn.Config(app, port=0, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    dialled = await _dial(f"ws://127.0.0.1:{port}")
    accepted = await adopted
    try:
        async with both_lost(dialled):
            yield dialled, accepted
    finally:
        accepted.abort()
        server.should_exit = True
        await serving


@asynccontextmanager
async def on_aiohttp() -> AsyncIterator[Pair]:
    """A dialled link, and a connection that aiohttp keeps."""
    loop = asyncio.get_running_loop()
    adopted: asyncio.Future[Transport] = loop.create_future()

    async def handler(request: web.Request) -> web.WebSocketResponse:
        response = web.WebSocketResponse(max_msg_size=LIMIT)
        transport = await aiohttp.open((request, response), OPTIONS)
        adopted.set_result(transport)
        await _until_over(transport)
        return response

    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    dialled = await _dial(f"ws://127.0.0.1:{port}")
    accepted = await adopted
    try:
        async with both_lost(dialled):
            yield dialled, accepted
    finally:
        accepted.abort()
        await runner.cleanup()


@asynccontextmanager
async def both_lost(*links: Link) -> AsyncIterator[None]:
    """At the end, no connection is left open."""
    try:
        yield
    finally:
        for end in links:
            end.abort()
        while any(end._closed is None for end in links):  # noqa: ASYNC110
            await asyncio.sleep(0)


PAIRS: dict[str, OpenPair] = {
    "memory": memory,
    "link": link,
    "deflated link": deflated_link,
    "secure link": secure_link,
    "taken over": taken_over,
    "asgi": asgi,
    "aiohttp": on_aiohttp,
}
