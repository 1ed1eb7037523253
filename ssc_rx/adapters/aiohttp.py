"""aiohttp's server: `(request, response)`, or a `WebSocketResponse` that is prepared.

A tuple is prepared here, after the ID and the Origin were checked, so that a refusal is an
HTTP status: an exception of aiohttp's, which answers with it; its `__context__` is ours.
The pool does the pings: leave `heartbeat` out.
"""

import contextlib
import os
import socket
from typing import TYPE_CHECKING, Any, cast

from websockets.datastructures import Headers
from websockets.http11 import Request

from ssc_rx.errors import LinkLostError, PeerProtocolError
from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType
from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport
from ssc_rx.transports.ending import lost_error
from ssc_rx.transports.pumped import Pumped

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["matches", "open", "refuse", "request"]

_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY
_PONG = MessageType.PONG
_EXCEPTIONS = {
    400: "HTTPBadRequest",
    403: "HTTPForbidden",
    409: "HTTPConflict",
    503: "HTTPServiceUnavailable",
}


def matches(connection: Any) -> bool:
    """Whether it is a `WebSocketResponse`, or one with its request, by its shape."""
    response = connection[-1] if _is_pair(connection) else connection
    names = ("prepare", "send_frame", "ws_protocol")
    return all(hasattr(response, name) for name in names)


def _is_pair(connection: Any) -> bool:
    return isinstance(connection, tuple) and len(cast(Any, connection)) == 2


def _parts(connection: Any) -> tuple[Any, Any]:
    """The request, `None` if that can't be known, and the response."""
    if _is_pair(connection):
        return cast("tuple[Any, Any]", connection)
    return getattr(connection, "_req", None), connection


def request(connection: Any) -> Request | None:
    """The opening request."""
    asked, _ = _parts(connection)
    if asked is None:
        return None
    return Request(str(asked.raw_path), Headers(asked.headers.items()))


async def open(connection: Any, options: Options) -> Transport:
    """Prepare it, unless that was done."""
    asked, response = _parts(connection)
    if not response.prepared:
        try:
            await response.prepare(asked)
        except OSError as error:
            raise LinkLostError("the peer left during its opening handshake") from error
    if response.closed:
        raise LinkLostError("the connection had ended before it was added")
    return _AiohttpTransport(asked, response, options.max_message_size)


async def refuse(connection: Any, refusal: Refusal) -> None:
    """Let aiohttp answer its handshake with an HTTP status.

    Raises:
        aiohttp.web.HTTPException: aiohttp makes the answer of it.
    """
    _, response = _parts(connection)
    if not response.prepared:
        from aiohttp import web

        refused = _EXCEPTIONS.get(refusal.status, "HTTPInternalServerError")
        raise getattr(web, refused)(text=refusal.text)


class _AiohttpTransport(Pumped):
    can_ping = True
    can_abort = True
    can_pause = True

    def __init__(
        self,
        asked: Any,
        response: "web.WebSocketResponse",
        max_size: int | None,
    ) -> None:
        super().__init__(request((asked, response)), max_size)
        self._response = response
        self._protocol: Any = getattr(asked, "protocol", None)
        self.remote_address = response.get_extra_info("peername")
        self.subprotocol = response.ws_protocol
        # It would answer pings itself and keep pongs back; without this attribute, as of
        # another version, it still does, and the pool sends no pings.
        if getattr(response, "_autoping", None) is None:
            self.can_ping = False
        else:
            response._autoping = False  # pyright: ignore[reportPrivateUsage]

    def close(self, code: int, reason: str) -> None:
        # A server that is ending drops what arrives, from before its first hook on: no
        # answer to our Close frame would be heard, and the whole deadline be waited for.
        if getattr(self._protocol, "_close", False):
            self._protocol._close = False
        super().close(code, reason)

    async def _receive(self) -> tuple[MessageType, bytes] | CloseInfo:
        while True:
            message = cast(Any, await self._response.receive())
            match int(message.type):
                case MessageType.TEXT:
                    data = message.data
                    return _TEXT, data.encode() if isinstance(data, str) else data
                case MessageType.BINARY:
                    return _BINARY, message.data
                case MessageType.PING:
                    await self._response.pong(message.data)
                case MessageType.PONG:
                    return _PONG, bytes(message.data)
                case MessageType.CLOSE:
                    return CloseInfo(
                        int(message.data or 1005), message.extra or "", "peer"
                    )
                case _:
                    return _ended(message.type.name, message.data)

    async def _send(self, type: MessageType, payload: bytes) -> None:
        await self._response.send_frame(payload, cast(Any, type))

    async def _send_close(self, code: int, reason: str) -> None:
        # Not `close()`, which would cut off a peer that has not answered yet.
        payload = code.to_bytes(2, "big") + reason.encode()
        await self._response.send_frame(payload, cast(Any, MessageType.CLOSE))

    def _cut(self) -> None:
        held = self._response.get_extra_info("socket")
        if held is None:
            return
        with (
            contextlib.suppress(OSError),
            socket.socket(fileno=os.dup(held.fileno())) as own,
        ):
            own.shutdown(socket.SHUT_RDWR)


def _ended(how: str, error: Any) -> CloseInfo:
    """How it ended, if not by the peer's Close frame."""
    if how == "CLOSING":  # our own Close frame has left
        return CloseInfo(1000, "", "us")
    code = getattr(error, "code", None)
    if code is not None:  # the peer broke the protocol, and was told so
        broke = PeerProtocolError(f"the peer broke the protocol: {error}")
        return CloseInfo(int(code), "", "us", False, broke)
    if isinstance(error, Exception):
        return CloseInfo(1006, "", "lost", False, lost_error(error))
    lost = LinkLostError("the connection ended without a Close frame")
    return CloseInfo(1006, "", "lost", False, lost)
