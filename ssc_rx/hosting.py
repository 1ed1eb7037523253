"""A pool that lives as long as a web application: it drains before the server ends."""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from ssc_rx.errors import InvalidOptionError

__all__ = ["Asgi", "asgi", "lifespan", "run_in"]

Pool = AbstractAsyncContextManager[Any]
Asgi = Callable[[Any, Any, Any], Awaitable[None]]
"""An ASGI application: it is called with scope, receive and send."""


@asynccontextmanager
async def lifespan(pool: Pool) -> AsyncGenerator[None]:
    """The pool runs inside."""
    async with pool:
        yield


def run_in(pool: Pool, app: Any) -> None:
    """Start the pool with an aiohttp or Quart application, and stop it before that ends.

    aiohttp waits for its handlers before it cleans up: they have to end first.
    """

    async def start(app: Any) -> None:
        await pool.__aenter__()

    async def stop(app: Any) -> None:
        await pool.__aexit__(None, None, None)

    async def serving() -> AsyncIterator[None]:
        async with pool:
            yield

    if hasattr(app, "on_startup") and hasattr(
        app, "on_cleanup"
    ):  # Litestar has but one
        app.on_startup.append(start)
        app.on_shutdown.append(stop)
    elif hasattr(app, "while_serving"):
        app.while_serving(serving)
    else:
        raise InvalidOptionError(
            f"don't know how to run in {app!r}; give an "
            "application of aiohttp or Quart, or use pool.lifespan or pool.asgi(app)"
        )


def asgi(pool: Pool, app: Asgi) -> Asgi:
    """An ASGI application that runs the pool by the lifespan protocol, and is `app`.

    https://asgi.readthedocs.io/en/latest/specs/lifespan.html

    Raises:
        InvalidOptionError: If it is none.
    """
    if not callable(app):
        raise InvalidOptionError(
            f"{app!r} is no ASGI application; give what the server would be given"
        )

    async def hosted(scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(pool, receive, send)
        else:
            await app(scope, receive, send)

    return hosted


async def _lifespan(pool: Pool, receive: Any, send: Any) -> None:
    await receive()
    try:
        await pool.__aenter__()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    try:
        await receive()
    finally:
        await pool.__aexit__(None, None, None)
    await send({"type": "lifespan.shutdown.complete"})
