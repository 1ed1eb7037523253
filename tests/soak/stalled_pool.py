"""The pool of broadcasts, of whose peers some don't read."""

import asyncio
import socket as socket_module
import time

from websockets.http11 import Request

from ssc_rx import Message, Outbox, Overflow, Pool, Socket
from ssc_rx.transports.link import Link
from tests.soak.books import Books
from tests.soak.broadcasts import STEP, text_of
from tests.soak.control import Control
from tests.soak.machine import memory_bytes, pin
from tests.soak.words import (
    Acked,
    AnyOrder,
    Listening,
    Stalled,
    StalledSocket,
    Stop,
    Stopped,
    Written,
)

__all__ = ["stalled"]

SEND_BUFFER_BYTES = 64 * 1024
"""Of the operating system, for each connection: else megabytes go there before a peer
that doesn't read is noticed."""
CLOSE_TIMEOUT_S = 1.0
BUSY_S = 5.0
"""What a busy machine may add to that."""


class _Watched:
    """A socket whose peer doesn't read."""

    def __init__(self, socket: Socket) -> None:
        self._socket = socket
        link = socket._transport
        assert isinstance(link, Link)
        self._transport = link.transport
        self._most_queued = 0
        self._most_buffered = 0

    def look(self) -> None:
        """See what it holds now."""
        self._most_queued = max(self._most_queued, self._socket.stats.queued)
        buffered = self._transport.get_write_buffer_size()
        self._most_buffered = max(self._most_buffered, buffered)

    async def wait_closed(self) -> None:
        """Wait until it has gone."""
        await self._socket.wait_closed()

    def cost(self) -> StalledSocket:
        """What it cost."""
        socket = self._socket
        info, stats = socket.close_info, socket.stats
        return StalledSocket(
            state=str(socket.state.value),
            close_code=None if info is None else info.code,
            queued_bytes=stats.queued_bytes,
            most_queued=self._most_queued,
            most_buffered_bytes=self._most_buffered,
            books=Books.of(stats),
        )


class _Acks:
    """How far all healthy peers are."""

    def __init__(self, control: Control[AnyOrder]) -> None:
        self._control = control
        self.broadcasts = -1

    async def reach(self, broadcasts: int) -> None:
        """Wait until they have received that many."""
        while self.broadcasts < broadcasts:
            match await self._control.hear():
                case Acked(broadcasts=n):
                    self.broadcasts = n
                case other:
                    raise ValueError(f"not now: {other!r}")


async def stalled(order: Stalled, control: Control[AnyOrder]) -> None:
    """Broadcast as fast as the healthy peers receive."""
    pin(order.core)
    pool = Pool(
        ping_interval=None,
        close_timeout=CLOSE_TIMEOUT_S,
        outbox=Outbox(
            messages=order.outbox_messages, overflow=Overflow(order.overflow)
        ),
    )
    acks = _Acks(control)
    async with pool, pool.serve("127.0.0.1", id=_id_of) as server:
        control.tell(Listening(url=server.url))
        await acks.reach(0)  # all are connected
        assert len(pool) == order.sockets
        for socket in map(pool.__getitem__, pool):
            _limit_send_buffer(socket)
        watched = [_Watched(pool[id]) for id in pool if id.startswith("stalled")]
        begun, cpu_begun = time.monotonic(), time.process_time()
        most_bytes = await _broadcast(order, pool, acks, watched)
        seconds = time.monotonic() - begun
        cpu_s = time.process_time() - cpu_begun
        if order.overflow == Overflow.CLOSE.value:
            ends = [asyncio.ensure_future(each.wait_closed()) for each in watched]
            await asyncio.wait(ends, timeout=CLOSE_TIMEOUT_S + BUSY_S)
        control.tell(
            Written(
                seconds=seconds,
                cpu_s=cpu_s,
                sockets=[each.cost() for each in watched],
                most_bytes=most_bytes,
            )
        )
        assert isinstance(await control.hear(), Stop)
        await pool.stop()
    control.tell(Stopped.of(pool.stats()))


async def _broadcast(
    order: Stalled, pool: Pool, acks: _Acks, watched: list[_Watched]
) -> int:
    """Write all; gives the most memory that the process held."""
    most_bytes = 0
    for first in range(1, order.broadcasts + 1, STEP):
        await acks.reach(first - 1 - order.window)
        for number in range(first, first + STEP):
            pool.write_all(Message.of("", text_of(number, order.message_bytes)))
        await asyncio.sleep(0)
        for each in watched:
            each.look()
        most_bytes = max(most_bytes, memory_bytes())
    await acks.reach(order.broadcasts)
    return most_bytes


def _limit_send_buffer(socket: Socket) -> None:
    link = socket._transport
    assert isinstance(link, Link)
    raw = link.transport.get_extra_info("socket")
    raw.setsockopt(socket_module.SOL_SOCKET, socket_module.SO_SNDBUF, SEND_BUFFER_BYTES)


def _id_of(request: Request) -> str:
    return request.path.removeprefix("/")
