"""A client socket for as long as its route handler runs."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from ssc_rx.events import CloseInfo
from ssc_rx.sockets import Socket

__all__ = ["Accepting"]

FAREWELL_S = 1.0
"""Seconds that a cancelled handler waits for its Close frame to leave."""
_GOING_AWAY = (1001, "going away")


class Accepting(
    Coroutine[Any, Any, CloseInfo], AbstractAsyncContextManager[Socket, None]
):
    """What `pool.add_client_socket` returns: await it, or enter it with `async with`.

    Awaited, it lives until the socket has closed and tells how; cancelling it closes
    with 1001. Entered, it gives the `Socket`, and leaving closes with 1000, or with 1011
    if the body raised.
    """

    def __init__(self, open: Callable[[], Awaitable[Socket]]) -> None:
        self._open = open
        # Made at once: Python warns of it if it is neither awaited nor entered.
        self._coroutine = _until_closed(open)
        self._socket: Socket | None = None

    # A coroutine: asyncio.create_task and TaskGroup.create_task take it

    def __await__(self) -> Generator[Any, None, CloseInfo]:
        return self._coroutine.__await__()

    def send(self, value: Any, /) -> Any:
        """Resume it."""
        return self._coroutine.send(value)

    def throw(self, *args: Any) -> Any:
        """Raise in it."""
        return self._coroutine.throw(*args)

    def close(self) -> None:
        """End it."""
        self._coroutine.close()

    # A context manager

    async def __aenter__(self) -> Socket:
        self._coroutine.close()
        self._socket = await self._open()
        return self._socket

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._socket is not None
        if exc is None:
            await self._socket.close(1000)
        elif isinstance(exc, asyncio.CancelledError):
            await _see_off(self._socket)
        elif isinstance(exc, GeneratorExit):
            self._socket.close(*_GOING_AWAY)
        else:
            await self._socket.close(1011, "internal error")


async def _until_closed(open: Callable[[], Awaitable[Socket]]) -> CloseInfo:
    socket = await open()
    try:
        return await socket.wait_closed()
    except asyncio.CancelledError:
        await _see_off(socket)
        raise
    except GeneratorExit:
        socket.close(*_GOING_AWAY)
        raise


# As Python names it where somebody forgets to await it.
_until_closed.__qualname__ = "Pool.add_client_socket"


async def _see_off(socket: Socket) -> None:
    """Close it; what ends with its handler gets a moment for that."""
    closing = socket.close(*_GOING_AWAY)
    if socket.hosted:
        await asyncio.wait([closing], timeout=FAREWELL_S)
