"""`Pool`: many WebSocket connections, dialled and accepted, as one stream."""

import asyncio
import builtins
import math
from asyncio import Future
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from threading import get_ident
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal

from reactivex.scheduler.eventloop import AsyncIOScheduler

from ssc_rx.dialling import Headers, OnOpen, Url
from ssc_rx.driver import Driver
from ssc_rx.errors import (
    CloseTimeoutError,
    InvalidOptionError,
    PoolNotRunningError,
    PoolStartError,
)
from ssc_rx.events import PoolStopped
from ssc_rx.hosting import Asgi, asgi, lifespan, run_in
from ssc_rx.lag import LagWatch
from ssc_rx.members import Members
from ssc_rx.message import Message
from ssc_rx.monitor.opening import monitor_for
from ssc_rx.options import MonitorLevel, Options, Outbox, Reconnect
from ssc_rx.shared import Shared
from ssc_rx.sockets import Socket
from ssc_rx.sources import check_sources
from ssc_rx.threads import PoolThread, stop_elsewhere
from ssc_rx.watched import WatchedPool
from ssc_rx.wording import bare

if TYPE_CHECKING:
    from ssc_rx.monitor.server import Monitor

__all__ = ["Pool"]

GIVE_WAY_S = 10.0
"""How long a pool that takes the name of another waits for that to stop."""


class Pool(Members):
    """A pool of WebSocket connections on one event loop.

    Making one touches no event loop: it may be done anywhere, and its streams may be
    subscribed to at once. Everything else needs `start()`, or `async with pool:`, and
    from then on belongs to the thread of that event loop. A stopped pool stays stopped.

    Args:
        urls: What `start()` dials: URLs, which are the sockets' IDs as well, or a
            mapping of IDs to URLs, or to functions that give them at every dial.
        headers: Sent with each opening request to these URLs; see `add_server_socket`.
        subprotocols: Offered to the servers of these URLs, in order of preference.
        on_open: Called with the socket at every opening of these URLs, to log in and
            subscribe; see `add_server_socket`.
        ping_interval: Seconds between the pings of one socket; `None` sends none.
        name: The pool's name; the program's name and a number by default.
        ping_timeout, open_timeout, close_timeout, max_message_size, max_sockets,
            on_duplicate, origins, compression, outbox, reconnect, monitor, redact: See
            `ssc_rx.Options`.

    Raises:
        InvalidUrlError, InvalidIdError, EmptyIdError, DuplicateIdError: For `urls`.
        InvalidOptionError: For anything else.
    """

    def __init__(
        self,
        urls: Iterable[str] | Mapping[str, Url] = (),
        ping_interval: float | None = 45.0,
        *,
        name: str | None = None,
        headers: Headers | None = None,
        subprotocols: Sequence[str] | None = None,
        on_open: OnOpen | None = None,
        ping_timeout: float = 20.0,
        open_timeout: float = 10.0,
        close_timeout: float = 5.0,
        max_message_size: int | None = 1024 * 1024,
        max_sockets: int | None = None,
        on_duplicate: Literal["reject", "replace"] = "reject",
        origins: Sequence[str] | None = None,
        compression: Literal["deflate"] | None = None,
        outbox: Outbox = Outbox(),  # noqa: B008 - frozen
        reconnect: Reconnect | None = Reconnect(),  # noqa: B008 - frozen
        monitor: MonitorLevel | None = None,
        redact: Callable[[Message], bytes] | None = None,
    ) -> None:
        options = Options(
            ping_interval=ping_interval,
            ping_timeout=ping_timeout,
            open_timeout=open_timeout,
            close_timeout=close_timeout,
            max_message_size=max_message_size,
            max_sockets=max_sockets,
            on_duplicate=on_duplicate,
            origins=origins,
            compression=compression,
            outbox=outbox,
            reconnect=reconnect,
            monitor=monitor,
            redact=redact,
        )
        super().__init__(name, options)
        self._urls = check_sources(urls)
        if on_open is not None and not callable(on_open):
            raise InvalidOptionError(f"on_open must be a function, not {on_open!r}")
        self._how: dict[str, Any] = {
            "headers": headers,
            "subprotocols": subprotocols,
            "on_open": on_open,
        }
        self._stop_waiters: builtins.list[Future[None]] = []
        self._finishing = False
        self._stop_at = math.inf
        self._aborted = 0
        self._monitor: Monitor | None = None

    # Its beginning and its end

    async def start(self, require: Literal["any", "all", "none"] = "any") -> None:
        """Dial every URL, concurrently. On a running pool it does nothing.

        In IPython and Jupyter, a pool that got its name from you first stops the running
        one of that name: the one that the same cell made when it was run before.

        Args:
            require: "any" is content with one open socket; those that failed are told
                as `DialFailed` and dialled again in the background, unless `reconnect`
                is `None` or there is no hope. With "all" one failure closes the rest.
                "none" waits for nothing: all are dialled in the background, and a
                server that is down is none to fail for. A pool without URLs starts
                anyway.

        Raises:
            PoolStartError: If too little could be opened; the pool is then stopped.
            PoolNotRunningError: If the pool was stopped before.
            MonitorError: If the monitor that was asked for can't be opened.
        """
        if require not in ("any", "all", "none"):
            raise InvalidOptionError(
                f'require must be "any", "all" or "none", not {require!r}'
            )
        if self._state == "running":
            self._check_running("start")
            return
        if self._state != "new":
            raise PoolNotRunningError(self._name, self._state)
        for pool in self._predecessors():
            if isinstance(pool, Pool) and pool._driver is not None:
                await stop_elsewhere(pool, pool._driver.loop, GIVE_WAY_S)
        self._bind()
        try:
            if self._monitor is not None:
                await self._monitor.open()
            if require == "none":
                for id, url in self._urls.items():
                    self._begin(id, url)
                return
            errors = await self._dial_all(first_error=require == "all")
        except BaseException:
            await self.stop(0)
            raise
        if errors and (require == "all" or len(errors) == len(self._urls)):
            await self.stop()
            raise PoolStartError(
                f"the pool {self._name!r} could not start: {errors[0]}", errors
            )

    @property
    def monitor_path(self) -> Path | None:
        """The Unix socket at which monitors attach; `None` if they may not."""
        return None if self._monitor is None else self._monitor.path

    async def _dial_all(self, *, first_error: bool) -> builtins.list[Exception]:
        if not self._urls:
            return []
        driver = self._check_running("start")
        dials = [
            driver.spawn(
                self._dial_first(id, url, first_error), f"ssc-rx dials {bare(id)}"
            )
            for id, url in self._urls.items()
        ]
        when = asyncio.FIRST_EXCEPTION if first_error else asyncio.ALL_COMPLETED
        try:
            done, _ = await asyncio.wait(dials, return_when=when)
        finally:
            for task in dials:
                task.cancel()
            await asyncio.gather(*dials, return_exceptions=True)
        ended = [task for task in dials if task in done]  # in the order of the URLs
        errors = [task.exception() for task in ended if not task.cancelled()]
        return [error for error in errors if isinstance(error, Exception)]

    async def _dial_first(self, id: str, url: Url, all_needed: bool) -> None:
        if all_needed or self._options.reconnect is None:
            await self.add_server_socket(url, id=id, **self._how)
        elif (error := await self._begin(id, url)) is not None:
            raise error

    def _begin(self, id: str, url: Url) -> Future[Exception | None]:
        """Dial in the background; gives what becomes of the first attempt."""
        _, dialling = self._to_dial(id, url, self._options, **self._how)
        return dialling.begin()

    def _bind(self) -> None:
        """Belong to the running event loop from now on."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise PoolNotRunningError(self._name, self._state) from None
        self._thread = get_ident()
        self._rx_scheduler = AsyncIOScheduler(loop)
        self._driver = driver = Driver(loop, self._hops_refused, pool=self._name)
        self._ledger.clock = driver.wall
        self._holds.driver = driver
        self._shared = Shared(
            name=self._name,
            driver=driver,
            home=self._home,
            messages=self._messages,
            writes=self._writes,
            tell=self._ledger.tell,
            write_refused=self._ledger.write_refused,
            refused_late=self._ledger.refuse,
            takes_place=self._takes_place,
            round_trip=self._ledger.round_trip,
            connection_ended=self._ledger.connection_ended,
            gone=self._gone,
            ended=self._ended,
            joined=self._groups.joined,
            left=self._groups.left,
            holds=self._holds,
        )
        LagWatch(driver, self._ledger.lagged).begin()
        self._state = "running"
        watched = WatchedPool(
            name=self._name,
            registry=self._registry,
            messages=self._messages,
            groups=lambda: list(self._groups.hubs.values()),
            events=self.events,
            writes=self._writes,
            without_sockets=lambda: self._stats(with_sockets=False),
        )
        self._monitor = monitor_for(
            watched, self, driver, self._options, self._ledger.tell
        )
        self._timing.begin()

    def stop(self, deadline: float = 5.0) -> Future[None]:
        """Refuse new work, flush what is queued, close with 1001, complete the streams.

        It acts at the call, may be called anywhere on the event loop (in `on_next` too)
        and any number of times.

        Args:
            deadline: Seconds after which sockets that aren't closed yet are cut off;
                0 cuts them off at once.

        Returns:
            An awaitable of the end, which may be dropped; cancelling it stops nothing.

        Raises:
            WrongThreadError: If called from another thread.
        """
        number = isinstance(deadline, (int, float)) and not isinstance(deadline, bool)
        if not number or not math.isfinite(deadline):
            raise InvalidOptionError(
                f"deadline must be a finite number of seconds, not {deadline!r}; "
                "0 cuts every socket off at once"
            )
        if self._state == "new":
            self._bind()
        driver = self._check_running("stop", stopping=True, stopped=True)
        waiter: Future[None] = driver.loop.create_future()
        if self._state == "stopped":
            waiter.set_result(None)
            return waiter
        self._stop_waiters.append(waiter)
        self._state = "stopping"
        deadline = max(0.0, deadline)
        self._stop_at = min(self._stop_at, driver.now() + deadline)
        for server in self._servers:
            server.close()
        for socket in (*self._registry.everyone(), *self._replaced):
            socket.end(1001, "going away", stop_deadline=deadline)
        self._finish_when_empty()
        return waiter

    def wait_stopped(self) -> Future[None]:
        """Wait until it has stopped, whoever stops it. Cancelling it has no effect.

        Raises:
            PoolNotRunningError: Before `start()`. WrongThreadError
        """
        driver = self._check_running("wait_stopped", stopping=True, stopped=True)
        waiter: Future[None] = driver.loop.create_future()
        if self._state == "stopped":
            waiter.set_result(None)
        else:
            self._stop_waiters.append(waiter)
        return waiter

    def in_thread(self) -> PoolThread["Pool"]:
        """Run this pool on a thread of its own: `with pool.in_thread() as thread:`.

        For scripts, REPLs, and programs that block their own thread.
        """
        return PoolThread(self)

    def _finish_when_empty(self) -> None:
        nobody = not self._registry and not self._replaced
        if self._state == "stopping" and nobody and not self._finishing:
            assert self._driver is not None
            self._finishing = True
            # In a later turn: this may run inside an observer of what is to complete.
            self._driver.soon(self._close_driver)

    def _close_driver(self) -> None:
        """End the handshakes that are under way, then finish."""
        assert self._driver is not None
        if self._monitor is not None:
            self._monitor.close()
        grace = max(0.0, self._stop_at - self._driver.now())
        self._driver.close(self._finish, grace)

    def _finish(self) -> None:
        ledger = self._ledger
        self._state = "stopped"
        for stream in self._to_complete:
            stream.complete()
        self._groups.complete()
        ledger.events.complete(PoolStopped(aborted=self._aborted, time=ledger.clock()))
        for waiter in self._stop_waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _ended(self, socket: Socket) -> None:
        self._replaced.discard(socket)
        info = socket.close_info
        if self._state == "stopping" and info is not None:
            self._aborted += isinstance(info.error, CloseTimeoutError)
        self._finish_when_empty()

    # As long as a web application

    def lifespan(self, app: object = None) -> AbstractAsyncContextManager[None]:
        """Run as long as an ASGI application does: `FastAPI(lifespan=pool.lifespan)`.

        The same for Starlette, and `Litestar(lifespan=[pool.lifespan])`. As a server
        ends, clients see 1001, or 1012 of a server that tells them first (uvicorn).
        """
        return lifespan(self)

    def run_in(self, app: Any) -> None:
        """Run as long as an application of aiohttp or Quart does: `pool.run_in(app)`.

        Raises:
            InvalidOptionError: If it is none.
        """
        run_in(self, app)

    def asgi(self, app: Asgi) -> Asgi:
        """Run as long as an ASGI application that has no lifespan of its own.

        `application = pool.asgi(ProtocolTypeRouter(...))` of Django Channels, for one.
        """
        return asgi(self, app)

    async def __aenter__(self) -> "Pool":
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()
