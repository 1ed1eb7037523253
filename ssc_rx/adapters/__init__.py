"""Adapters: a framework's connection becomes a `Transport`; by shape, importing none.

To add one: write `adapters/<framework>.py` with `matches`, `request`, `open` and `refuse`,
and add its row to `ADAPTERS`.
"""

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, cast

from ssc_rx.adapters import aiohttp, asgi, quart, transport, websockets
from ssc_rx.errors import InvalidOptionError
from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport

__all__ = ["ADAPTERS", "Adapter", "adapter_for"]


class Adapter(NamedTuple):
    """A row of the table.

    Attributes:
        matches: Tells whether something is a connection of this framework.
        request: Its opening request, with `path` and `headers`; `None` if unknown.
        open: Makes a transport of one, accepting it first if nobody did. It has the
            options that the socket will have.
        refuse: Answers its opening handshake with an HTTP status, or raises what its
            framework makes the answer of. One that was accepted is left to its handler.
    """

    matches: Callable[[object], bool]
    request: Callable[[Any], Any]
    open: Callable[[Any, Options], Coroutine[Any, Any, Transport]]
    refuse: Callable[[Any, Refusal], Coroutine[Any, Any, None]]


def _adapter(module: Any) -> Adapter:
    return Adapter(module.matches, module.request, module.open, module.refuse)


ADAPTERS = tuple(map(_adapter, (transport, websockets, aiohttp, quart, asgi)))


def _has_class(connection: Any) -> bool:
    """Whether `()` was forgotten: a class has the shape of its objects."""
    parts = cast(Any, connection if isinstance(connection, tuple) else (connection,))
    return any(isinstance(part, type) for part in parts)


def adapter_for(connection: object) -> Adapter:
    """The adapter that knows this kind of connection.

    Raises:
        InvalidOptionError: If none does.
    """
    for adapter in ADAPTERS:
        if adapter.matches(connection) and not _has_class(connection):
            return adapter
    kind = type(connection)
    raise InvalidOptionError(
        f"don't know how to use a {kind.__module__}.{kind.__qualname__} as a connection; "
        "give what the handler receives: the WebSocket of Starlette, FastAPI or Litestar, "
        "(scope, receive, send) of ASGI, (request, WebSocketResponse()) of aiohttp, "
        "Quart's websocket, the connection of websockets.asyncio.server, or an object "
        "that has the methods of ssc_rx.ports.Transport"
    )
