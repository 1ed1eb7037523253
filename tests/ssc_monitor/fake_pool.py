"""A monitor that says what a test tells it to, on a real Unix socket."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec
from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ssc_rx.monitor import wire

__all__ = ["FakePool", "hello", "pool_row", "reading", "sample", "socket_row"]

STARTED_AT = 1_700_000_000.0
NOW = STARTED_AT + 60

logger = logging.getLogger(__name__)
logger.setLevel(logging.CRITICAL)


def hello(**changes: Any) -> wire.Hello:
    """What a pool says first."""
    plain = wire.Hello(
        protocol=wire.PROTOCOL,
        version="1.2.3",
        pid=4242,
        program="app.py",
        pool="feeds",
        level="traffic",
        started_at=STARTED_AT,
        time=NOW,
    )
    return msgspec.structs.replace(plain, **changes)


def _required(row: type[msgspec.Struct]) -> tuple[str, ...]:
    return row.__struct_fields__[: -len(row.__struct_defaults__)]


def pool_row(**changes: Any) -> wire.PoolRow:
    """The totals of a pool in which nothing has happened."""
    zeros = dict.fromkeys(_required(wire.PoolRow), 0)
    start = {"state": "running", "failed": {}, "dropped": {}}
    return wire.PoolRow(**(zeros | start | changes))


def socket_row(number: int, **changes: Any) -> wire.SocketRow:
    """The counters of an open socket on which nothing has happened."""
    row: dict[str, Any] = dict.fromkeys(_required(wire.SocketRow), 0)
    row |= {"number": number, "state": "open", "generation": 1, "latency": None}
    row |= {"opened_at": STARTED_AT, "last_received": None}
    return wire.SocketRow(**(row | changes))


def reading(
    rows: dict[str, wire.SocketRow],
    *,
    time: float = NOW,
    begin: bool = False,
    **pool: Any,
) -> wire.State:
    """One whole reading of sockets, by their IDs; tells of their birth if it begins."""
    heads = [wire.SocketHead(row.number, id, "server") for id, row in rows.items()]
    return wire.State(
        time=time,
        begin=begin,
        born=tuple(heads) if begin else (),
        rows=tuple(rows.values()),
        pool=pool_row(**({"sockets": len(rows), "open_sockets": len(rows)} | pool)),
    )


def sample(sequence: int, payload: bytes, **changes: Any) -> wire.Sample:
    """A message of socket 1."""
    plain = {"number": 1, "direction": "in", "type": 1, "size": len(payload)}
    plain |= {"time": NOW + sequence, "preview": payload}
    return wire.Sample(sequence=sequence, **(plain | changes))


class FakePool:
    """Lets viewers in, says to each of them what `frames` holds, and hears them.

    Args:
        path: Where to listen.
        frames: What every viewer is told at first; bytes are sent as they are.
        answer: Gives what to say to a request.
        refuse: Status and text of the answer to every opening request.
        subprotocols: Those it speaks.
    """

    def __init__(
        self,
        path: Path,
        *frames: wire.Frame | bytes,
        answer: Callable[[wire.Request], list[wire.Frame]] = lambda _: [],
        refuse: tuple[int, str] | None = None,
        subprotocols: tuple[str, ...] = (wire.SUBPROTOCOL,),
    ) -> None:
        self.path = path
        self.frames = frames
        self.heard: list[wire.Request] = []
        self.viewers: list[ServerConnection] = []
        self.attached = 0
        self._answer = answer
        self._refuse = refuse
        self._subprotocols = [Subprotocol(name) for name in subprotocols]
        self._changed = asyncio.Condition()
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await unix_serve(
            self._attend,
            str(self.path),
            subprotocols=self._subprotocols or None,
            process_request=self._admit,
            compression=None,
            ping_interval=None,
            close_timeout=1,
            logger=logger,
        )
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.end()

    async def end(self, reason: str = "the pool stopped") -> None:
        """Close all links as a pool does that stops; nobody listens any more."""
        assert self._server is not None
        self._server.close(code=1001, reason=reason)
        await self._server.wait_closed()
        self.path.unlink(missing_ok=True)

    def break_off(self) -> None:
        """Cut all links, as if the process had been killed; it listens on."""
        for viewer in self.viewers:
            viewer.transport.abort()

    async def say(self, *frames: wire.Frame | bytes) -> None:
        """Tell all viewers."""
        for viewer in list(self.viewers):
            await _send(viewer, *frames)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is true that viewers bring about."""
        async with self._changed:
            await self._changed.wait_for(holds)

    async def _attend(self, viewer: ServerConnection) -> None:
        self.viewers.append(viewer)
        self.attached += 1
        await self._change()
        with suppress(ConnectionClosed):
            await _send(viewer, *self.frames)
            async for data in viewer:
                request = wire.decode_request(data)
                assert request is not None
                self.heard.append(request)
                await self._change()
                await _send(viewer, *self._answer(request))
        self.viewers.remove(viewer)
        await self._change()

    async def _change(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _admit(self, viewer: ServerConnection, _: Request) -> Response | None:
        return None if self._refuse is None else viewer.respond(*self._refuse)


async def _send(viewer: ServerConnection, *frames: wire.Frame | bytes) -> None:
    for frame in frames:
        data = frame if isinstance(frame, bytes) else wire.encode(frame)
        await viewer.send(data, text=True)
