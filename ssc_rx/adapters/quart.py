"""Quart: its `websocket`, as it is or as `websocket._get_current_object()`.

Quart tells a handler that the peer has left by cancelling it, and keeps the close code to
itself. A refused handshake is answered by an exception of werkzeug's, as after `abort()`;
its `__context__` is ours.
"""

from typing import Any, cast

from websockets.http11 import Request

from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType
from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport
from ssc_rx.transports.ending import lost_error
from ssc_rx.transports.pumped import Pumped
from ssc_rx.transports.scope import request_of

__all__ = ["matches", "open", "refuse", "request"]

_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY


def matches(connection: object) -> bool:
    """Whether it is Quart's `websocket`, or the object behind it, by its shape."""
    return all(
        hasattr(connection, name)
        for name in ("requested_subprotocols", "receive", "send", "accept", "scope")
    )


def _behind(connection: Any) -> Any:
    """The object behind Quart's proxy, which other tasks don't have."""
    current = getattr(connection, "_get_current_object", None)
    return connection if current is None else current()


def request(connection: Any) -> Request:
    """The opening request."""
    return request_of(_behind(connection).scope)


async def open(connection: Any, options: Options) -> Transport:
    """Accept it, unless that was done."""
    websocket = _behind(connection)
    await websocket.accept()
    return _QuartTransport(websocket, options.max_message_size)


async def refuse(connection: Any, refusal: Refusal) -> None:
    """Let Quart answer its handshake with an HTTP status.

    Raises:
        werkzeug.exceptions.HTTPException: Quart makes the answer of it.
    """
    from werkzeug.exceptions import default_exceptions

    raise default_exceptions[refusal.status](refusal.text)


class _QuartTransport(Pumped):
    def __init__(self, websocket: Any, max_size: int | None) -> None:
        super().__init__(request_of(websocket.scope), max_size)
        self._websocket = websocket
        self.remote_address = websocket.scope.get("client")

    async def _receive(self) -> tuple[MessageType, bytes] | CloseInfo:
        data = cast("str | bytes", await self._websocket.receive())
        if isinstance(data, str):
            return _TEXT, data.encode()
        return _BINARY, data or b""  # Quart makes None of an empty one

    async def _send(self, type: MessageType, payload: bytes) -> None:
        await self._websocket.send(payload.decode() if type is _TEXT else payload)

    async def _send_close(self, code: int, reason: str) -> None:
        await self._websocket.close(code, reason)
        self.abort()  # Quart tells nothing of what comes after

    def _broke(self, error: Exception) -> None:
        super()._broke(error)
        self._close = None  # the peer left before
        self._error = self._error or lost_error(error)
        self.abort()
