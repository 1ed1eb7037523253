"""One link to a monitor: opened, checked, read, written."""

import asyncio
import logging
import os
import socket
import stat
from collections import deque
from contextlib import suppress
from pathlib import Path

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidStatus,
    WebSocketException,
)
from websockets.typing import Subprotocol

from ssc_monitor.model.visible import visible, visible_bytes
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError, peer_uid

__all__ = ["GoneError", "Link", "attach"]

MAX_FRAME_BYTES = 8 * 1024 * 1024
CLOSE_TIMEOUT_S = 0.5
MAX_WAITING = 64
MAX_REMOTE_TEXT = 300

logger = logging.getLogger(__name__)
logger.addHandler(logging.NullHandler())  # the terminal belongs to what is watched


class GoneError(MonitorError):
    """No process listens there, or no longer."""


class Link:
    """A link that is open: its first frame was read.

    Attributes:
        path: The Unix socket.
        hello: The first frame.
    """

    def __init__(
        self, path: Path, connection: ClientConnection, hello: wire.Hello
    ) -> None:
        self.path = path
        self.hello = hello
        self._connection = connection
        self._waiting: deque[wire.Request] = deque()
        self._wake = asyncio.Event()
        self._aborted = False
        self._sender = asyncio.create_task(self._send(), name=f"writes to {path.name}")

    async def receive(self) -> wire.Frame:
        """The next frame; those of types that this version doesn't know are skipped.

        Raises:
            MonitorError: If the link has ended, or what comes is no frame.
        """
        return await _receive(self._connection)

    def post(self, request: wire.Request) -> None:
        """Send a request when it can be sent; a new `Watch` replaces one that waits.

        A process that doesn't read gets no more than the first 64 that wait.
        """
        waiting = self._waiting
        if isinstance(request, wire.Watch):
            for older in [r for r in waiting if isinstance(r, wire.Watch)]:
                waiting.remove(older)
        elif len(waiting) >= MAX_WAITING:
            return
        waiting.append(request)
        self._wake.set()

    @property
    def has_room(self) -> bool:
        """Whether the next request will be sent."""
        return len(self._waiting) < MAX_WAITING

    async def _send(self) -> None:
        # The AttributeError is websockets' own, when the link ends while it writes.
        with suppress(ConnectionClosed, OSError, AttributeError):
            while await self._wake.wait():
                self._wake.clear()
                while self._waiting:
                    request = wire.encode(self._waiting.popleft())
                    await self._connection.send(request, text=True)

    async def close(self) -> None:
        """Leave; a process that doesn't answer is left after half a second."""
        if self._aborted:
            return
        self._sender.cancel()
        await self._connection.close()
        await asyncio.gather(self._sender, return_exceptions=True)

    def abort(self) -> None:
        """Leave at once, without a word."""
        self._aborted = True
        self._sender.cancel()
        self._connection.transport.abort()


async def attach(path: Path, timeout: float = 5.0) -> Link:
    """Open a link to the monitor at a path, if its process is this user's.

    Args:
        path: The Unix socket.
        timeout: Seconds for all of it, the first frame included.

    Raises:
        GoneError: If no process listens there.
        MonitorError: If it can't be trusted, refuses, or doesn't say what it should.
    """
    near = _connect(path)
    try:
        async with asyncio.timeout(timeout):
            connection = await unix_connect(
                sock=near,
                uri="ws://localhost/",
                subprotocols=[Subprotocol(wire.SUBPROTOCOL)],
                compression=None,
                proxy=None,
                open_timeout=None,
                ping_interval=None,  # a state frame comes every quarter of a second
                close_timeout=CLOSE_TIMEOUT_S,
                max_size=MAX_FRAME_BYTES,
                logger=logger,
            )
            return await _greeted(path, connection)
    except TimeoutError:
        near.close()
        raise MonitorError(
            f"the process at {_shown(path)} did not answer within {timeout:g} s; "
            "is it stopped, or its event loop blocked?"
        ) from None
    except (OSError, WebSocketException, ValueError) as error:
        near.close()
        if isinstance(error, MonitorError):
            raise
        raise MonitorError(f"{_shown(path)} {_fault(error)}") from error


async def _greeted(path: Path, connection: ClientConnection) -> Link:
    try:
        if connection.subprotocol is None:
            raise MonitorError(f"{_shown(path)} doesn't speak {wire.SUBPROTOCOL}")
        hello = await _receive(connection)
        if not isinstance(hello, wire.Hello):
            kind = type(hello).__name__.lower()
            raise MonitorError(f"{_shown(path)} began with {kind!r}, not with 'hello'")
    except BaseException:
        connection.transport.abort()
        raise
    return Link(path, connection, hello)


async def _receive(connection: ClientConnection) -> wire.Frame:
    try:
        while True:
            data = await connection.recv(decode=False)
            if (frame := wire.decode_frame(data)) is not None:
                return frame
    except wire.WireError as error:
        raise MonitorError(
            f"the process said what is {visible(str(error), MAX_REMOTE_TEXT)}"
        ) from error
    except ConnectionClosed as error:
        raise MonitorError(_ended(error)) from error


def _connect(path: Path) -> socket.socket:
    """A connected socket, before anything is said on it."""
    uid = _owner(path)
    near = socket.socket(socket.AF_UNIX)
    try:
        near.setblocking(False)
        # A Unix socket connects at once or not at all: the loop isn't needed. (asyncio
        # takes the EAGAIN of a full backlog for a connection that is under way.)
        near.connect(os.fspath(path))
        seen = peer_uid(near)
        uid = uid if seen is None else seen
        if uid != os.getuid():
            raise MonitorError(
                f"{_shown(path)} belongs to a process of user {uid}, not to yours; "
                "run ssc-monitor as that user"
            )
    except BlockingIOError:
        near.close()
        raise MonitorError(
            f"the process at {_shown(path)} lets nobody in: is it stopped?"
        ) from None
    except ConnectionRefusedError:
        near.close()
        raise GoneError(
            f"nobody listens at {_shown(path)}: its process is gone"
        ) from None
    except OSError as error:
        near.close()
        if isinstance(error, MonitorError):
            raise
        raise MonitorError(f"can't attach to {_shown(path)}: {error}") from error
    return near


def _owner(path: Path) -> int:
    """The user whose socket it is; checks that it is one."""
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise GoneError(f"there is no monitor at {_shown(path)}") from None
    except OSError as error:
        raise MonitorError(f"can't look at {_shown(path)}: {error.strerror}") from error
    if stat.S_ISLNK(found.st_mode):
        raise MonitorError(
            f"{_shown(path)} is a symbolic link, which could lead anywhere; "
            "give the path of the socket itself"
        )
    if not stat.S_ISSOCK(found.st_mode):
        kind = "a directory" if stat.S_ISDIR(found.st_mode) else "a file"
        raise MonitorError(f"{_shown(path)} is {kind}, not a monitor's Unix socket")
    return found.st_uid


def _fault(error: Exception) -> str:
    """What went wrong with the opening handshake; follows the path."""
    match error:
        case InvalidStatus():
            response = error.response
            text = visible_bytes(bytes(response.body).strip(), MAX_REMOTE_TEXT)
            answer = f"refused with HTTP {response.status_code}"
            if text:
                answer = f"{answer}: {text}"
            if "subprotocol" in text:
                answer = (
                    f"{answer} (this ssc-monitor speaks {wire.SUBPROTOCOL}; update the "
                    "older of the two)"
                )
            return answer
        case InvalidMessage() if isinstance(error.__cause__, EOFError):
            return "ended the connection without an answer"
        case InvalidMessage():
            return "doesn't answer in HTTP: it is no monitor"
        case InvalidHandshake():
            return f"is no monitor: {visible(str(error), MAX_REMOTE_TEXT)}"
        case _:
            return f"can't be attached to: {visible(str(error), MAX_REMOTE_TEXT)}"


def _ended(error: ConnectionClosed) -> str:
    """Why an open link has ended."""
    if error.rcvd is None:
        if error.sent is not None:
            reason = visible(error.sent.reason, MAX_REMOTE_TEXT)
            return f"the process broke the protocol ({error.sent.code}): {reason}"
        return "the link broke: the process is gone, or cut this viewer off"
    code = error.rcvd.code
    reason = visible(error.rcvd.reason, MAX_REMOTE_TEXT)
    if reason:
        return f"the process ended the link: {reason} ({code})"
    return f"the process ended the link ({code})"


def _shown(path: Path) -> str:
    return visible(os.fspath(path), MAX_REMOTE_TEXT)
