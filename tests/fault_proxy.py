"""A TCP proxy that does to a connection what networks do, switchable while it runs.

The names are toxiproxy's. A *toxic* acts on what passes in one direction: `upstream` is
from the client to the server, `downstream` the other way. What ends a connection, or
holds it up as a whole, is a method of the proxy.

    tests/toxics.py:  Latency · Bandwidth · Slicer · SlowClose · Timeout · LimitData
    here:             cut · reset_peer · stop and resume · down and up
"""

import asyncio
import socket
import struct
from types import TracebackType
from typing import Literal

from tests.toxics import CutOff, Toxic, passed_through

__all__ = ["FaultProxy", "Stream"]

Stream = Literal["upstream", "downstream"]
STREAMS: tuple[Stream, ...] = ("upstream", "downstream")
_BUFFER_BYTES = 64 * 1024  # of the operating system: a peer that stops is felt soon
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 s


class _Line:
    """One connection through the proxy: the client's half and the server's."""

    def __init__(
        self, proxy: "FaultProxy", client: socket.socket, server: socket.socket
    ) -> None:
        self._proxy = proxy
        self._halves = (client, server)
        self._task = asyncio.create_task(self._run(), name="fault proxy line")

    async def _run(self) -> None:
        client, server = self._halves
        try:
            async with asyncio.TaskGroup() as pumps:
                pumps.create_task(self._pump(client, server, "upstream"))
                pumps.create_task(self._pump(server, client, "downstream"))
        except* CutOff:
            pass
        except* OSError:  # one half was reset: so is the other
            self._reset_on_close()
        finally:
            for half in self._halves:
                half.close()
            self._proxy.lines.discard(self)

    async def _pump(
        self, source: socket.socket, sink: socket.socket, stream: Stream
    ) -> None:
        loop = asyncio.get_running_loop()
        proxy = self._proxy
        try:
            while data := await loop.sock_recv(source, _BUFFER_BYTES):
                await proxy.going.wait()
                async for piece in passed_through(list(proxy.toxics[stream]), data):
                    await proxy.going.wait()
                    await loop.sock_sendall(sink, piece)
                    proxy.passed_bytes[stream] += len(piece)
        except OSError:  # a reset is an end as well: what holds ends back holds it
            await self._hold_end_back(stream)
            raise
        await self._hold_end_back(stream)
        sink.shutdown(socket.SHUT_WR)

    async def _hold_end_back(self, stream: Stream) -> None:
        await self._proxy.going.wait()
        for toxic in list(self._proxy.toxics[stream]):
            await toxic.pass_end()

    def _reset_on_close(self) -> None:
        for half in self._halves:
            half.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)

    async def end(self, *, reset: bool) -> None:
        if reset:
            self._reset_on_close()
        self._task.cancel()
        await asyncio.wait([self._task])


class FaultProxy:
    """Listens on loopback and passes on to a server on loopback; `async with` it.

    Attributes:
        toxics: What acts on each stream, in order; see `add`.
        passed_bytes: How much got through.
        lines: The connections that are open.
        going: Cleared while it is stopped.
    """

    def __init__(self, url: str) -> None:
        host, _, port = url.removeprefix("ws://").partition(":")
        self._server = (host, int(port))
        self._port = 0
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self.toxics: dict[Stream, list[Toxic]] = {stream: [] for stream in STREAMS}
        self.passed_bytes: dict[Stream, int] = dict.fromkeys(STREAMS, 0)
        self.lines: set[_Line] = set()
        self.going = asyncio.Event()
        self.going.set()

    @property
    def url(self) -> str:
        """Where to connect to reach the server through it."""
        return f"ws://127.0.0.1:{self._port}"

    def add(self, toxic: Toxic, stream: Stream | None = None) -> Toxic:
        """Let a toxic act on one stream, or on both; on what is read from now on."""
        for each in STREAMS if stream is None else (stream,):
            self.toxics[each].append(toxic)
        return toxic

    def remove(self, *toxics: Toxic) -> None:
        """End what toxics do, or all of them; what they hold back goes on at once."""
        for stream in STREAMS:
            for toxic in list(self.toxics[stream]):
                if not toxics or toxic in toxics:
                    self.toxics[stream].remove(toxic)
                    toxic.removed.set()

    def stop(self) -> None:
        """Read and pass on no more, as a process that was stopped; nothing is lost."""
        self.going.clear()

    def resume(self) -> None:
        """Go on after `stop`."""
        self.going.set()

    async def cut(self) -> None:
        """End every connection at once, with a FIN to both halves."""
        await self._end_lines(reset=False)

    async def reset_peer(self) -> None:
        """End every connection at once, with an RST to both halves."""
        await self._end_lines(reset=True)

    async def down(self) -> None:
        """The server is gone: connections are reset, and new ones refused."""
        if self._accepting is not None and self._listener is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])
            self._listener.close()
        self._accepting = self._listener = None
        await self.reset_peer()

    async def up(self) -> None:
        """The server is there again, at the same port."""
        listener = _new_socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        listener.listen(100)
        self._port = listener.getsockname()[1]
        self._listener = listener
        self._accepting = asyncio.create_task(
            self._accept(listener), name="fault proxy accepts"
        )

    async def _end_lines(self, *, reset: bool) -> None:
        for line in list(self.lines):
            await line.end(reset=reset)

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            client, _ = await loop.sock_accept(listener)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = _new_socket()
            try:
                await loop.sock_connect(server, self._server)
            except BaseException as error:
                client.close()
                server.close()
                if not isinstance(error, OSError):
                    raise
                continue
            self.lines.add(_Line(self, client, server))

    async def __aenter__(self) -> "FaultProxy":
        await self.up()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.down()


def _new_socket() -> socket.socket:
    made = socket.socket()
    made.setblocking(False)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for buffer in (socket.SO_RCVBUF, socket.SO_SNDBUF):  # a listener's are inherited
        made.setsockopt(socket.SOL_SOCKET, buffer, _BUFFER_BYTES)
    return made
