"""A source that says what a test wants, and the frames of a small pool for it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC
from pathlib import Path

from ssc_monitor.clock import Clock
from ssc_monitor.model.transport import Transport
from ssc_monitor.sources.source import RECORDED, Attached, Item
from ssc_rx.monitor import wire

__all__ = [
    "START",
    "FixedClock",
    "Pool",
    "Scripted",
    "ScriptedRecording",
    "hello",
    "until",
]

START = 1_764_072_000.0  # 2025-11-25 12:00:00 UTC


class FixedClock(Clock):
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        super().__init__(UTC)
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds


class Scripted:
    """Plays items; records what it is asked for.

    Args:
        items: What it says first.

    Attributes:
        bars: Why its pool takes no commands.
    """

    def __init__(self, items: Iterable[Item] = (), name: str = "feeds") -> None:
        self.name = name
        self.requests: list[wire.Request] = []
        self.closed = False
        self.bars = ""
        self._items = deque(items)
        self._wake = asyncio.Event()

    def say(self, *items: Item) -> None:
        """Say more."""
        self._items.extend(items)
        self._wake.set()

    @property
    def silent(self) -> bool:
        """Whether everything was heard."""
        return not self._items

    async def frames(self) -> AsyncIterator[Item]:
        while not self.closed:
            self._wake.clear()
            while self._items:
                yield self._items.popleft()
            await self._wake.wait()

    @property
    def why_not(self) -> str:
        return self.bars

    def request(self, request: wire.Request) -> None:
        self.requests.append(request)

    async def close(self) -> None:
        self.closed = True
        self._wake.set()


class ScriptedRecording(Scripted):
    """The same as a recording that is played: at a place, which it doesn't leave.

    Args:
        items: What it says.
        transport: Where it is.
    """

    def __init__(self, items: Iterable[Item], transport: Transport) -> None:
        super().__init__(items)
        self.transport = transport
        self.bars = RECORDED


async def until(condition: Callable[[], object], turns: int = 100_000) -> None:
    """Give the loop turns until something holds."""
    for _ in range(turns):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it doesn't come to hold")


def hello(level: str = "traffic", pool: str = "feeds", pid: int = 41233) -> wire.Hello:
    """How the pool of these tests greets."""
    return wire.Hello(1, "0.1.0", pid, "app.py", pool, level, START - 2477, START)


class Pool:
    """Counts as a pool would, and tells it in frames.

    Args:
        ids: ID and kind of each socket.
    """

    def __init__(self, ids: Iterable[tuple[str, str]] = ()) -> None:
        self.time = START
        self.level = "traffic"
        self.heads: dict[int, wire.SocketHead] = {}
        self.rows: dict[int, wire.SocketRow] = {}
        self.failed: dict[str, int] = {}
        self.lag = 0.003
        self.refused = 0
        self.dropped = 0
        self._gone: list[int] = []
        self._next = 1
        self._event = 0
        self._sample = 0
        self._matched = self._sent = self._left_out = 0
        for id, kind in ids:
            self.add(id, kind)

    def greet(self) -> list[Item]:
        """A new attachment: the link, the hello and the whole set."""
        said = hello(self.level)
        return [Attached(Path("/run/41233-1.sock"), said), said, self.state(begin=True)]

    def add(
        self,
        id: str,
        kind: str = "client",
        *,
        state: str = "open",
        latency: float = 0.02,
    ) -> int:
        """A socket joins."""
        number = self._next
        self._next += 1
        self.heads[number] = wire.SocketHead(number, id, kind)
        opened = self.time - 2000.0 if state == "open" else None
        row = (number, state, 1, 0, 0, 0, 0, 0, 0, 0, 0, latency, opened, None)
        self.rows[number] = wire.SocketRow(*row)
        return number

    def remove(self, number: int) -> None:
        """A socket leaves."""
        del self.heads[number], self.rows[number]
        self._gone.append(number)

    def set(self, number: int, **facts: object) -> None:
        """Change facts of a socket."""
        self.rows[number] = _changed(self.rows[number], facts)

    def receive(self, number: int, messages: int, size: int = 100) -> None:
        """A socket receives messages."""
        row = self.rows[number]
        self.set(
            number,
            messages_in=row.messages_in + messages,
            bytes_in=row.bytes_in + messages * size,
            last_received=self.time,
        )

    def send(self, number: int, messages: int, size: int = 30) -> None:
        """Messages are written to a socket."""
        row = self.rows[number]
        self.set(
            number,
            messages_out=row.messages_out + messages,
            bytes_out=row.bytes_out + messages * size,
        )

    def state(self, *, begin: bool = False, pool_state: str = "running") -> wire.State:
        """A reading of everything."""
        gone, self._gone = tuple(self._gone), []
        rows = tuple(self.rows.values())
        return wire.State(
            self.time,
            begin,
            tuple(self.heads.values()) if begin else self._born(),
            rows,
            gone,
            self._totals(rows, pool_state),
        )

    def _born(self) -> tuple[wire.SocketHead, ...]:
        return tuple(self.heads.values())[-1:]

    def _totals(self, rows: tuple[wire.SocketRow, ...], state: str) -> wire.PoolRow:
        return wire.PoolRow(
            state,
            len(rows),
            sum(row.state == "open" for row in rows),
            sum(row.messages_in for row in rows),
            sum(row.bytes_in for row in rows),
            sum(row.messages_out for row in rows),
            sum(row.bytes_out for row in rows),
            sum(row.messages_out for row in rows),
            self.refused,
            sum(row.queued for row in rows),
            sum(row.queued_bytes for row in rows),
            self.failed,
            len(rows),
            0,
            0,
            0,
            0,
            self.lag,
            1,
        )

    def event(self, name: str, id: str, **facts: object) -> wire.Event:
        """Something happens."""
        self._event += 1
        return wire.Event(self._event, self.time, name, id, dict(facts))

    def sample(
        self,
        number: int,
        payload: bytes,
        *,
        direction: wire.Direction = "in",
        type: int = 1,
        size: int | None = None,
        after: float = 0.0,
    ) -> wire.Sample:
        """A message that was sampled."""
        self._sample += 1
        return wire.Sample(
            self._sample,
            number,
            direction,
            type,
            len(payload) if size is None else size,
            self.time + after,
            payload,
        )

    def messages(self, *samples: wire.Sample, left_out: int = 0) -> wire.Messages:
        """A batch of samples; before it, so many were left out."""
        self._sent += len(samples)
        self._left_out += left_out
        self._matched += len(samples) + left_out
        counts = (
            self._matched,
            self._matched,
            self._sent,
            self._left_out,
            self.dropped,
        )
        return wire.Messages(samples, *counts)


def _changed(row: wire.SocketRow, facts: dict[str, object]) -> wire.SocketRow:
    import msgspec

    return msgspec.structs.replace(row, **facts)  # type: ignore[arg-type]
