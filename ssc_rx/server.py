"""The embedded server: every peer that passes its handshake joins the pool."""

import asyncio
import contextlib
import inspect
import itertools
import os
import socket as socket_module
import ssl as ssl_module
from collections.abc import Awaitable, Callable, Collection, Generator, Sequence
from types import TracebackType
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from websockets.exceptions import NegotiationError
from websockets.extensions.permessage_deflate import enable_server_permessage_deflate
from websockets.headers import validate_subprotocols
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from ssc_rx.admission import check_origin, refusal
from ssc_rx.driver import Driver
from ssc_rx.errors import (
    InvalidOptionError,
    LinkLostError,
    ServeError,
    SscError,
)
from ssc_rx.events import HandshakeRefusal
from ssc_rx.logs import FOREIGN, about, logger_of
from ssc_rx.notebook.shell import in_ipython
from ssc_rx.options import Options
from ssc_rx.sockets import Socket
from ssc_rx.transports.accepted import AcceptedLink

__all__ = ["IdOf", "ProcessRequest", "Server", "check_serving"]

T = TypeVar("T")
IdOf = Callable[[Request], str | Awaitable[str]]
Answer = tuple[int, str] | None
ProcessRequest = Callable[[Request], Answer | Awaitable[Answer]]

logger = logger_of(__name__)


class Server:
    """What `pool.serve(...)` gives: `async with` it to listen, or `await` it.

    Leaving, or `close()`, stops listening; the sockets it let in stay in the pool.
    """

    def __init__(
        self,
        *,
        driver: Driver,
        options: Options,
        register: Callable[[str], Socket],
        refused: Callable[[HandshakeRefusal], None],
        check_running: Callable[[], object],
        others: Collection["Server"] = (),
        host: str | None,
        port: int,
        unix: str | None,
        ssl: ssl_module.SSLContext | None,
        id: IdOf | None,
        process_request: ProcessRequest | None,
        subprotocols: Sequence[str] | None,
    ) -> None:
        self._driver = driver
        self._options = options
        self._register = register
        self._refused = refused
        self._check_running = check_running
        self._others = others
        self._host = host
        self._port = port
        self._unix = unix
        self._ssl = ssl
        self._numbers = itertools.count(1)
        self._id: IdOf = id or self._numbered
        self._process_request = process_request
        self._subprotocols = subprotocols
        self._listener: asyncio.Server | None = None
        self._closed = False
        self._undecided: set[AcceptedLink] = set()

    @property
    def port(self) -> int:
        """The port it listens on; 0 on a Unix socket."""
        if self._listener is None or self._unix is not None:
            return 0
        return int(self._listener.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        """A URL to reach it by."""
        if self._unix is not None:
            return f"ws+unix:{self._unix}"
        host = self._host or "localhost"
        if ":" in host:
            host = f"[{host}]"
        return f"{'ws' if self._ssl is None else 'wss'}://{host}:{self.port}"

    def __await__(self) -> Generator[Any, None, "Server"]:
        """Listen until `close()`, or the end of the pool: `server = await pool.serve()`"""
        return self.__aenter__().__await__()

    async def __aenter__(self) -> "Server":
        """Listen.

        Raises:
            ServeError: If it can't, or did so before.
            PoolNotRunningError: If the pool was stopped.
        """
        self._check_running()
        if self._listener is not None or self._closed:
            raise ServeError("a server listens once; call pool.serve() for another")
        self._replace()
        loop = self._driver.loop
        tls: dict[str, Any] = {}
        if self._ssl is not None:
            limit = self._options.open_timeout
            tls = {"ssl": self._ssl, "ssl_handshake_timeout": limit}
        try:
            if self._unix is not None:
                _refuse_living(self._unix)
                self._listener = await loop.create_unix_server(
                    self._link, self._unix, **tls
                )
            else:
                self._listener = await loop.create_server(
                    self._link, self._host, self._port, backlog=1024, **tls
                )
        except (OSError, OverflowError, TypeError, ValueError) as exc:
            if isinstance(exc, ServeError):
                raise
            place = self._unix or f"{self._host}:{self._port}"
            raise ServeError(
                f"can't listen on {place}: {exc}; "
                "choose another port, or 0 for any that is free"
            ) from exc
        try:
            self._check_running()
        except SscError:  # stopped meanwhile
            self.close()
            raise
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _replace(self) -> None:
        """In IPython, close the one of this pool that listens there: the cell ran again."""
        if in_ipython() and (self._port or self._unix is not None):
            for server in list(self._others):
                if server._listener is not None and server._place == self._place:
                    server.close()

    @property
    def _place(self) -> tuple[str | None, int, str | None]:
        return self._host, self._port, self._unix

    def __repr__(self) -> str:
        listens = self._listener is not None
        return f"<Server {self.url if listens else 'that does not listen'}>"

    def close(self) -> None:
        """Stop listening; requests that were received are answered with 503."""
        self._closed = True
        for link in list(self._undecided):  # nothing received, or refused already
            link.abort()
        if self._listener is not None:
            self._listener.close()
            self._listener = None
            if self._unix is not None:
                with contextlib.suppress(OSError):
                    os.unlink(self._unix)

    # One peer's opening handshake

    def _link(self) -> AcceptedLink:
        protocol = ServerProtocol(
            extensions=(
                enable_server_permessage_deflate(None)
                if self._options.compression == "deflate"
                else None
            ),
            subprotocols=cast("Sequence[Subprotocol] | None", self._subprotocols),
            select_subprotocol=_select_subprotocol,
            max_size=self._options.max_message_size,
            logger=FOREIGN,
        )
        return AcceptedLink(protocol, self._driver.loop, self._arrived)

    def _arrived(self, link: AcceptedLink) -> None:
        """A peer has connected: begin its opening handshake."""
        if self._closed:
            link.abort()
        else:
            self._driver.spawn(self._shake_hands(link), "ssc-rx opening handshake")

    async def _shake_hands(self, link: AcceptedLink) -> None:
        opened = answered = False
        self._undecided.add(link)
        try:
            async with asyncio.timeout(self._options.open_timeout):
                request = await link.read_request()
                if request is not None:
                    self._undecided.discard(link)
                    opened = await self._answer(link, request)
                    answered = True
                    self._undecided.add(link)
                if not opened and not self._closed:
                    await link.wait_lost()
        except TimeoutError:
            extra = about(self._driver.pool)
            logger.info("an opening handshake was cut off at open_timeout", extra=extra)
            if not answered:
                self._refused("timeout")
        finally:
            self._undecided.discard(link)
            if not opened:
                link.hang_up()

    async def _answer(self, link: AcceptedLink, request: Request) -> bool:
        """Answer the request; tells whether it became a socket."""
        try:
            if self._process_request is not None:
                answer = await _outcome(self._process_request(request))
                if answer is not None:
                    if answer[0] >= 400:
                        self._refused("forbidden")
                    return link.respond(_plain(link, *answer))
            response = link.check_request(request)
            if response.status_code != 101:
                self._refused("request")
                return link.respond(response)
            check_origin(request, self._options)
            socket = self._register(await _outcome(self._id(request)))
        except Exception as error:
            refused = refusal(error, self._driver.pool)
            self._refused(refused.reason)
            return link.respond(link.rejection(refused.status, f"{refused.text}\n"))
        return self._admit(socket, link, response)

    def _admit(self, socket: Socket, link: AcceptedLink, response: Response) -> bool:
        socket.may_withdraw(link.abort)
        if self._closed:
            response = link.rejection(503, "The server is shutting down.\n")
            self._refused("full")
        if link.respond(response):
            return socket.opened(link)
        socket.failed(LinkLostError("the peer left during its opening handshake"))
        return False

    def _numbered(self, request: Request) -> str:
        """The default ID; without the query, which may hold a token."""
        return f"{urlsplit(request.path).path}#{next(self._numbers)}"


def check_serving(
    host: object,
    port: object,
    unix: object,
    ssl: object,
    id: object,
    process_request: object,
    subprotocols: object,
) -> None:
    """Let through what `pool.serve` is given.

    Raises:
        InvalidOptionError
    """
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise InvalidOptionError(f"port must be from 0 to 65535, not {port!r}")
    for name, place in {"host": host, "unix": unix}.items():
        if place is not None and not isinstance(place, str):
            raise InvalidOptionError(f"{name} must be a str or None, not {place!r}")
    if ssl is not None and not isinstance(ssl, ssl_module.SSLContext):
        raise InvalidOptionError(
            f"ssl must be an SSLContext or None, not {type(ssl).__name__}"
        )
    for name, hook in {"id": id, "process_request": process_request}.items():
        if hook is not None and not callable(hook):
            raise InvalidOptionError(f"{name} must be a function, not {hook!r}")
    if subprotocols is not None:
        _check_subprotocols(subprotocols)


def _check_subprotocols(subprotocols: object) -> None:
    try:
        if isinstance(subprotocols, str):
            raise TypeError("it is one string")
        validate_subprotocols(cast("Sequence[Subprotocol]", subprotocols))
    except (TypeError, ValueError) as error:
        raise InvalidOptionError(
            f"subprotocols must be a list of their names, not {subprotocols!r}"
        ) from error


def _plain(link: AcceptedLink, status: int, text: str) -> Response:
    if not 200 <= status <= 599:
        raise InvalidOptionError(
            f"process_request answered with status {status!r}; give one from 200 to 599"
        )
    return link.rejection(status, text)


async def _outcome(result: T | Awaitable[T]) -> T:
    if inspect.isawaitable(result):
        return await result
    return result


def _select_subprotocol(
    protocol: ServerProtocol, offered: Sequence[Subprotocol]
) -> Subprotocol | None:
    """The first of ours that the peer offers; a peer that offers none is let in."""
    ours = protocol.available_subprotocols
    if not ours or not offered:
        return None
    for subprotocol in ours:
        if subprotocol in offered:
            return subprotocol
    raise NegotiationError(f"invalid subprotocol; expected one of {', '.join(ours)}")


def _refuse_living(path: str) -> None:
    """asyncio would take the path away from a server that lives."""
    with socket_module.socket(socket_module.AF_UNIX) as probe:
        probe.setblocking(False)
        try:
            probe.connect(path)
        except BlockingIOError:
            pass  # its backlog is full: it lives
        except OSError:
            return
    raise ServeError(f"can't listen on {path}: another server does; choose a path")
