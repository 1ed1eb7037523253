"""What an application may do with a connection before the pool has it, by framework."""

import contextlib
from typing import Any


async def accept(connection: Any) -> Any:
    """Accept it; gives what an application would give to the pool then."""
    if isinstance(connection, tuple) and len(connection) == 3:
        _, receive, send = connection
        await receive()
        await send({"type": "websocket.accept"})
    elif isinstance(connection, tuple):
        request, response = connection
        await response.prepare(request)
        return response
    elif hasattr(connection, "accept"):
        await connection.accept()
    return connection


async def read_to_the_end(connection: Any) -> None:
    """Receive until the peer has left."""
    if isinstance(connection, tuple):
        await _read_asgi(connection[1])
    elif hasattr(connection, "prepare"):
        async for _ in connection:
            pass
    elif hasattr(connection, "wait_closed"):
        await connection.wait_closed()
    elif hasattr(connection, "requested_subprotocols"):
        while True:  # Quart cancels its handler
            await connection.receive()
    else:
        await _read_asgi(connection.receive)


async def _read_asgi(receive: Any) -> None:
    with contextlib.suppress(RuntimeError):
        while (await receive())["type"] != "websocket.disconnect":
            pass
