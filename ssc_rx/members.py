"""The sockets of a pool: how they come and go."""

import asyncio
import ssl as ssl_module
from asyncio import Future
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any, Literal, Unpack
from weakref import WeakSet

from ssc_rx.accepting import Accepting
from ssc_rx.adapters import adapter_for
from ssc_rx.admission import check_origin, refusal
from ssc_rx.core.tags import check_tags
from ssc_rx.dialling import Dialling, Headers, OnOpen, Url, dial_limit, value_of
from ssc_rx.errors import (
    InvalidOptionError,
    LinkLostError,
    SocketClosedError,
    SscError,
)
from ssc_rx.events import CloseInfo, SocketKind, SocketOpening
from ssc_rx.groups import Group, Grouping
from ssc_rx.options import Options, ServerSocketOptions, SocketOptions
from ssc_rx.ports import Transport
from ssc_rx.server import IdOf, ProcessRequest, Server, check_serving
from ssc_rx.shared import Shared
from ssc_rx.sockets import Socket, check_close
from ssc_rx.sources import check_source
from ssc_rx.transports.dialer import check_url, dial
from ssc_rx.wording import bare
from ssc_rx.writing import Writing

__all__ = ["Members"]


class Members(Writing):
    """The doors through which sockets enter and leave a pool."""

    def __init__(self, name: str | None, options: Options) -> None:
        super().__init__(name, options)
        self._shared: Shared | None = None
        self._servers: WeakSet[Server] = WeakSet()
        self._replaced: set[Socket] = set()
        """Those whose connections are still being closed."""
        self._groups = Grouping(self._home)
        self._dial_limit = dial_limit(options.reconnect)

    async def add_server_socket(
        self,
        url: Url,
        *,
        id: str | None = None,
        tags: Iterable[str] = (),
        on_open: OnOpen | None = None,
        headers: Headers | None = None,
        subprotocols: Sequence[str] | None = None,
        ssl: ssl_module.SSLContext | None = None,
        proxy: str | Literal[True] | None = None,
        **options: Unpack[ServerSocketOptions],
    ) -> Socket:
        """Dial a server; the socket is open when this returns.

        When it drops later, it is dialled again: see `Reconnect`. Its ID, its streams
        and the `Socket` stay.

        Whoever subscribes to `socket.messages` before awaiting anything else misses
        nothing, not even what came together with the handshake; with `on_open`, whoever
        subscribes in it. Cancelling gives the dial up.

        Args:
            url: A `ws://` or `wss://` URL; or a function that gives one, called at every
                dial: tokens expire. It may be async, and has `open_timeout`.
            id: The socket's ID; the URL by default, needed where a function gives that.
            tags: What it bears at birth; see `tagged`.
            on_open: Called with the socket at every opening, to log in and subscribe;
                may be async. Until it returns, nobody may write but it and the tasks it
                starts: `write` raises `SocketClosedError`, `send` waits. Messages flow
                meanwhile. If it raises, the connection is closed, which counts as a dial
                that failed. If the connection ends, it is cancelled.
            headers: Sent with the opening request, never to another host it redirects
                to; or a function, as for `url`.
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
        own = self._options.override_server(**options)
        id = check_source(url, id)
        if on_open is not None and not callable(on_open):
            raise InvalidOptionError(f"on_open must be a function, not {on_open!r}")
        socket, dialling = self._to_dial(
            id,
            url,
            own,
            tags=tags,
            on_open=on_open,
            headers=headers,
            subprotocols=subprotocols,
            ssl=ssl,
            proxy=proxy,
        )
        await self._open(socket, dialling.connect(), dialling.opened)
        if on_open is not None:
            await dialling.greeted()
        return socket

    def _to_dial(
        self,
        id: str,
        url: Url,
        options: Options,
        *,
        tags: Iterable[str] = (),
        on_open: OnOpen | None = None,
        headers: Headers | None = None,
        **how: Any,
    ) -> tuple[Socket, Dialling]:
        """Register a server socket, and what is to open it."""
        limit_s = options.open_timeout

        async def connect() -> Transport:
            socket.url = check_url(await value_of(url, "the URL", id, limit_s))
            sent = await value_of(headers, "headers", id, limit_s)
            return await self._dial(socket.url, options, headers=sent, **how)

        known = None if callable(url) else url
        socket = self._register(id, "server", options, url=known, tags=tags)
        assert self._shared is not None
        return socket, Dialling(
            socket,
            self._shared,
            connect,
            limit=self._dial_limit,
            reconnect=options.reconnect,
            on_open=on_open,
        )

    async def _dial(self, url: str, options: Options, **how: Any) -> Transport:
        return await dial(
            url,
            open_timeout=options.open_timeout,
            max_message_size=options.max_message_size,
            compression=options.compression,
            **how,
        )

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
            connection: What the handler receives: the `WebSocket` of Starlette, FastAPI
                or Litestar; `(scope, receive, send)` of ASGI; `(request,
                WebSocketResponse())` of aiohttp; Quart's `websocket`; the connection of
                `websockets.asyncio.server`. It is accepted here, unless that was done.
                The pool reads and writes it from now on: don't do so yourself.
            tags: What it bears at birth; see `tagged`.
            **options: Override the pool's options for this socket.

        Raises:
            InvalidOptionError: At the call. The others when it is awaited or entered,
                before anything is read. A handshake that waits has been answered then,
                by an HTTP status; aiohttp and Quart get an HTTP exception of theirs
                instead, of which they make the answer. A connection that was accepted
                before is left to its handler.
            EmptyIdError, InvalidIdError: For the ID.
            DuplicateIdError: If the ID is taken. TooManySocketsError: If the pool is full.
            OriginRefusedError: If a browser came from another site; see `origins`.
            LinkLostError: If the peer left during its handshake, or that took too long.
            PoolNotRunningError, WrongThreadError
        """
        adapter = adapter_for(connection)
        own = self._options.override(**options)
        borne = check_tags(tags)

        async def take_over() -> Transport:
            try:
                async with asyncio.timeout(own.open_timeout):
                    return await adapter.open(connection, own)
            except TimeoutError as error:
                raise LinkLostError(
                    "the connection's handshake, or half a message that came before it "
                    f"was added, was not done within open_timeout={own.open_timeout} s"
                ) from error

        async def open_it() -> Socket:
            try:
                self._check_running("add_client_socket")
                check_origin(adapter.request(connection), own)
                socket = self._register(id, "client", own, tags=borne)
            except SscError as error:
                refused = refusal(error, self._name)
                self._ledger.handshake_refused(refused.reason)
                await adapter.refuse(connection, refused)
                raise
            await self._open(socket, take_over(), socket.opened)
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

        Use it as `async with pool.serve(...) as server:`, or, where it is to go on after
        that, `server = await pool.serve(...)`; `server.url` and `server.port` tell where.
        Leaving stops listening, as does `server.close()`; the sockets stay. `stop()` ends
        it as well. In IPython, one at the same port or path of this pool gives way: the
        cell was run again.

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
        check_serving(host, port, unix, ssl, id, process_request, subprotocols)
        own = self._options.override(**options)
        if origins is not None:
            own = own.with_origins(origins)
        server = Server(
            driver=driver,
            options=own,
            register=lambda name: self._register(name, "client", own),
            refused=self._ledger.handshake_refused,
            check_running=lambda: self._check_running("serve"),
            others=self._servers,
            host=host,
            port=port,
            unix=unix,
            ssl=ssl,
            id=id,
            process_request=process_request,
            subprotocols=subprotocols,
        )
        self._servers.add(server)
        return server

    def tagged(self, tag: str) -> Group:
        """The sockets that bear a tag, now or later, as one stream and one address.

        Raises:
            InvalidOptionError: If it is no tag.
        """
        (checked,) = check_tags([tag])
        return Group(checked, self._groups, self.write_all)

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
        registry, replace = self._registry, options.on_duplicate == "replace"
        registry.admit(id, replace=replace)
        socket = Socket(self._shared, id, kind, options, url=url, tags=tags)
        registry.add(id, socket, replace=replace)
        if registry.entries[id] is socket:
            self._groups.joined(socket, socket.tags)
        self._ledger.tell(SocketOpening(id=id, kind=kind, time=self._ledger.clock()))
        return socket

    def _takes_place(self, socket: Socket) -> None:
        """A socket is open: it replaces whoever had its ID."""
        for rival in self._registry.rivals(socket.id, socket):
            rival.replaced()
        self._groups.joined(socket, socket.tags)

    def _gone(self, socket: Socket) -> None:
        """A socket is gone, or was replaced: its ID is another's, or free."""
        self._ledger.gone(socket, socket.stats)
        self._registry.remove(socket.id, socket)
        self._groups.left(socket, socket.tags)
        if socket.close_info is None:
            self._replaced.add(socket)

    async def _open(
        self,
        socket: Socket,
        opening: Coroutine[Any, Any, Transport],
        opened: Callable[[Transport], bool],
    ) -> None:
        """Open a socket's connection in a task of its own, which can be called off."""
        assert self._driver is not None
        task = self._driver.spawn(opening, f"ssc-rx opens {bare(socket.id)}")
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
        if not opened(transport):
            raise SocketClosedError(socket.id, socket.state)
