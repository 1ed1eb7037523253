"""What the monitor costs a message: nanoseconds of `Socket.on_message`, side by side.

    python -m benchmarks.tap      # or: ./dev bench --only tap

One process, the same messages given to a socket of a pool without a monitor, of one that
nobody watches, and of one that a viewer watches; in turn, so that all three meet the same
machine.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from benchmarks.bar import Quartiles, quartiles
from benchmarks.machine import cores
from benchmarks.viewer import Viewer
from benchmarks.wire import TEXT
from ssc_rx import MessageType, Pool, Socket
from ssc_rx.options import MonitorLevel
from ssc_rx.transports.memory import memory_pair

__all__ = ["TapCosts", "measure", "report"]

BAR_NS = 10.0
"""What a monitor that nobody watches may cost."""
BURST = 20_000
"""Messages in one turn of the event loop, some 10 ms."""
ROUNDS = 60
WARM_UP = 3


@dataclass(frozen=True, slots=True)
class TapCosts:
    """Nanoseconds a message.

    Attributes:
        without: Of a pool without a monitor.
        detached: More than that, when nobody watches.
        attached: More than that, when somebody watches all messages, which are bursts.
    """

    without: Quartiles
    detached: Quartiles
    attached: Quartiles


async def measure(rounds: int = ROUNDS) -> TapCosts:
    """Measure all three."""
    plain: list[float] = []
    more: dict[str, list[float]] = {"detached": [], "attached": []}
    async with (
        _socket("off") as without,
        _socket("traffic") as detached,
        _socket("traffic", watched=True) as attached,
    ):
        await asyncio.sleep(1)  # until the viewer has said what it wants
        for n in range(rounds + WARM_UP):
            base = _burst(without)
            costs = {"detached": _burst(detached), "attached": _burst(attached)}
            await asyncio.sleep(0.002)  # the monitor's turn
            if n >= WARM_UP:
                plain.append(base)
                for name, cost in costs.items():
                    more[name].append(cost - base)
    return TapCosts(
        quartiles(plain), quartiles(more["detached"]), quartiles(more["attached"])
    )


@asynccontextmanager
async def _socket(
    level: MonitorLevel, *, watched: bool = False
) -> AsyncIterator[Socket]:
    near, far = memory_pair()
    viewer: Viewer | None = None
    async with (
        Pool(ping_interval=None, monitor=level) as pool,
        pool.add_client_socket("socket", near) as socket,
    ):
        pool.messages.subscribe(lambda message: None)
        if watched:
            assert pool.monitor_path is not None
            found = cores()
            viewer = await Viewer.attach(pool.monitor_path, found[1] if found else None)
        yield socket
        far.abort()
    if viewer is not None:
        await viewer.left()


def _burst(socket: Socket) -> float:
    """Nanoseconds a message, in one burst."""
    receive, kind, payload = socket.on_message, MessageType.TEXT, TEXT.encode()
    began = time.perf_counter_ns()
    for _ in range(BURST):
        receive(kind, payload)
    return (time.perf_counter_ns() - began) / BURST


def report(costs: TapCosts) -> str:
    """For people."""
    status = "shown" if costs.detached.upper <= BAR_NS else "not shown"
    return (
        f"the monitor, of a message's {costs.without.median:.0f} ns from socket to "
        f"subscriber:\n"
        f"  nobody watches  {_shown(costs.detached)}  bar {BAR_NS:.0f} ns: {status}\n"
        f"  somebody does   {_shown(costs.attached)}  in bursts"
    )


def _shown(cost: Quartiles) -> str:
    return f"{cost.median:+6.1f} ns ({cost.lower:+.1f} to {cost.upper:+.1f})"


if __name__ == "__main__":
    print(report(asyncio.run(measure())))
