"""The pool's process: python -m tests.soak.under_test LOOP

What kind of pool it is to be comes by standard input, as its first order. It ends with
its work, or when standard input does: it doesn't outlive who started it.
"""

import asyncio
import gc
import sys

import uvloop

from tests.soak.control import LINE_BYTES, Control
from tests.soak.cycles_pool import cycles
from tests.soak.outage_pool import outage
from tests.soak.stalled_pool import stalled
from tests.soak.storm_pool import storm
from tests.soak.words import AnyOrder, Cycles, Outage, Stalled, Storm, order_reader

LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


class _Writing(asyncio.Protocol):
    """Standard output: what was told has left when this is over."""

    def __init__(self) -> None:
        self.over = asyncio.get_running_loop().create_future()

    def connection_lost(self, exc: Exception | None) -> None:
        self.over.set_result(None)


async def run() -> None:
    """Be the pool that the first order says."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=LINE_BYTES)
    listening, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    telling, writing = await loop.connect_write_pipe(_Writing, sys.stdout)
    control = Control[AnyOrder](reader, telling.write, order_reader())
    try:
        match await control.hear():
            case Storm() as order:
                await storm(order, control)
            case Stalled() as order:
                await stalled(order, control)
            case Cycles() as order:
                await cycles(order, control)
            case Outage() as order:
                await outage(order, control)
            case other:
                raise ValueError(f"the first order is {other!r}")
    finally:
        telling.close()
        await writing.over
        listening.close()


def main(loop: str) -> None:
    gc.freeze()  # what was imported stays: no need to look at it again
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        runner.run(run())


if __name__ == "__main__":
    main(*sys.argv[1:])
