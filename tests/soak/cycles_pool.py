"""The pool of connect, write, close cycles, and what its process holds between them."""

import asyncio
import gc
import sys

from websockets.http11 import Request

from ssc_rx import (
    Message,
    Pool,
    Socket,
    SocketClosedError,
    SocketOpened,
    UnknownSocketError,
)
from ssc_rx.streams.hub import Subscription
from tests.soak.books import Books
from tests.soak.control import Control
from tests.soak.far_end import cut
from tests.soak.machine import memory_bytes, open_descriptors
from tests.soak.stamp import CLOSE, KILL
from tests.soak.words import (
    AnyOrder,
    Cycles,
    Dial,
    Footprint,
    Listening,
    Measure,
    Measured,
    Stop,
    Stopped,
)

__all__ = ["cycles", "footprint"]

PATIENCE_S = 30.0


def footprint() -> Footprint:
    """What this process holds, after a look for what nobody holds any more."""
    gc.collect()
    blocks = sys.getallocatedblocks()
    tracked = gc.get_objects()
    return Footprint(
        memory_bytes=memory_bytes(),
        blocks=blocks,
        objects=len(tracked),
        tasks=len(asyncio.all_tasks()),
        descriptors=open_descriptors(),
        # uvloop's timers are a class of their own, which has the same name.
        timers=sum(
            type(each).__name__ == "TimerHandle" and not each.cancelled()
            for each in tracked
        ),
        observers=sum(type(each) is Subscription for each in tracked),
    )


class _Dials:
    """Opens server sockets, each for one cycle."""

    def __init__(self, pool: Pool, order: Cycles) -> None:
        self._pool = pool
        self._leaks = order.leak
        self._leaked: list[Socket] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def dial(self, id: str, url: str) -> None:
        task = asyncio.create_task(self._cycle(id, url))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _cycle(self, id: str, url: str) -> None:
        socket = await self._pool.add_server_socket(url, id=id, reconnect=None)
        # An observer of its own, that nobody disposes: it has to go with the socket.
        socket.messages.subscribe(lambda message: None)
        await socket.wait_closed()
        if self._leaks:
            self._leaked.append(socket)


async def cycles(order: Cycles, control: Control[AnyOrder]) -> None:
    """Dial, accept, echo, close and cut as told."""
    pool = Pool(open_timeout=PATIENCE_S, close_timeout=PATIENCE_S)

    def received(message: Message) -> None:
        socket = pool[message.id]
        try:
            pool.write(message)
        except (SocketClosedError, UnknownSocketError):
            return  # it left already
        if message.payload == CLOSE:
            socket.close()
        elif message.payload == KILL:
            cut(socket._transport.transport)  # type: ignore[union-attr]

    pool.messages.subscribe(received)
    pool.events.subscribe(lambda event: isinstance(event, SocketOpened))
    dials = _Dials(pool, order)
    async with pool, pool.serve("127.0.0.1", id=_id_of) as server:
        control.tell(Listening(url=server.url))
        while True:
            match await control.hear():
                case Dial(id=id, url=url):
                    dials.dial(id, url)
                case Measure():
                    await _quiet(pool)
                    stats = pool.stats()
                    control.tell(Measured(footprint=footprint(), pool=Books.of(stats)))
                case Stop():
                    break
                case _:
                    pass
        await pool.stop()
    control.tell(Stopped.of(pool.stats()))


async def _quiet(pool: Pool) -> None:
    """Wait until the last socket has gone, and everything that was about it."""
    async with asyncio.timeout(PATIENCE_S):
        # Nobody tells when the last task has ended.
        while len(pool) or len(asyncio.all_tasks()) > 1:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _id_of(request: Request) -> str:
    return request.path.removeprefix("/")
