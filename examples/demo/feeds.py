"""The other process: a server of six feeds, and the traders that dial the desk.

It is started by `child.py`, told what to do through its standard input, and ends with it.
"""

import asyncio
import random
from contextlib import suppress
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request

from examples.demo.event_loop import run
from examples.demo.inbox import Inbox
from examples.demo.market import FEEDS
from examples.demo.pipe import (
    Counted,
    Listening,
    Quiet,
    Report,
    Serving,
    say,
)
from examples.demo.traders import NAMES, Trader
from ssc_rx import Event, Pool, Socket, SocketClosedError, SocketOpened, SocketState

FLAKY = "flaky"


class FeedServer:
    """Sends to whoever connects to `/quotes`, `/trades` and so on.

    Attributes:
        pool: Its subscribers, by the name of their feed.
        breaks: How often the flaky feed broke its connection.
    """

    def __init__(self) -> None:
        self.pool = Pool(name="feeds")
        self.breaks = 0
        self._served: list[Socket] = []
        self._sending = True

    def sent(self) -> dict[str, int]:
        """How many messages each feed has written."""
        sent = dict.fromkeys(FEEDS, 0)
        for socket in self._served:
            sent[socket.id] += socket.stats.accepted
        return sent

    async def send(self) -> None:
        """Send to every subscriber, until cancelled; the connections stay."""
        async with asyncio.TaskGroup() as group:

            def start(event: Event) -> None:
                if isinstance(event, SocketOpened):
                    socket = self.pool[event.id]
                    self._served.append(socket)
                    group.create_task(self._feed(socket), name=f"feed {socket.id}")

            subscription = self.pool.events.subscribe(start)
            try:
                await asyncio.Event().wait()
            finally:
                subscription.dispose()
                self._sending = False

    async def _feed(self, socket: Socket) -> None:
        with suppress(SocketClosedError):  # the subscriber left
            await FEEDS[socket.id](socket)

    async def accept_flaky(self, connection: ServerConnection) -> None:
        """The route of another web server, whose connection joins the pool.

        `pool.serve` would do; but this way there is a connection to cut.
        """
        async with self.pool.add_client_socket(FLAKY, connection) as socket:
            with suppress(TimeoutError):
                async with asyncio.timeout(random.uniform(3, 5)):
                    await socket.wait_closed()
            if socket.state is SocketState.OPEN and self._sending:
                self.breaks += 1
                if self.breaks % 2:
                    socket.close(1012, "service restart")
                else:
                    connection.transport.abort()
            await socket.wait_closed()


def feed_name(request: Request) -> str:
    """A subscriber's ID: the path it asked for."""
    name = urlsplit(request.path).path.strip("/")
    if name not in FEEDS:
        raise PermissionError(f"there is no feed {name!r}")
    return name


async def main() -> None:
    """Serve, trade, report, until the parent closes the pipe."""
    inbox = Inbox()
    feeds = FeedServer()
    async with (
        feeds.pool as pool,
        pool.serve(id=feed_name) as server,
        serve(feeds.accept_flaky, "127.0.0.1", 0, compression=None) as flaky_server,
    ):
        urls = {name: f"{server.url}/{name}" for name in FEEDS}
        port = next(iter(flaky_server.sockets)).getsockname()[1]
        urls[FLAKY] = f"ws://127.0.0.1:{port}/"
        try:
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(feeds.send(), name="feeds")
                await asyncio.sleep(0)  # it listens to the pool before anyone dials
                say(Listening(urls))
                await _trade(inbox, feeds, group, sending)
        except* EOFError:
            pass


async def _trade(
    inbox: Inbox,
    feeds: FeedServer,
    group: asyncio.TaskGroup,
    sending: asyncio.Task[None],
) -> None:
    desk = await inbox.get(Serving)
    quiet = asyncio.Event()
    traders = [Trader(name) for name in NAMES]
    for trader in traders:
        group.create_task(trader.trade(desk.url, quiet), name=trader.id)
    await inbox.get(Quiet)
    sending.cancel()
    quiet.set()
    for trader in traders:
        await trader.settled.wait()
    stats = feeds.pool.stats()
    say(
        Report(
            sent=feeds.sent(),
            breaks=feeds.breaks,
            traders={trader.id: trader.counts for trader in traders},
            counted=Counted(
                accepted=stats.accepted,
                handed_over=stats.messages_out,
                queued=stats.queued,
                failed=stats.failed_total,
            ),
        )
    )
    await inbox.closed()


if __name__ == "__main__":
    run(main())
