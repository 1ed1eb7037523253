"""Dial a WebSocket server: websockets does proxies, redirects, TLS and time limits."""

import asyncio
import re
import socket
import ssl as ssl_module
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.client import ClientProtocol
from websockets.exceptions import (
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
    WebSocketException,
)
from websockets.http11 import Response
from websockets.typing import Subprotocol
from websockets.uri import parse_uri

from ssc_rx.core.reconnect import retry_after_s
from ssc_rx.errors import (
    DialError,
    InvalidOptionError,
    InvalidUrlError,
    without_credentials,
)
from ssc_rx.logs import FOREIGN
from ssc_rx.transports.link import Link
from ssc_rx.wording import without_secrets

__all__ = ["check_url", "dial"]

# RFC 9110, sections 5.1 and 5.5
_header_name = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_blank = re.compile(r"[\x00-\x20\x7f]")
_header_value = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def check_url(url: object) -> str:
    """Let a `ws://` or `wss://` URL through.

    Raises:
        InvalidUrlError: If it is none.
    """
    if not isinstance(url, str):
        raise InvalidUrlError(url, f"it is a {type(url).__name__}, not a str")
    if _blank.search(url):
        reason = "it holds a blank or a control character"
        raise InvalidUrlError(url, reason, _blank.sub("", url))
    try:
        if urlsplit(url).scheme not in ("ws", "wss"):
            reason = "it doesn't begin with ws:// or wss://"
            raise InvalidUrlError(url, reason, _meant(url))
        parse_uri(url)
    except InvalidURI as exc:
        raise InvalidUrlError(url, exc.msg) from exc
    except ValueError as exc:
        if isinstance(exc, InvalidUrlError):
            raise
        raise InvalidUrlError(url, str(exc)) from exc
    return url


def _meant(url: str) -> str | None:
    """What was meant by a URL of another scheme, or of none; `None` if nobody knows."""
    scheme, is_url, rest = url.partition("://")
    if not is_url:
        host = url.partition("/")[0]
        return f"ws://{url}" if "." in host or ":" in host else None
    other = {"http": "ws", "https": "wss"}.get(scheme.lower())
    return f"{other}://{rest}" if other else None


def _check_how(headers: object, ssl: object, proxy: object) -> None:
    """Let through what else a dial takes; no text tells a value, which may be secret.

    Raises:
        InvalidOptionError
    """
    if headers is not None and not isinstance(headers, Mapping):
        raise InvalidOptionError(
            f"headers must be a dict of names to values, not {type(headers).__name__}"
        )
    pairs = cast("Mapping[object, object]", headers or {}).items()
    for name, value in pairs:
        if not isinstance(name, str) or not _header_name.fullmatch(name):
            raise InvalidOptionError(f"{name!r} is no name of a header")
        if not isinstance(value, str):
            raise InvalidOptionError(
                f"the header {name} must be a str, not {type(value).__name__}"
            )
        if not _header_value.fullmatch(value):
            raise InvalidOptionError(
                f"the header {name} has characters that can't be sent; "
                "is there a line break at its end?"
            )
    if ssl is not None and not isinstance(ssl, ssl_module.SSLContext):
        raise InvalidOptionError(
            f"ssl must be an SSLContext, or None, not {type(ssl).__name__}"
        )
    if proxy is not None and proxy is not True and not isinstance(proxy, str):
        raise InvalidOptionError(
            f"proxy must be a URL, True for the environment's, or None, not {proxy!r}"
        )


class _Connect(connect):
    """Like websockets' own, but caller's headers never follow to another host."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        try:
            target = super().process_redirect(exc)
        except LookupError:  # two Locations: it leads nowhere
            return exc
        if isinstance(target, str):
            new = parse_uri(target)
            if (new.host, new.port) != (self.ws_uri.host, self.ws_uri.port):
                self.additional_headers = None
        return target


class DialledLink(Link):
    """A link that we began: what `connect` asks of a connection (section 4.1)."""

    __slots__ = ("_client_protocol",)

    def __init__(
        self, protocol: ClientProtocol, loop: asyncio.AbstractEventLoop
    ) -> None:
        super().__init__(protocol, loop)
        self._client_protocol = protocol

    async def handshake(
        self, additional_headers: Any = None, user_agent_header: str | None = None
    ) -> None:
        """Send the opening request and wait for the answer."""
        protocol = self._client_protocol
        request = protocol.connect()
        if additional_headers is not None:
            request.headers.update(additional_headers)
        if user_agent_header is not None:
            request.headers.setdefault("User-Agent", user_agent_header)
        protocol.send_request(request)
        self._send_protocol_data()
        response = await self._handshake_event()
        if protocol.handshake_exc is not None:
            raise protocol.handshake_exc
        self.request = request
        if isinstance(response, Response):  # its parser would keep all of it
            response.headers.clear()

    def start_keepalive(self) -> None:
        """Nothing: the pool owns keepalive."""


async def dial(
    url: str,
    *,
    open_timeout: float,
    max_message_size: int | None,
    compression: Literal["deflate"] | None,
    headers: Mapping[str, str] | None = None,
    subprotocols: Sequence[str] | None = None,
    ssl: ssl_module.SSLContext | None = None,
    proxy: str | Literal[True] | None = None,
) -> Link:
    """Open a connection to `url`; `open_timeout` seconds for all of it.

    Raises:
        DialError: If it can't be opened; its text says what to look at.
        InvalidOptionError: If the arguments contradict each other.
    """
    _check_how(headers, ssl, proxy)
    loop = asyncio.get_running_loop()

    def link(protocol: ClientProtocol, **_: Any) -> DialledLink:
        return DialledLink(protocol, loop)

    try:
        connecting = _Connect(
            url,
            create_connection=cast("Any", link),
            additional_headers=headers,
            subprotocols=cast("Sequence[Subprotocol] | None", subprotocols),
            ssl=ssl if ssl is not None or not url.startswith("wss") else True,
            proxy=proxy,
            compression=compression,
            open_timeout=open_timeout,
            max_size=max_message_size,
            logger=FOREIGN,
        )
    except (TypeError, ValueError, InvalidHandshake) as exc:
        raise InvalidOptionError(
            f"can't dial {without_credentials(url)}: {exc}"
        ) from exc
    try:
        return cast("Link", await connecting)
    except (OSError, WebSocketException, LookupError, ValueError, ImportError) as exc:
        raise _dial_error(url, exc, open_timeout) from exc


def _dial_error(url: str, exc: Exception, open_timeout: float) -> DialError:
    host = urlsplit(url).hostname or ""
    match exc:
        case TimeoutError():
            return DialError(
                url,
                f"no opening handshake within open_timeout={open_timeout} s",
                "is it a WebSocket server, and is the way to it free?",
                kind="timeout",
            )
        case socket.gaierror():
            return DialError(
                url,
                f"the host {host!r} can't be resolved ({exc})",
                "check the name",
                kind="dns",
            )
        case ssl_module.SSLError():
            return DialError(url, f"TLS failed ({exc})", _tls_hint(exc), kind="tls")
        case InvalidStatus():
            status = exc.response.status_code
            waits = exc.response.headers.get_all("Retry-After")
            return DialError(
                url,
                f"the server answered HTTP {status}, not 101 Switching Protocols",
                _status_hint(status),
                kind="http",
                status=status,
                retry_after=retry_after_s(waits[0] if waits else None, time.time()),
            )
        case InvalidMessage() if isinstance(exc.__cause__, EOFError):
            return DialError(
                url,
                "the peer closed the connection without an answer",
                "is it a WebSocket server, and ws:// or wss:// right?",
                kind="handshake",
            )
        case InvalidMessage():
            return DialError(
                url,
                "the peer did not answer in HTTP",
                "is it a WebSocket server, and ws:// or wss:// right?",
                kind="handshake",
            )
        case ProxyError() | InvalidProxy():
            return DialError(
                url,
                f"the proxy failed ({without_secrets(str(exc))})",
                "check proxy=",
                kind="proxy",
            )
        case InvalidHandshake():
            return DialError(
                url,
                f"the opening handshake failed ({exc})",
                "is it a WebSocket server?",
                kind="handshake",
            )
        case InvalidURI():
            return DialError(
                url,
                f"it redirects to {without_credentials(exc.uri)!r}, where no WebSocket "
                f"can be ({exc.msg})",
                "give the URL of the WebSocket endpoint itself",
                kind="handshake",
            )
        case ConnectionResetError() if url.startswith("wss") and exc.errno is None:
            return DialError(
                url,
                "the peer closed the connection during the TLS handshake",
                "does it speak TLS there, or is it ws://?",
                kind="tls",
            )
        case OSError():
            return DialError(
                url,
                f"no connection ({exc})",
                "does the server run at that host and port?",
                kind="network",
            )
        case _:
            return DialError(url, str(exc))


def _tls_hint(exc: ssl_module.SSLError) -> str:
    if not isinstance(exc, ssl_module.SSLCertVerificationError):
        return "does it speak TLS there, or is it ws://?"
    match exc.verify_code:  # X509_V_ERR_... of OpenSSL
        case 9 | 10:
            return "its certificate is not valid now: check both clocks, or renew it"
        case 62 | 64:
            return "give the host name that its certificate is for"
        case _:
            return (
                "of a private authority give its certificate: add_server_socket(url, "
                "ssl=ssl.create_default_context(cafile=...))"
            )


def _status_hint(status: int) -> str:
    if status in (401, 403):
        return "give credentials with headers=, or check the Origin rule of the server"
    if status == 404:
        return "check the path"
    if status == 409:
        return "the server has a socket of that ID"
    if status in (429, 503):
        return "the server is busy; try again later"
    if status >= 500:
        return "the server has a fault"
    return "is it a WebSocket endpoint?"
