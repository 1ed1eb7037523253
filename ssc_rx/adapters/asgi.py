"""ASGI: Starlette, FastAPI, Litestar, Django Channels, and the raw three arguments.

A connection is an object with `scope`, `receive` and `send`, such as Starlette's and
Litestar's `WebSocket`, or the tuple `(scope, receive, send)`. It is accepted here, unless
the application has done so; a tuple must not have been.

ASGI has no PING, no way to cut a connection, and no promise to hold back a peer that isn't
read (https://asgi.readthedocs.io/en/latest/specs/www.html#websocket).
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from websockets.http11 import Request

from ssc_rx.errors import InvalidOptionError, LinkLostError
from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType
from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport
from ssc_rx.transports.pumped import Pumped
from ssc_rx.transports.scope import is_websocket, request_of

__all__ = ["matches", "open", "refuse", "request"]

CLOSING_TURNS = 5
"""Of the event loop, in which a connection that was answered is closed."""
_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY
_FRESH, _ENDED = ("CONNECTING", "init"), ("DISCONNECTED", "RESPONSE", "disconnect")


class _Connection(NamedTuple):
    """What all of them come down to."""

    scope: Mapping[str, Any]
    receive: Callable[[], Awaitable[Mapping[str, Any]]]
    send: Callable[[dict[str, Any]], Awaitable[None]]
    accepted: bool
    ended: bool


def matches(connection: Any) -> bool:
    """Whether it is an ASGI connection for a WebSocket, by its shape."""
    if _is_tuple(connection):
        return len(connection) == 3 and is_websocket(connection[0])
    return is_websocket(getattr(connection, "scope", None)) and not hasattr(
        connection, "requested_subprotocols"
    )


def request(connection: Any) -> Request:
    """The opening request."""
    return request_of(_connection(connection).scope)


async def open(connection: Any, options: Options) -> Transport:
    """Accept it, unless that was done."""
    asgi = _connection(connection)
    if asgi.ended:
        raise LinkLostError("the connection had ended before it was added")
    if not asgi.accepted:
        event = await asgi.receive()
        if event["type"] == "websocket.disconnect":
            raise LinkLostError("the peer left during its opening handshake")
        if event["type"] != "websocket.connect":
            raise InvalidOptionError(
                "the connection was accepted already; give (scope, receive, send) to "
                "add_client_socket without accepting it"
            )
        try:
            await asgi.send({"type": "websocket.accept"})
        except Exception as error:  # each server has its own
            raise LinkLostError("the peer left during its opening handshake") from error
    return _AsgiTransport(asgi, options.max_message_size)


async def refuse(connection: Any, refusal: Refusal) -> None:
    """Answer its handshake with an HTTP status; 403 where the server can do no other."""
    asgi = _connection(connection)
    if asgi.accepted or asgi.ended:
        return
    response = "websocket.http.response"
    with contextlib.suppress(Exception):  # the peer may have left
        if response in (asgi.scope.get("extensions") or ()):
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            answer = {"status": refusal.status, "headers": headers}
            await asgi.send({"type": f"{response}.start", **answer})
            await asgi.send({"type": f"{response}.body", "body": refusal.text.encode()})
            # uvicorn takes a handler that returns before the connection is closed for a
            # faulty one, and says so in its log.
            for _ in range(CLOSING_TURNS):
                await asyncio.sleep(0)
        else:
            await asgi.send({"type": "websocket.close"})


def _is_tuple(connection: Any) -> bool:
    return isinstance(connection, tuple)


def _connection(connection: Any) -> _Connection:
    if _is_tuple(connection):
        scope, receive, send = connection
        return _Connection(scope, receive, send, accepted=False, ended=False)
    # Starlette keeps two states, Litestar one.
    state = getattr(connection, "connection_state", None)
    ours = state or connection.application_state.name
    theirs = state or connection.client_state.name
    return _Connection(
        connection.scope,
        connection.receive,
        connection.send,
        accepted=ours not in _FRESH,
        ended=ours in _ENDED or theirs in _ENDED,
    )


class _AsgiTransport(Pumped):
    def __init__(self, asgi: _Connection, max_size: int | None) -> None:
        super().__init__(request_of(asgi.scope), max_size)
        self._next = asgi.receive
        self._put = asgi.send
        self.remote_address = asgi.scope.get("client")

    async def _receive(self) -> tuple[MessageType, bytes] | CloseInfo:
        event = await self._next()
        if event["type"] != "websocket.receive":
            return _ended(event)
        text = event.get("text")
        if text is None:
            return _BINARY, event["bytes"]
        return _TEXT, text.encode()

    async def _send(self, type: MessageType, payload: bytes) -> None:
        if type is _TEXT:
            await self._put({"type": "websocket.send", "text": payload.decode()})
        else:
            await self._put({"type": "websocket.send", "bytes": payload})

    async def _send_close(self, code: int, reason: str) -> None:
        close = {"type": "websocket.close", "reason": reason}
        try:
            await self._put({**close, "code": code})
        except Exception:  # each server has its own
            if code >= 3000:
                raise
            # Daphne sends no code of RFC 6455 but 1000, and without one the peer would
            # never hear of the end.
            await self._put({**close, "code": code + 3000})


def _ended(event: Mapping[str, Any]) -> CloseInfo:
    """What a `websocket.disconnect` says; of 1005, servers say it of lost ones as well."""
    code, reason = event.get("code", 1005), event.get("reason")
    if code == 1006 or (code == 1005 and reason is None):
        lost = LinkLostError("the web server knows of no Close frame")
        return CloseInfo(1006, "", "lost", False, lost)
    if code == 1012 and "reason" not in event:  # uvicorn is about to end
        return CloseInfo(code, reason or "", "us")
    return CloseInfo(code, reason or "", "peer")
