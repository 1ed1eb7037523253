"""A viewer of a pool's monitor, as small as can be."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from websockets.asyncio.client import ClientConnection, unix_connect

from ssc_rx.monitor import wire

F = TypeVar("F")


class Viewing:
    """Reads frames, and keeps them.

    Attributes:
        frames: All that came, hello first.
        rows: The last row of each socket there is, by its ID.
        pool: The last totals.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.frames: list[wire.Frame] = []
        self.heads: dict[int, wire.SocketHead] = {}
        self._rows: dict[int, wire.SocketRow] = {}
        self.pool: wire.PoolRow | None = None

    @property
    def rows(self) -> dict[str, wire.SocketRow]:
        return {self.heads[number].id: row for number, row in self._rows.items()}

    @property
    def samples(self) -> list[wire.Sample]:
        return [s for batch in self.of(wire.Messages) for s in batch.samples]

    @property
    def events(self) -> list[wire.Event]:
        return [event for batch in self.of(wire.Events) for event in batch.events]

    def of(self, kind: type[F]) -> list[F]:
        return [frame for frame in self.frames if isinstance(frame, kind)]

    async def ask(self, request: wire.Request) -> None:
        await self.connection.send(wire.encode(request), text=True)

    async def until(self, holds: Callable[[], object]) -> None:
        """Read on until it holds; the test's own time limit bounds it."""
        while not holds():
            frame = wire.decode_frame(await self.connection.recv())
            assert frame is not None
            self.frames.append(frame)
            if isinstance(frame, wire.State):
                self._read(frame)

    async def hear(self, kind: type[F]) -> F:
        """Wait for the next frame of this kind."""
        n = len(self.of(kind))
        await self.until(lambda: len(self.of(kind)) > n)
        return self.of(kind)[n]

    async def reading(self) -> wire.PoolRow:
        """Wait for the end of the next reading."""
        self.pool = None
        await self.until(lambda: self.pool is not None)
        assert self.pool is not None
        return self.pool

    def _read(self, state: wire.State) -> None:
        if state.begin:
            self.heads.clear()
            self._rows.clear()
        self.heads |= {head.number: head for head in state.born}
        self._rows |= {row.number: row for row in state.rows}
        for number in state.gone:
            self._rows.pop(number, None)
        self.pool = state.pool or self.pool


@asynccontextmanager
async def attached(path: Path | None, **options: Any) -> AsyncIterator[Viewing]:
    """Attach to a monitor; the hello has come."""
    assert path is not None
    arguments: dict[str, Any] = {
        "subprotocols": [wire.SUBPROTOCOL],
        "compression": None,
        "ping_interval": None,
        "close_timeout": 0.5,
    } | options
    async with unix_connect(str(path), "ws://localhost/", **arguments) as connection:
        viewing = Viewing(connection)
        await viewing.hear(wire.Hello)
        yield viewing


async def turns(n: int = 10) -> None:
    """Let the event loop turn."""
    for _ in range(n):
        await asyncio.sleep(0)
