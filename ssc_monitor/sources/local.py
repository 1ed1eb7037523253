"""A pool in this very process, watched through its Unix socket like any other."""

import asyncio
import random
from asyncio import Task
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing

from ssc_monitor.model.visible import visible
from ssc_monitor.sources.remote import RemoteSource
from ssc_monitor.sources.source import Item, Lost
from ssc_rx.errors import InvalidOptionError, SscError, without_credentials
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from ssc_rx.pool import Pool

__all__ = ["LocalSource", "pause_s"]

POOL_NAME = "connect"
FIRST_PAUSE_S = 0.5
MAX_PAUSE_S = 30.0
STEADY_S = 10.0
"""A connection that held for so long begins a new series of pauses."""


class LocalSource:
    """Dials URLs, and dials them again whenever they drop, until it is closed.

    Args:
        urls: `ws://` or `wss://` URLs.
        headers: Sent with each opening request.

    Raises:
        InvalidUrlError, InvalidOptionError: If they can't be dialled.
    """

    def __init__(
        self, urls: Sequence[str], headers: Mapping[str, str] | None = None
    ) -> None:
        for url in urls:
            if urls.count(url) > 1:
                raise InvalidOptionError(f"{without_credentials(url)} is given twice")
        Pool(urls, name=POOL_NAME)  # checks them; our own doesn't give up at the start
        self._urls = tuple(urls)
        self._headers = dict(headers or {})
        self._pool = Pool(name=POOL_NAME, monitor="traffic", reconnect=None)
        self._remote: RemoteSource | None = None
        self._watch: wire.Watch | None = None
        self._dials: list[Task[None]] = []
        self._closed = False

    @property
    def name(self) -> str:
        """What is dialled."""
        first = visible(without_credentials(self._urls[0]), 80)
        more = len(self._urls) - 1
        return f"{first} and {more} more" if more else first

    async def frames(self) -> AsyncGenerator[Item, None]:
        """See `Source.frames`."""
        if self._closed:
            return
        try:
            await self._pool.start()
            path = self._pool.monitor_path
            assert path is not None
            self._remote = RemoteSource(path)
            if self._watch is not None:
                self._remote.request(self._watch)
            async with aclosing(self._remote.frames()) as frames:
                async for item in frames:
                    # Not before it is watched: nothing shall be missed.
                    if isinstance(item, wire.State) and not self._dials:
                        self._dial()
                    yield item
        except MonitorError as error:
            yield Lost(visible(str(error)), retry=False)
        finally:
            await self._stop()

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
        await self._stop()

    def _dial(self) -> None:
        self._dials = [
            asyncio.create_task(self._keep_open(url), name=f"keeps {url} open")
            for url in self._urls
        ]

    async def _keep_open(self, url: str) -> None:
        loop = asyncio.get_running_loop()
        attempt = 0
        while True:
            opened_at = loop.time()
            try:
                socket = await self._pool.add_server_socket(url, headers=self._headers)
                opened_at = loop.time()
                await socket.wait_closed()
            except SscError:
                pass  # an event of the pool tells why
            else:
                if loop.time() - opened_at > STEADY_S:
                    attempt = 0
            await asyncio.sleep(random.uniform(0, pause_s(attempt)))
            attempt += 1

    async def _stop(self) -> None:
        for dial in self._dials:
            dial.cancel()
        await asyncio.gather(*self._dials, return_exceptions=True)
        await self._pool.stop(deadline=1.0)


def pause_s(attempt: int) -> float:
    """The longest pause before a dial, after so many that failed in a row."""
    return min(MAX_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(attempt, 10))
