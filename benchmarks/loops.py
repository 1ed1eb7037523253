"""The event loops that a run may be on; what they dial has small receive buffers."""

import asyncio
import socket
from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from benchmarks.job import LoopName
from benchmarks.shaping import RECEIVE_BYTES

__all__ = ["new_loop", "uvloop_installed"]

if TYPE_CHECKING:
    _Loop = asyncio.SelectorEventLoop
else:
    _Loop = object


class _SmallBuffers(_Loop):
    """Every way to dial goes through here, so all sides are treated alike.

    Once a connection is open it is too late: the peer was promised a larger window, fills
    it, and what doesn't fit into the smaller buffer is dropped and sent again.
    """

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        await super().sock_connect(sock, address)

    async def create_connection(self, *arguments: Any, **more: Any) -> Any:
        factory, host, port = (*arguments, None, None)[:3]
        host, port = more.pop("host", host), more.pop("port", port)
        if host is None:
            return await super().create_connection(factory, **more)
        # asyncio sets TCP_NODELAY only of what says that it is TCP.
        sock = socket.socket(proto=socket.IPPROTO_TCP)
        sock.setblocking(False)
        await self.sock_connect(sock, (host, port))
        return await super().create_connection(factory, sock=sock, **more)


class _Asyncio(_SmallBuffers, asyncio.SelectorEventLoop):
    pass


def uvloop_installed() -> bool:
    """Whether uvloop can be measured, and drive the load."""
    return find_spec("uvloop") is not None


def new_loop(name: LoopName) -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes an event loop of that name."""
    if name == "uvloop":
        import uvloop

        class _Uvloop(_SmallBuffers, uvloop.Loop):  # type: ignore[misc]
            pass

        return _Uvloop
    return _Asyncio
