"""One look at a pool: its counters, and what they grew by in a second."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.sources.link import Link, attach
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError

__all__ = ["Look", "Traffic", "look"]

LOOK_S = 1.0
TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Traffic:
    """Per second, in the time of the look."""

    messages_in: float = 0.0
    messages_out: float = 0.0
    bytes_in: float = 0.0
    bytes_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen of a pool.

    Attributes:
        path: Its Unix socket.
        hello: Who it is, visible.
        time: UNIX seconds of the last reading.
        row: Its counters.
        traffic: How fast they grow.
        sockets: Each with its traffic, the busiest first.
    """

    path: Path
    hello: wire.Hello
    time: float
    row: wire.PoolRow
    traffic: Traffic
    sockets: tuple[tuple[SocketView, Traffic], ...]


_Counters = SocketView | wire.PoolRow


async def look(path: Path) -> Look:
    """Attach to a monitor, watch its counters for a second, and leave.

    Raises:
        MonitorError: If it can't be attached to, or tells nothing of its state.
    """
    link = await attach(path, TIMEOUT_S)
    try:
        return await _look(link)
    finally:
        await link.close()


async def _look(link: Link) -> Look:
    view = PoolView(events=1, messages=1)
    view.apply(link.hello)
    first: dict[int, Traffic] = {}
    began: tuple[float, wire.PoolRow] | None = None
    try:
        async with asyncio.timeout(TIMEOUT_S):
            while True:
                frame = await link.receive()
                view.apply(frame)
                if not isinstance(frame, wire.State) or frame.pool is None:
                    continue  # the reading isn't complete
                if began is None:
                    began = frame.time, frame.pool
                    first = {n: _counters(s) for n, s in view.sockets.items()}
                elif frame.time >= began[0] + LOOK_S:
                    break
    except TimeoutError:
        pass
    hello, row = view.hello, view.row
    if began is None or hello is None or row is None:
        raise MonitorError(
            f"process {link.hello.pid} told nothing of its pool for {TIMEOUT_S:g} s; "
            "is its event loop blocked?"
        )
    seconds = view.now - began[0]
    sockets = [
        (socket, _grown(first.get(number, Traffic()), _counters(socket), seconds))
        for number, socket in view.sockets.items()
        if not socket.gone
    ]
    sockets.sort(key=_busy, reverse=True)
    traffic = _grown(_counters(began[1]), _counters(row), seconds)
    return Look(link.path, hello, view.now, row, traffic, tuple(sockets))


def _busy(row: tuple[SocketView, Traffic]) -> tuple[float, int]:
    socket, traffic = row
    return (
        traffic.messages_in + traffic.messages_out,
        socket.messages_in + socket.messages_out,
    )


def _counters(of: _Counters) -> Traffic:
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
