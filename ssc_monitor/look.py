"""A pool that is looked at: its counters, and how fast they grew since the last look."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.warnings.lookout import Lookout
from ssc_monitor.model.warnings.rule import Finding
from ssc_monitor.sources.link import Link, attach
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError

__all__ = ["Look", "Looker", "Traffic"]

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Per second, in the time of the look."""

    messages_in: float = 0.0
    messages_out: float = 0.0
    bytes_in: float = 0.0
    bytes_out: float = 0.0

    @property
    def messages(self) -> float:
        """In and out."""
        return self.messages_in + self.messages_out

    @property
    def bytes(self) -> float:
        """In and out."""
        return self.bytes_in + self.bytes_out


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a pool.

    Attributes:
        path: Its Unix socket.
        hello: Who it is, visible.
        time: UNIX seconds of the last reading.
        row: Its counters.
        traffic: How fast they grew since the look before.
        sockets: Each with its traffic.
        overdue: Whether the pool says less than it should: its loop may be blocked.
        warnings: What is worth one, the latest last.
        unaccounted: Accepted writes of which it doesn't know what became of them;
            `None` if it keeps no books.
    """

    path: Path
    hello: wire.Hello
    time: float
    row: wire.PoolRow
    traffic: Traffic
    sockets: tuple[tuple[SocketView, Traffic], ...]
    overdue: bool = False
    warnings: tuple[Finding, ...] = ()
    unaccounted: int | None = None


@dataclass(frozen=True, slots=True)
class _Counted:
    """The counters at one time, by sockets' numbers too."""

    time: float
    pool: Traffic
    sockets: dict[int, Traffic]


class Looker:
    """Looks at a pool again and again.

    Args:
        link: The link to it.
        interval: Seconds of the pool's clock from one look to the next.

    Attributes:
        lost: Whether there is nothing to be had from it any more.
    """

    def __init__(self, link: Link, interval: float) -> None:
        self._link = link
        self._interval = interval
        self._view = PoolView(events=1, messages=1)
        self._view.apply(link.hello)
        self._lookout = Lookout()
        self._last: _Counted | None = None
        self.lost = False

    @classmethod
    async def attach(cls, path: Path, interval: float = 1.0) -> Self:
        """Attach to the pool at a path.

        Raises:
            MonitorError: If it can't be attached to.
        """
        return cls(await attach(path, TIMEOUT_S), interval)

    async def close(self) -> None:
        """Leave it."""
        await self._link.close()

    async def look(self) -> Look:
        """Read on until the next look is due, or overdue: then the pool was silent.

        Raises:
            MonitorError: If the link is lost, or the pool never told anything.
        """
        try:
            return await self._look()
        except MonitorError:
            self.lost = True
            raise

    async def _look(self) -> Look:
        now: _Counted | None = None
        try:
            async with asyncio.timeout(self._interval + TIMEOUT_S):
                while not self._due(now):
                    frame = await self._link.receive()
                    self._view.apply(frame)
                    if isinstance(frame, wire.Events):
                        for event in frame.events:
                            self._lookout.take(event)
                    if isinstance(frame, wire.State) and frame.pool is not None:
                        self._lookout.look(self._view, most=len(self._view.sockets))
                        now = self._counted(frame.time, frame.pool)  # it is complete
                        self._last = self._last or now
        except TimeoutError:
            return self._seen(now or self._last, overdue=True)
        return self._seen(now)

    def _due(self, now: _Counted | None) -> bool:
        if self._last is None or now is None:
            return False
        return now.time >= self._last.time + self._interval

    def _seen(self, now: _Counted | None, *, overdue: bool = False) -> Look:
        view, last = self._view, self._last
        hello, row = view.hello, view.row
        if last is None or now is None or hello is None or row is None:
            raise MonitorError(
                f"process {self._link.hello.pid} told nothing of its pool for "
                f"{self._interval + TIMEOUT_S:g} s; is its event loop blocked?"
            )
        self._last = now
        seconds = now.time - last.time
        sockets = tuple(
            (socket, _grown(last.sockets.get(n, Traffic()), _traffic(socket), seconds))
            for n, socket in view.sockets.items()
            if not socket.gone
        )
        traffic = _grown(last.pool, now.pool, seconds)
        return Look(
            self._link.path,
            hello,
            view.now,
            row,
            traffic,
            sockets,
            overdue,
            self._lookout.findings,
            view.unaccounted if view.keeps_books else None,
        )

    def _counted(self, time: float, pool: wire.PoolRow) -> _Counted:
        sockets = {n: _traffic(s) for n, s in self._view.sockets.items()}
        return _Counted(time, _traffic(pool), sockets)


def _traffic(of: SocketView | wire.PoolRow) -> Traffic:
    return Traffic(of.messages_in, of.messages_out, of.bytes_in, of.bytes_out)


def _grown(old: Traffic, new: Traffic, seconds: float) -> Traffic:
    if seconds <= 0:
        return Traffic()
    return Traffic(
        (new.messages_in - old.messages_in) / seconds,
        (new.messages_out - old.messages_out) / seconds,
        (new.bytes_in - old.bytes_in) / seconds,
        (new.bytes_out - old.bytes_out) / seconds,
    )
