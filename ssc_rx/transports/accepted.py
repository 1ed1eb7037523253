"""The accepting side of an opening handshake (RFC 6455 section 4.2)."""

import asyncio
from collections.abc import Callable

from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from ssc_rx.transports.link import Link

__all__ = ["AcceptedLink"]

MAX_LIST_BYTES = 8 * 1024
"""Of the headers that are lists, all together: one full line.

They are read one element at a time, 3 µs each. The 128 lines that websockets lets through
would hold up the event loop for seconds, for the price of one request.
"""
_LISTS = ("Connection", "Upgrade", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol")


class AcceptedLink(Link):
    """A link that a peer began; `arrived` is told as soon as it is connected."""

    __slots__ = ("_arrived", "_lost", "_server_protocol")

    def __init__(
        self,
        protocol: ServerProtocol,
        loop: asyncio.AbstractEventLoop,
        arrived: Callable[["AcceptedLink"], object],
    ) -> None:
        super().__init__(protocol, loop)
        self._server_protocol = protocol
        self._arrived = arrived
        self._lost: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._arrived(self)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(None)

    async def read_request(self) -> Request | None:
        """Wait for the opening request; `None` if none came that could be read.

        What came with it, and can't be read, is as bad: nothing can be sent any more.
        """
        event = await self._handshake_event()
        if isinstance(event, Request) and not self._protocol.eof_sent:
            self.request = event
        return self.request

    def check_request(self, request: Request) -> Response:
        """The answer that RFC 6455 asks for; nothing is sent yet."""
        headers = request.headers
        lists = [value for name in _LISTS for value in headers.get_all(name)]
        if sum(map(len, lists)) > MAX_LIST_BYTES:
            return self.rejection(431, f"{', '.join(_LISTS)}: too long.\n")
        return self._server_protocol.accept(request)

    def rejection(self, status: int, text: str) -> Response:
        """A plain HTTP answer."""
        return self._server_protocol.reject(status, text)

    def respond(self, response: Response) -> bool:
        """Send the answer; tells whether the connection is open with it."""
        if self._closed is not None or self._protocol.state is not State.CONNECTING:
            return False
        self._server_protocol.send_response(response)
        self._send_protocol_data()
        if response.status_code == 101:
            return True
        self._read_on()  # to see the peer leave
        return False

    def hang_up(self) -> None:
        """End a handshake that came to nothing; what was answered still leaves."""
        if self._protocol.eof_sent and not self._paused:
            self.transport.close()
        else:
            self.abort()

    async def wait_lost(self) -> None:
        """Wait until the connection is gone; for handshakes that came to nothing."""
        if self._closed is None:
            self._lost = self._loop.create_future()
            await self._lost
