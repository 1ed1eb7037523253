"""The pool of a storm: an echo, which also tells what each connection was to it."""

import asyncio
import zlib
from collections import Counter

from websockets.http11 import Request

from ssc_rx import (
    DialError,
    Event,
    Message,
    Pool,
    Reconnect,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    WritesLost,
)
from tests.soak.books import Books
from tests.soak.control import Control
from tests.soak.far_end import cut
from tests.soak.planted import plant_in
from tests.soak.stamp import CLOSE, ECHO, END, KILL, STAMP_BYTES, read_stamp
from tests.soak.words import (
    AnyOrder,
    Check,
    Checked,
    Dial,
    Ended,
    Listening,
    Stop,
    Stopped,
    Storm,
)

__all__ = ["storm"]

AGAIN_SOON = Reconnect(min_delay=0.02, max_delay=0.3, min_uptime=1.0)
PATIENCE_S = 30.0
"""Of close and open: the machine may be busy, and no ending here is to be a timeout."""


class _Connection:
    """What is known of a socket's connection until it ends."""

    def __init__(self, socket: Socket) -> None:
        self.socket = socket
        self.before = Books.of(socket.stats)
        self.connection = 0
        self.received = 0
        self.digest = 0
        self.refused = 0
        self.told_lost: Counter[str] = Counter()

    def ended(self, clean: bool) -> Ended:
        return Ended(
            id=self.socket.id,
            connection=self.connection,
            digest=self.digest,
            received=self.received,
            refused=self.refused,
            clean=clean,
            told_lost=dict(self.told_lost),
            books=Books.of(self.socket.stats).since(self.before),
            dialled=self.socket.kind == "server",
        )


class _Echo:
    """Answers messages, obeys them, and tells of connections that end."""

    def __init__(self, pool: Pool, control: Control[AnyOrder]) -> None:
        self._pool = pool
        self._control = control
        self._open: dict[str, _Connection] = {}
        self._urls: dict[str, str] = {}
        self._dials: set[asyncio.Task[None]] = set()
        pool.events.subscribe(self._happened)
        pool.messages.subscribe(self._received)

    def dial(self, id: str, url: str) -> None:
        """Keep a server socket open, until a message ends it for good."""
        self._urls[id] = url
        task = asyncio.create_task(self._dial(id, url))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _dial(self, id: str, url: str) -> None:
        while True:
            try:
                await self._pool.add_server_socket(url, id=id)
            except (DialError, SocketClosedError):
                await asyncio.sleep(0.05)  # killed before it was open
            else:
                return

    def _received(self, message: Message) -> None:
        connection = self._open[message.id]
        payload = message.payload
        connection.received += 1
        connection.digest = zlib.crc32(payload[:STAMP_BYTES], connection.digest)
        if connection.connection == 0:
            connection.connection = read_stamp(payload)[0]
        try:
            self._pool.write(message)
        except SocketClosedError:
            connection.refused += 1
        command = payload[STAMP_BYTES : STAMP_BYTES + 1]
        if command != ECHO:
            self._obey(command, connection.socket)

    def _obey(self, command: bytes, socket: Socket) -> None:
        if command == CLOSE:
            socket.close(4000, "as told")
        elif command == KILL:
            # From below, as a network fails: no door of the pool leads there.
            cut(socket._transport.transport)  # type: ignore[union-attr]
        elif command == END:
            self._urls.pop(socket.id, None)
            socket.close(1000)

    def _happened(self, event: Event) -> None:
        match event:
            case SocketOpened():
                self._open[event.id] = _Connection(self._pool[event.id])
            case WritesLost():
                lost = self._open[event.id].told_lost
                lost[event.reason] += event.messages
            case SocketClosed():
                self._ended(event.id, event.info.clean)
                if event.id in self._urls:
                    self.dial(event.id, self._urls[event.id])
            case ReconnectScheduled(info=info) if info is not None:
                self._ended(event.id, info.clean)
            case _:
                pass

    def _ended(self, id: str, clean: bool) -> None:
        connection = self._open.pop(id, None)
        if connection is not None:
            self._control.tell(connection.ended(clean))


async def storm(order: Storm, control: Control[AnyOrder]) -> None:
    """Echo whatever comes, until told to stop."""
    if order.plant is not None:
        plant_in(order.plant)
    pool = Pool(
        ping_interval=1.0,  # control frames in between, as in life
        ping_timeout=PATIENCE_S,
        open_timeout=PATIENCE_S,
        close_timeout=PATIENCE_S,
        reconnect=AGAIN_SOON,
    )
    echo = _Echo(pool, control)
    async with pool, pool.serve("127.0.0.1", id=_id_of) as server:
        control.tell(Listening(url=server.url))
        while True:
            match await control.hear():
                case Dial(id=id, url=url):
                    echo.dial(id, url)
                case Check():
                    stats = pool.stats()
                    sockets = [Books.of(socket) for socket in stats.sockets]
                    control.tell(Checked(pool=Books.of(stats), sockets=sockets))
                case Stop():
                    break
                case _:
                    pass
        await pool.stop()
    control.tell(Stopped.of(pool.stats()))


def _id_of(request: Request) -> str:

    return request.path.removeprefix("/")
