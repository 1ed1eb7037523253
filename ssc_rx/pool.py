"""`Pool`: many WebSocket connections, dialled and accepted, as one stream."""

import asyncio
import builtins
import ssl as ssl_module
from asyncio import Future
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from threading import get_ident
from types import TracebackType
from typing import Any, Literal, Unpack

from reactivex.scheduler.eventloop import AsyncIOScheduler

from ssc_rx.accepting import Accepting
from ssc_rx.adapters import adapter_for
from ssc_rx.core.registry import check_id
from ssc_rx.driver import Driver
from ssc_rx.endpoint import Endpoint, Shared
from ssc_rx.errors import (
    DuplicateIdError,
    InvalidOptionError,
    PoolNotRunningError,
    PoolStartError,
    SocketClosedError,
)
from ssc_rx.events import CloseInfo, PoolStopped, SocketKind, SocketOpening
from ssc_rx.options import Options, Outbox, SocketOptions
from ssc_rx.ports import Transport
from ssc_rx.server import IdOf, ProcessRequest, Server, check_origin
from ssc_rx.sockets import Socket, check_close
from ssc_rx.transports.dialer import check_url, dial
from ssc_rx.writing import Writing

__all__ = ["Pool"]


class Pool(Writing):
    """A pool of WebSocket connections on one event loop.

    Making one touches no event loop: it may be done anywhere, and its streams may be
    subscribed to at once. Everything else needs `start()`, or `async with pool:`, and
    from then on belongs to the thread of that event loop. A stopped pool stays stopped.

    Args:
        urls: What `start()` dials: URLs, which are the sockets' IDs as well, or a
            mapping of IDs to URLs.
        ping_interval: Seconds between the pings of one socket; `None` sends none.
        name: The pool's name; the program's name and a number by default.
        ping_timeout, open_timeout, close_timeout, max_message_size, max_sockets,
            origins, compression, outbox: See `ssc_rx.Options`.

    Raises:
        InvalidUrlError, InvalidIdError, EmptyIdError, DuplicateIdError: For `urls`.
        InvalidOptionError: For anything else.
    """

    def __init__(
        self,
        urls: Iterable[str] | Mapping[str, str] = (),
        ping_interval: float | None = 45.0,
        *,
        name: str | None = None,
        ping_timeout: float = 20.0,
        open_timeout: float = 10.0,
        close_timeout: float = 5.0,
        max_message_size: int | None = 1024 * 1024,
        max_sockets: int | None = None,
        origins: Sequence[str] | None = None,
        compression: Literal["deflate"] | None = None,
        outbox: Outbox = Outbox(),  # noqa: B008 - frozen
    ) -> None:
        options = Options(
            ping_interval=ping_interval,
            ping_timeout=ping_timeout,
            open_timeout=open_timeout,
            close_timeout=close_timeout,
            max_message_size=max_message_size,
            max_sockets=max_sockets,
            origins=origins,
            compression=compression,
            outbox=outbox,
        )
        super().__init__(name, options)
        self._urls = _checked_urls(urls)
        self._shared: Shared | None = None
        self._servers: builtins.list[Server] = []
        self._stop_waiters: builtins.list[Future[None]] = []
        self._finishing = False

    # Its beginning and its end

    async def start(self, require: Literal["any", "all"] = "any") -> None:
        """Dial every URL, concurrently. On a running pool it does nothing.

        Args:
            require: "any" is content with one open socket; those that failed are told
                as `DialFailed`. With "all" one failure closes the rest. A pool without
                URLs starts either way.

        Raises:
            PoolStartError: If too little could be opened; the pool is then stopped.
            PoolNotRunningError: If the pool was stopped before.
        """
        if require not in ("any", "all"):
            raise InvalidOptionError(f'require must be "any" or "all", not {require!r}')
        if self._state == "running":
            self._check_thread("start")
            return
        if self._state != "new":
            raise PoolNotRunningError(self._name, self._state)
        self._bind()
        try:
            errors = await self._dial_all(first_error=require == "all")
        except BaseException:
            await self.stop(0)
            raise
        if errors and (require == "all" or len(errors) == len(self._urls)):
            await self.stop()
            raise PoolStartError(f"the pool {self._name!r} could not start", errors)

    async def _dial_all(self, *, first_error: bool) -> builtins.list[Exception]:
        if not self._urls:
            return []
        dials = [
            asyncio.ensure_future(self.add_server_socket(url, id=id))
            for id, url in self._urls.items()
        ]
        when = asyncio.FIRST_EXCEPTION if first_error else asyncio.ALL_COMPLETED
        try:
            done, _ = await asyncio.wait(dials, return_when=when)
        finally:
            for task in dials:
                task.cancel()
            await asyncio.gather(*dials, return_exceptions=True)
        errors = [task.exception() for task in done if not task.cancelled()]
        return [error for error in errors if isinstance(error, Exception)]

    def _bind(self) -> None:
        """Belong to the running event loop from now on."""
        loop = asyncio.get_running_loop()
        self._thread = get_ident()
        self._rx_scheduler = AsyncIOScheduler(loop)
        self._driver = driver = Driver(loop, self._hops_refused)
        self._ledger.clock = driver.wall
        self._shared = Shared(
            driver=driver,
            home=self._home,
            messages=self._messages,
            writes=self._writes,
            emit_event=self._ledger.tell,
            write_refused=self._ledger.write_refused,
            gone=self._gone,
            check_thread=self._check_thread,
        )
        self._state = "running"

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
        if isinstance(deadline, bool) or not isinstance(deadline, (int, float)):
            raise InvalidOptionError(f"deadline must be seconds, not {deadline!r}")
        if self._state == "new":
            self._bind()
        self._check_thread("stop")
        assert self._driver is not None
        waiter: Future[None] = self._driver.loop.create_future()
        if self._state == "stopped":
            waiter.set_result(None)
            return waiter
        self._stop_waiters.append(waiter)
        self._state = "stopping"
        for server in self._servers:
            server.close()
        for socket in self._registry:
            socket.end(1001, "going away", stop_deadline=max(0.0, deadline))
        self._finish_when_empty()
        return waiter

    def _finish_when_empty(self) -> None:
        if self._state == "stopping" and not self._registry and not self._finishing:
            assert self._driver is not None
            self._finishing = True
            # In a later turn: this may run inside an observer of what is to complete.
            self._driver.soon(self._driver.close, self._finish)

    def _finish(self) -> None:
        ledger = self._ledger
        ledger.tell(PoolStopped(aborted=ledger.aborted, time=ledger.clock()))
        self._state = "stopped"
        for stream in self._to_complete:
            stream.complete()
        for waiter in self._stop_waiters:
            if not waiter.done():
                waiter.set_result(None)

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

    # Sockets come and go

    async def add_server_socket(
        self,
        url: str,
        *,
        id: str | None = None,
        tags: Iterable[str] = (),
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] | None = None,
        ssl: ssl_module.SSLContext | None = None,
        proxy: str | Literal[True] | None = None,
        **options: Unpack[SocketOptions],
    ) -> Socket:
        """Dial a server; the socket is open when this returns.

        Whoever subscribes to `socket.messages` before awaiting anything else misses
        nothing, not even what came together with the handshake. Cancelling gives the
        dial up.

        Args:
            url: A `ws://` or `wss://` URL.
            id: The socket's ID; the URL by default.
            tags: Names for it.
            headers: Sent with the opening request; never to another host it redirects to.
            subprotocols: Offered, in order of preference.
            ssl: For `wss://`; the system's authorities by default.
            proxy: URL of a proxy; `True` takes the environment's; none by default.
            **options: Override the pool's options for this socket.

        Raises:
            DialError: If it can't be opened; tells what to look at.
            InvalidUrlError, EmptyIdError, InvalidIdError, InvalidOptionError
            DuplicateIdError: If the ID is taken. TooManySocketsError: If the pool is full.
            SocketClosedError: If it is removed, or the pool stopped, while being dialled.
            PoolNotRunningError, WrongThreadError
        """
        self._check_running("add_server_socket")
        url = check_url(url)
        own = self._options.override(**options)
        socket = self._register(
            url if id is None else id, "server", own, url=url, tags=tags
        )
        dialling = dial(
            url,
            open_timeout=own.open_timeout,
            max_message_size=own.max_message_size,
            compression=own.compression,
            headers=headers,
            subprotocols=subprotocols,
            ssl=ssl,
            proxy=proxy,
        )
        await self._open(socket, dialling)
        return socket

    def add_client_socket(
        self,
        id: str,
        connection: Any,
        *,
        tags: Iterable[str] = (),
        **options: Unpack[SocketOptions],
    ) -> Accepting:
        """Take in the connection that a route handler was given.

        Await it, the one line that a handler needs: it lives until the socket closes and
        returns its `CloseInfo`; cancelling closes with 1001. Or `async with` it for the
        `Socket`: leaving closes with 1000, or with 1011 if the body raised.

        Args:
            id: The socket's ID.
            connection: What a `websockets.asyncio.server` handler receives. The pool
                reads and writes it from now on: don't call its `recv` or `send`.
            tags: Names for it.
            **options: Override the pool's options for this socket.

        Raises:
            EmptyIdError, InvalidIdError, InvalidOptionError: At the call. The others when
                it is awaited or entered, before anything is read:
            DuplicateIdError: If the ID is taken. TooManySocketsError: If the pool is full.
            OriginRefusedError: If a browser came from another site; see `origins`.
            PoolNotRunningError, WrongThreadError
        """
        check_id(id)
        adapter = adapter_for(connection)
        own = self._options.override(**options)

        async def open_it() -> Socket:
            self._check_running("add_client_socket")
            check_origin(getattr(connection, "request", None), own)
            socket = self._register(id, "client", own, tags=tags)
            await self._open(socket, adapter.open(connection))
            return socket

        return Accepting(open_it)

    def serve(
        self,
        host: str | None = "127.0.0.1",
        port: int = 0,
        *,
        id: IdOf | None = None,
        origins: Sequence[str] | None = None,
        ssl: ssl_module.SSLContext | None = None,
        process_request: ProcessRequest | None = None,
        subprotocols: Sequence[str] | None = None,
        unix: str | None = None,
        **options: Unpack[SocketOptions],
    ) -> Server:
        """Listen, and take in every peer as a client socket.

        Use it as `async with pool.serve(...) as server:`; `server.url` and `server.port`
        tell where. Leaving stops listening; the sockets stay. `stop()` ends it as well.

        Args:
            host: Where to listen; `None` for all interfaces.
            port: 0 for any that is free.
            id: Gives a peer's ID from its request (`path`, `headers`); may be async; may
                raise `PermissionError` for HTTP 403. "{path}#{n}" by default. A taken ID
                is answered with HTTP 409.
            origins: As the pool's option, for this server.
            ssl: For `wss://`.
            process_request: Sees each request first; may be async. Returns `None` to go
                on, or status and text of a plain HTTP answer.
            subprotocols: Supported, in order of preference.
            unix: Path of a Unix socket to listen on instead.
            **options: Override the pool's options for the sockets let in.

        Raises:
            ServeError: On entering, if it can't listen.
            PoolNotRunningError, WrongThreadError, InvalidOptionError
        """
        driver = self._check_running("serve")
        own = self._options.override(**options)
        if origins is not None:
            own = own.with_origins(origins)
        server = Server(
            driver=driver,
            options=own,
            register=lambda id: self._register(id, "client", own),
            host=host,
            port=port,
            unix=unix,
            ssl=ssl,
            id=id,
            process_request=process_request,
            subprotocols=subprotocols,
        )
        self._servers.append(server)
        return server

    def remove_socket(
        self, id: str, code: int = 1000, reason: str = ""
    ) -> Future[CloseInfo]:
        """Close a socket after what is queued; acts at the call.

        Its ID is free again when it has closed, after `close_timeout` at the latest.

        Args:
            id: The socket's ID.
            code: The close code to send (RFC 6455 section 7.4).
            reason: At most 123 bytes of UTF-8.

        Returns:
            An awaitable of how it ended, which may be dropped.

        Raises:
            UnknownSocketError, EmptyIdError, InvalidIdError: For the ID.
            InvalidOptionError: If code or reason can't be sent.
            PoolNotRunningError, WrongThreadError
        """
        self._check_running("remove_socket", stopping=True)
        check_close(code, reason)
        return self._registry.get(id).end(code, reason)

    def _register(
        self,
        id: str,
        kind: SocketKind,
        options: Options,
        *,
        url: str | None = None,
        tags: Iterable[str] = (),
    ) -> Socket:
        """Give the ID to a new socket, before anything is awaited."""
        self._check_running("add")
        assert self._shared is not None
        self._registry.admit(id)
        socket = Socket(self._shared, id, kind, options, url=url, tags=tags)
        self._registry.add(id, socket)
        self._ledger.tell(SocketOpening(id=id, kind=kind, time=self._ledger.clock()))
        return socket

    async def _open(
        self, socket: Socket, opening: Coroutine[Any, Any, Transport]
    ) -> None:
        """Open a socket's connection in a task of its own, which can be called off."""
        assert self._driver is not None
        task = self._driver.spawn(opening, f"ssc-rx opens {socket.id}")
        socket.may_withdraw(task.cancel)
        try:
            transport = await task
        except asyncio.CancelledError:
            if task.done() and not task.cancelled() and task.exception() is None:
                task.result().abort()
            gone = SocketClosedError(socket.id, socket.state)
            socket.failed(gone)
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
            raise gone from None  # removed meanwhile; the caller wasn't cancelled
        except Exception as error:
            socket.failed(error)
            raise
        if not socket.opened(transport):
            raise SocketClosedError(socket.id, socket.state)

    def _gone(self, endpoint: Endpoint) -> None:
        assert isinstance(endpoint, Socket)
        self._registry.remove(endpoint.id, endpoint)
        self._ledger.gone(endpoint.stats)
        self._finish_when_empty()


def _checked_urls(urls: Iterable[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(urls, str):
        raise InvalidOptionError(f"urls is one string; give a list: Pool([{urls!r}])")
    try:
        pairs = list(
            urls.items() if isinstance(urls, Mapping) else ((url, url) for url in urls)
        )
    except TypeError as error:
        raise InvalidOptionError(
            f"urls must be a list of URLs, or a dict of IDs to URLs: {error}"
        ) from error
    checked: dict[str, str] = {}
    for id, url in pairs:
        check_url(url)
        if check_id(id) in checked:
            raise DuplicateIdError(id)
        checked[id] = url
    return checked
