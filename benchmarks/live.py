"""What a live table takes of a core, in a real kernel: with it and without, in turn.

    python -m benchmarks.live      # or: ./dev bench --only live

A kernel of its own has a pool of 100 sockets, each of which receives ten messages a second.
`pool.live(hz=4)` shows them in a cell. The figure is the CPU time of the whole kernel, with
what it sends to the front end, which is read here, less that of the same pool without.
"""

from dataclasses import dataclass
from typing import Any

from jupyter_client.manager import KernelManager

from benchmarks.bar import Bar, Quartiles, quartiles

__all__ = ["LiveCosts", "measure", "report"]

SOCKETS, HZ, SPAN_S = 100, 4, 3.0
ROUNDS = 9
BAR = Bar("at most", 4.0, 2.0)
"""Percent of a core."""
SET_UP = f"""
import asyncio, time
from ssc_rx import MessageType, Pool
from ssc_rx.transports.memory import memory_pair

pool = Pool(name="live", ping_interval=None)
await pool.start()
sockets, far = [], []
for n in range({SOCKETS}):
    near, other = memory_pair()
    sockets.append(await pool.add_client_socket(f"socket {{n}}", near).__aenter__())
    far.append(other)

async def receive():
    while True:
        await asyncio.sleep(0.1)
        for socket in sockets:
            socket.on_message(MessageType.TEXT, b"a message")

receiving = asyncio.create_task(receive())

async def percent():
    wall, used = time.perf_counter(), time.process_time()
    await asyncio.sleep({SPAN_S})
    return 100 * (time.process_time() - used) / (time.perf_counter() - wall)
"""
ROUND = f"""
without = await percent()
view = pool.live(hz={HZ})
await asyncio.sleep(0.5)
before = view.painted
shown = await percent()
paintings = view.painted - before
view.stop()
"""


@dataclass(frozen=True, slots=True)
class LiveCosts:
    """What a live table takes.

    Attributes:
        percent: Of a core, more than the pool without it.
        paintings_per_s: How often it was painted, at the least.
    """

    percent: Quartiles
    paintings_per_s: float


def measure(rounds: int = ROUNDS) -> LiveCosts:
    """Measure it."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        _run(client, SET_UP)
        found = [
            _run(client, ROUND, "shown - without", "paintings") for _ in range(rounds)
        ]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    percent, paintings = zip(*found, strict=True)
    return LiveCosts(quartiles(list(percent)), min(paintings) / SPAN_S)


def _run(client: Any, code: str, *wanted: str) -> list[float]:
    """Run a cell; gives what these expressions are then."""
    reply = client.execute_interactive(
        code,
        output_hook=lambda message: None,  # as a front end, it takes all there is
        user_expressions={expression: expression for expression in wanted},
        timeout=60,
    )["content"]
    if reply["status"] != "ok":
        raise RuntimeError(f"{reply['ename']}: {reply['evalue']}")
    told = reply["user_expressions"]
    return [float(told[expression]["data"]["text/plain"]) for expression in wanted]


def report(costs: LiveCosts) -> str:
    """For people."""
    found = costs.percent
    return (
        f"a live table of {SOCKETS} sockets, {costs.paintings_per_s:.1f} paintings a "
        f"second: {found.median:.1f} % of a core ({found.lower:.1f} to "
        f"{found.upper:.1f})  bar {BAR.floor} %: {BAR.status(found)}"
    )


if __name__ == "__main__":
    print(report(measure()))
