"""A pool that runs as long as a web application does."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from fastapi import FastAPI
from litestar import Litestar
from quart import Quart
from starlette.applications import Starlette

from ssc_rx import InvalidOptionError, Pool, PoolStartError

NOBODY = "ws://127.0.0.1:1/"
"""No server is there."""
Making = Callable[..., Pool]


async def _not_found(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("only its lifespan is run")


def _in_quart(pool: Pool) -> Any:
    app = Quart("lifespan")
    pool.run_in(app)
    return app


APPLICATIONS: dict[str, Callable[[Pool], Any]] = {
    "Starlette": lambda pool: Starlette(lifespan=pool.lifespan),
    "FastAPI": lambda pool: FastAPI(lifespan=pool.lifespan),
    "Litestar": lambda pool: Litestar(lifespan=[pool.lifespan]),
    "Quart": _in_quart,
    "raw ASGI": lambda pool: pool.asgi(_not_found),
}


class Lifespan:
    """What an ASGI server does with an application at its beginning and its end."""

    def __init__(self, app: Any) -> None:
        self._heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
        running: Awaitable[None] = app(scope, self._heard.get, self._told.put)
        self.task = asyncio.ensure_future(running)

    async def __call__(self, what: str) -> str:
        """Tell the application, and give its answer."""
        await self._heard.put({"type": f"lifespan.{what}"})
        answer = asyncio.ensure_future(self._told.get())
        await asyncio.wait([answer, self.task], return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return str(answer.result()["type"])
        answer.cancel()
        return f"it ended: {self.task}"


@pytest.fixture(params=APPLICATIONS)
def make_app(request: pytest.FixtureRequest) -> Callable[[Pool], Any]:
    return APPLICATIONS[request.param]


@asynccontextmanager
async def aiohttp_runner(pool: Pool) -> AsyncIterator[web.AppRunner]:
    app = web.Application()
    pool.run_in(app)
    runner = web.AppRunner(app)
    try:
        yield runner
    finally:
        await runner.cleanup()


async def test_it_runs_as_long_as_the_application(
    make_pool: Making, make_app: Callable[[Pool], Any]
) -> None:
    pool = make_pool()
    lifespan = Lifespan(make_app(pool))
    assert await lifespan("startup") == "lifespan.startup.complete"
    assert pool.stats().state == "running"
    assert await lifespan("shutdown") == "lifespan.shutdown.complete"
    assert pool.stats().state == "stopped"
    await lifespan.task


async def test_a_start_that_fails_keeps_the_application_from_starting(
    make_pool: Making, make_app: Callable[[Pool], Any]
) -> None:
    pool = make_pool([NOBODY], reconnect=None)
    lifespan = Lifespan(make_app(pool))
    assert await lifespan("startup") == "lifespan.startup.failed"
    assert pool.stats().state == "stopped"
    lifespan.task.cancel()  # some have ended already, or raised
    await asyncio.gather(lifespan.task, return_exceptions=True)


async def test_a_lifespan_that_is_cancelled_stops_the_pool(make_pool: Making) -> None:
    pool = make_pool()
    lifespan = Lifespan(pool.asgi(_not_found))
    await lifespan("startup")
    lifespan.task.cancel()
    await asyncio.wait([lifespan.task])
    assert pool.stats().state == "stopped"


async def test_it_runs_as_long_as_an_aiohttp_application(make_pool: Making) -> None:
    pool = make_pool()
    async with aiohttp_runner(pool) as runner:
        await runner.setup()
        assert pool.stats().state == "running"
    assert pool.stats().state == "stopped"


async def test_a_start_that_fails_keeps_aiohttp_from_starting(
    make_pool: Making,
) -> None:
    pool = make_pool([NOBODY], reconnect=None)
    async with aiohttp_runner(pool) as runner:
        with pytest.raises(PoolStartError):
            await runner.setup()
    assert pool.stats().state == "stopped"


async def test_an_application_is_reached_through_the_pool(make_pool: Making) -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, receive, send))

    scope = {"type": "http"}
    await make_pool().asgi(app)(scope, 1, 2)
    assert seen == [(scope, 1, 2)]


@pytest.mark.parametrize(
    "app",
    [None, "main:app", object(), _not_found, Starlette(), FastAPI(), Litestar()],
    ids=["None", "name", "object", "raw ASGI", "Starlette", "FastAPI", "Litestar"],
)
async def test_what_is_no_application_of_aiohttp_or_quart_is_refused(
    make_pool: Making, app: object
) -> None:
    with pytest.raises(InvalidOptionError, match=r"pool\.lifespan or pool\.asgi"):
        make_pool().run_in(app)


@pytest.mark.parametrize(
    "app", [None, "main:app", object()], ids=["None", "name", "object"]
)
async def test_what_is_no_asgi_application_is_refused(
    make_pool: Making, app: Any
) -> None:
    with pytest.raises(InvalidOptionError, match="ASGI application"):
        make_pool().asgi(app)
