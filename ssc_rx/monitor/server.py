"""The monitor of one pool: listens on a Unix socket and keeps its viewers informed."""

import asyncio
import contextlib
import logging
import math
import os
import socket as socket_module
from collections.abc import Callable
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ssc_rx.driver import Driver
from ssc_rx.events import Event
from ssc_rx.logs import about, logger_of
from ssc_rx.message import Message
from ssc_rx.monitor import wire
from ssc_rx.monitor.chronicle import Chronicle
from ssc_rx.monitor.commands import Commands
from ssc_rx.monitor.discovery import MonitorError, new_path, peer_uid
from ssc_rx.monitor.redaction import redacted_text
from ssc_rx.monitor.requests import TICK_S, Requests
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.stopwatch import Stopwatch
from ssc_rx.monitor.survey import Survey
from ssc_rx.monitor.tap import Tap
from ssc_rx.monitor.viewer import Viewer
from ssc_rx.ports import Controlled, Watched
from ssc_rx.program import program_name

__all__ = ["Monitor"]

logger = logger_of(__name__)
# websockets logs every probe that hangs up as an error, with a traceback.
_peers_logger = logging.getLogger(f"{__name__}.peers")
_peers_logger.setLevel(logging.CRITICAL)

MAX_VIEWERS = 8
SOCKETS_PER_TICK = 2000
"""A larger pool is read less often, so that reading stays as cheap."""
PROBES = 5
"""In each tick, of how late the event loop is, and how long subscribers take."""
MAX_REQUEST_BYTES = 64 * 1024
MAX_COMMAND_BYTES = MAX_REQUEST_BYTES + wire.MAX_SENT_BYTES * 4 // 3
"""A payload is base64 in a frame."""
OPEN_TIMEOUT_S = 2.0
CLOSE_TIMEOUT_S = 0.5


class Monitor:
    """Watches a pool for those who attach, at no cost while nobody does.

    Args:
        watched: The pool.
        controlled: The same.
        driver: The pool's.
        level: What viewers may see, and whether they may act.
        redact: Gives the payload of a message that viewers may see; all of it by default.
        tell: Takes what viewers did, as events.
        required: Whether `open` raises if it can't listen, or only logs that.

    Attributes:
        path: The Unix socket at which it listens; `None` if it doesn't.
    """

    def __init__(
        self,
        watched: Watched,
        controlled: Controlled,
        driver: Driver,
        level: wire.Level,
        redact: Callable[[Message], bytes] | None,
        *,
        tell: Callable[[Event], None],
        required: bool,
    ) -> None:
        self._watched = watched
        self._extra = about(watched.name)
        self._driver = driver
        self._level: wire.Level = level
        self._required = required
        self._started_at = driver.wall()
        self._roll = Roll()
        self._survey = Survey(watched, self._roll)
        self._chronicle = Chronicle(watched, self._roll)
        self._tap = Tap(watched, self._roll)
        self._requests = Requests(
            self._roll,
            self._tap,
            driver,
            Commands(
                controlled,
                self._roll,
                level,
                pool=watched.name,
                tell=tell,
                clock=driver.wall,
            ),
            level=level,
            redact=None if redact is None else _safe(redact, watched.name),
        )
        self._stopwatch = Stopwatch(watched, self._roll)
        self._arrivals = watched.events.subscribe(
            lambda event: self._tap.came(event.id)
        )
        self._viewers: list[Viewer] = []
        self._attached = asyncio.Event()
        self._hurry = False
        self._server: Server | None = None
        self._ticker: asyncio.Task[None] | None = None
        self._closing = False
        self.path: Path | None = None

    async def open(self) -> None:
        """Listen.

        Raises:
            MonitorError: If that can't be, and the monitor is required.
        """
        try:
            path = new_path()
            self._server = await self._listen(path)
        except MonitorError:
            if self._required:
                raise
            logger.exception("the pool goes on without its monitor", extra=self._extra)
            return
        self.path = path
        if self._closing:  # meanwhile
            await self._close()
            return
        self._ticker = self._driver.spawn(self._tick(), "ssc-rx monitor")
        logger.info("monitor (%s) at %s", self._level, path, extra=self._extra)

    async def _listen(self, path: Path) -> Server:
        listener = socket_module.socket(socket_module.AF_UNIX)
        try:
            listener.bind(str(path))
            os.chmod(path, 0o600)  # before anybody can connect
            return await unix_serve(
                self._attend,
                sock=listener,
                subprotocols=[Subprotocol(wire.SUBPROTOCOL)],
                process_request=self._admit,
                compression=None,
                server_header=None,
                open_timeout=OPEN_TIMEOUT_S,
                close_timeout=CLOSE_TIMEOUT_S,
                ping_interval=None,
                max_size=self._max_request_bytes,
                logger=_peers_logger,
            )
        except OSError as error:
            listener.close()
            _remove(path)
            raise MonitorError(
                f"the monitor can't listen on {path}: {error}"
            ) from error

    @property
    def _max_request_bytes(self) -> int:
        return MAX_COMMAND_BYTES if self._level == "control" else MAX_REQUEST_BYTES

    def close(self) -> None:
        """Tell the viewers how it ended, and end; the driver waits for that."""
        self._closing = True
        if self._server is not None:
            self._driver.spawn(self._close(), "ssc-rx monitor closes")

    async def _close(self) -> None:
        assert self._server is not None
        if self._ticker is not None:
            self._ticker.cancel()
        try:
            async with asyncio.timeout(2 * CLOSE_TIMEOUT_S):
                await self._publish(lag=0.0)
                for viewer in list(self._viewers):
                    await viewer.idle.wait()
                self._server.close(code=1001, reason="the pool stopped")
                await self._server.wait_closed()
        except TimeoutError:
            pass  # somebody doesn't read
        finally:
            self._server.close()
            for viewer in self._viewers:
                viewer.connection.transport.abort()
            self._arrivals.dispose()
            self._chronicle.close()
            if self.path is not None:
                _remove(self.path)

    # Viewers come and go

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Let in programs of the same user, and not too many."""
        if "Origin" in request.headers:
            return connection.respond(
                HTTPStatus.FORBIDDEN, "Web pages may not watch a pool.\n"
            )
        uid = peer_uid(connection.transport.get_extra_info("socket"))
        if uid not in (None, os.getuid(), 0):
            return connection.respond(
                HTTPStatus.FORBIDDEN, "This pool belongs to another user.\n"
            )
        if len(self._viewers) >= MAX_VIEWERS:
            return connection.respond(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MAX_VIEWERS} viewers are attached already, which is the most.\n",
            )
        return None

    async def _attend(self, connection: ServerConnection) -> None:
        viewer = Viewer(
            connection, self._survey, self._chronicle, pool=self._watched.name
        )
        pump = self._driver.spawn(viewer.pump(), "ssc-rx monitor's viewer")
        self._viewers.append(viewer)
        try:
            await viewer.reply(self._hello())
            self._hurry = True
            self._attached.set()
            async for data in connection:
                pause_s = await self._requests.take(viewer, data)
                await asyncio.sleep(pause_s)
        except wire.WireError as error:
            await connection.close(1002, str(error)[:100])
        except ConnectionClosed:
            pass
        finally:
            pump.cancel()
            self._viewers.remove(viewer)
            self._requests.sample(viewer, None)
            if not self._viewers:
                self._attached.clear()
                self._survey.clear()
                self._stopwatch.clear()
                self._roll.clear()

    def _hello(self) -> wire.Hello:
        return wire.Hello(
            protocol=wire.PROTOCOL,
            version=version("ssc-rx"),
            pid=os.getpid(),
            program=redacted_text(program_name()),
            pool=redacted_text(self._watched.name),
            level=self._level,
            started_at=self._started_at,
            time=self._driver.wall(),
            interval=TICK_S,
            capabilities=wire.COMMANDS if self._level == "control" else (),
        )

    # What they are told

    async def _tick(self) -> None:
        ticks_to_reading = 0
        lag = 0.0
        while True:
            await self._attached.wait()
            if self._hurry:
                ticks_to_reading = 0
            self._hurry = False
            self._tap.tick()
            try:
                if ticks_to_reading <= 0:
                    await self._publish(lag)
                    lag = 0.0
                    ticks_to_reading = math.ceil(
                        self._survey.sockets / SOCKETS_PER_TICK
                    )
                else:
                    for viewer in self._viewers:
                        viewer.publish(())
            except Exception:  # a fault of ours must not become the pool's
                extra = self._extra
                logger.exception("the monitor failed to tell its viewers", extra=extra)
            lag = max(lag, await self._pause())
            ticks_to_reading -= 1

    async def _publish(self, lag: float) -> None:
        timed = self._stopwatch.rows()
        reading, gone = await self._survey.read(lag, len(self._viewers), timed)
        self._tap.settle()
        for viewer in self._viewers:
            viewer.publish(reading)
        for socket in gone:
            self._tap.forget(socket)
            self._roll.forget(socket)

    async def _pause(self) -> float:
        """Wait for the next tick; returns how late the event loop was, in seconds."""
        now = self._driver.now
        latest = 0.0
        for _ in range(PROBES):
            self._stopwatch.probe()
            due = now() + TICK_S / PROBES
            await asyncio.sleep(TICK_S / PROBES)
            latest = max(latest, now() - due)
            if self._hurry:
                break
        return latest


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _safe(redact: Callable[[Message], Any], pool: str) -> Callable[[Message], bytes]:
    """A user's hook that fails shows nothing, and says so once."""
    told = False

    def safely(message: Message) -> bytes:
        nonlocal told
        try:
            payload = redact(message)
            if isinstance(payload, bytes):
                return payload
            error: Exception = TypeError(
                f"redact must return bytes, not {type(payload).__name__}"
            )
        except Exception as raised:
            error = raised
        if not told:
            told = True
            text = "redact failed; monitors see no payload"
            logger.error(text, exc_info=error, extra=about(pool, message.id))
        return b""

    return safely
