"""A pool in this very process, watched through its Unix socket like any other."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing, suppress
from functools import partial

import msgspec

from ssc_monitor.model.story import tell
from ssc_monitor.model.visible import visible
from ssc_monitor.sources.remote import RemoteSource
from ssc_monitor.sources.source import GivenUp, Item, Lost
from ssc_rx.errors import InvalidOptionError, SscError, without_credentials
from ssc_rx.message import Message
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from ssc_rx.options import Reconnect
from ssc_rx.pool import Pool
from ssc_rx.sockets import Socket

__all__ = ["LocalSource"]

POOL_NAME = "connect"
MAX_NAME = 400
"""Characters of an ID; the wire tells no more than 512."""


class LocalSource:
    """Dials URLs, and dials them again as a pool does, until it is closed.

    One that the pool gives up, as its server refused for good, is told as `GivenUp`;
    when none is left, that is the end.

    Args:
        urls: `ws://` or `wss://` URLs.
        headers: Sent with each opening request.
        subprotocols: Offered, in order of preference.
        greetings: Texts that are sent at every opening.
        name: The pool's name.
        again: Whether what can't be opened, or drops, is dialled again.

    Attributes:
        ended_well: Whether all connections have ended, each with a clean close.

    Raises:
        InvalidUrlError, InvalidOptionError: If they can't be dialled.
    """

    def __init__(
        self,
        urls: Sequence[str],
        headers: Mapping[str, str] | None = None,
        *,
        subprotocols: Sequence[str] = (),
        greetings: Sequence[str] = (),
        name: str = POOL_NAME,
        again: bool = True,
    ) -> None:
        for url in urls:
            if urls.count(url) > 1:
                raise InvalidOptionError(f"{without_credentials(url)} is given twice")
        Pool(urls, name=POOL_NAME)  # checks them
        self._ids = _names(urls)
        self._pool = Pool(
            {id: partial(self._when_watched, url) for id, url in self._ids.items()},
            name=name,
            headers=dict(headers or {}),
            subprotocols=tuple(subprotocols) or None,
            on_open=self._greet if greetings else None,
            reconnect=Reconnect() if again else None,
            monitor="control",
        )
        self._greetings = tuple(greetings)
        self._again = again
        self.ended_well = False
        self._watched = asyncio.Event()
        self._remote: RemoteSource | None = None
        self._watch: wire.Watch | None = None
        self._closed = False

    @property
    def name(self) -> str:
        """What is dialled."""
        first, *more = self._ids.values()
        name = visible(without_credentials(first), 80)
        return f"{name} and {len(more)} more" if more else name

    async def frames(self) -> AsyncGenerator[Item, None]:
        """See `Source.frames`."""
        if self._closed:
            return
        try:
            await self._pool.start(require="none")
            path = self._pool.monitor_path
            assert path is not None
            self._remote = RemoteSource(path)
            if self._watch is not None:
                self._remote.request(self._watch)
            left, well = set(self._ids), True
            async with aclosing(self._remote.frames()) as frames:
                async for item in frames:
                    if isinstance(item, wire.Hello):
                        # What happened since the start is not of the past for who asked.
                        item = msgspec.structs.replace(item, time=item.started_at)
                    yield item
                    if isinstance(item, wire.State):
                        self._watched.set()
                        if not left:  # what was told before the end has been told
                            self.ended_well = well
                            end = (
                                "no feed is left to dial"
                                if self._again
                                else "all ended"
                            )
                            yield Lost(end, retry=False)
                            return
                    if not isinstance(item, wire.Events):
                        continue
                    for lost, calm in self._given_up(item, left):
                        left.remove(lost.id)
                        well = well and calm
                        yield lost
        except MonitorError as error:
            yield Lost(visible(str(error)), retry=False)
        finally:
            await self._pool.stop(deadline=1.0)

    @property
    def why_not(self) -> str:
        """See `Source.why_not`."""
        return (
            "nothing is dialled yet" if self._remote is None else self._remote.why_not
        )

    def request(self, request: wire.Request) -> None:
        """See `Source.request`."""
        if isinstance(request, wire.Watch):
            self._watch = request
        if self._remote is not None:
            self._remote.request(request)

    async def close(self) -> None:
        """See `Source.close`."""
        self._closed = True
        if self._remote is not None:
            await self._remote.close()
        await self._pool.stop(deadline=1.0)

    async def _when_watched(self, url: str) -> str:
        """A URL, not before somebody sees what comes of it: nothing shall be missed."""
        await self._watched.wait()
        return url

    async def send(self, text: str) -> None:
        """Send a text to every server, as soon as it can be; not to those that ended."""
        await self._watched.wait()
        await asyncio.gather(*(self._send(id, text) for id in self._pool.list()))

    async def _send(self, id: str, text: str) -> None:
        with suppress(SscError):  # it ended, which is told
            await self._pool.send(Message.of(id, text))

    def _greet(self, socket: Socket) -> None:
        for text in self._greetings:
            socket.write(text)

    def _given_up(
        self, told: wire.Events, left: set[str]
    ) -> list[tuple[GivenUp, bool]]:
        """Those feeds that left the pool by themselves, with why; and if that is well."""
        if self._closed:
            return []
        lost = {
            event.id: event
            for event in told.events
            if event.name in ("DialFailed", "SocketClosed")
            and event.id in left
            and event.id not in self._pool
        }
        how = " was given up" if self._again else ""
        return [
            (
                GivenUp(id, tell(event).text.replace("headers=", "--header"), how),
                event.name == "SocketClosed" and tell(event).tone == "plain",
            )
            for id, event in lost.items()
        ]


def _names(urls: Sequence[str]) -> dict[str, str]:
    """URLs by IDs that hold no secrets, and that monitors therefore see as they are."""
    named: dict[str, str] = {}
    for url in urls:
        bare = without_credentials(url).partition("?")[0].partition("#")[0]
        name = id = visible(bare, MAX_NAME)
        namesakes = 1
        while id in named:
            namesakes += 1
            id = f"{name} ({namesakes})"
        named[id] = url
    return named
