"""What a recording costs a pool at 100,000 messages a second, side by side.

    python -m benchmarks.recording      # or: ./dev bench --only recording

One process, in turn: the same messages given to a socket of a pool, at the same pace, with
a recorder and without. What counts is the CPU of the event loop's thread: that is what a
program's own work has to share. The writing thread's is told beside it.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bar import Quartiles, quartiles
from benchmarks.wire import TEXT
from ssc_rx import MessageType, Pool, Socket
from ssc_rx.recording import record
from ssc_rx.transports.memory import memory_pair

__all__ = ["RecordingCosts", "measure", "report"]

BAR = 0.10
"""Of a core, at most, on the event loop."""
PER_S = 100_000
TICK_S = 0.01
ROUND = 200_000
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class RecordingCosts:
    """Shares of a core, at the pace.

    Attributes:
        without: The event loop's thread, nobody recording.
        more: What it takes more with a recorder.
        writing: What all other threads take then.
        written: Messages in the files.
        missed: Those that aren't.
        per_s: How fast they came.
    """

    without: Quartiles
    more: Quartiles
    writing: Quartiles
    written: int
    missed: int
    per_s: float


async def measure(rounds: int = ROUNDS, *, name: str = "feed.jsonl") -> RecordingCosts:
    """Measure rounds of both, in turn."""
    without: list[float] = []
    more: list[float] = []
    writing: list[float] = []
    written = missed = 0
    seconds = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for n in range(rounds + 1):
            async with _socket() as (_, socket):
                plain, _, _ = await _paced(socket)
            async with _socket() as (pool, socket):
                path = Path(folder) / f"{n}-{name}"
                recorder = record(pool, path, max_bytes=None)
                loop, others, took = await _paced(socket)
                await asyncio.to_thread(recorder.close)
                path.unlink()
            if n == 0:  # to warm up
                continue
            without.append(plain)
            more.append(loop - plain)
            writing.append(others)
            written += recorder.messages
            missed += recorder.missed
            seconds += took
    return RecordingCosts(
        quartiles(without),
        quartiles(more),
        quartiles(writing),
        written,
        missed,
        (written + missed) / seconds,
    )


@asynccontextmanager
async def _socket() -> AsyncGenerator[tuple[Pool, Socket]]:
    near, far = memory_pair()
    async with (
        Pool(ping_interval=None) as pool,
        pool.add_client_socket("socket", near) as socket,
    ):
        pool.messages.subscribe(lambda message: None)
        yield pool, socket
        far.abort()


async def _paced(socket: Socket) -> tuple[float, float, float]:
    """Shares of a core: this thread, all others; and the seconds it took."""
    receive, kind, payload = socket.on_message, MessageType.TEXT, TEXT.encode()
    began, here, all_ = time.perf_counter(), time.thread_time(), time.process_time()
    given = 0
    while given < ROUND:
        due = min(ROUND, int((time.perf_counter() - began) * PER_S))
        for _ in range(due - given):
            receive(kind, payload)
        given = max(given, due)
        await asyncio.sleep(TICK_S)
    took = time.perf_counter() - began
    here, all_ = time.thread_time() - here, time.process_time() - all_
    return here / took, (all_ - here) / took, took


def report(costs: RecordingCosts) -> str:
    """For people."""
    status = "shown" if costs.more.upper <= BAR and not costs.missed else "not shown"
    return (
        f"a recording, at {costs.per_s:,.0f} messages a second, shares of a core:\n"
        f"  event loop without  {_shown(costs.without)}\n"
        f"  more with it        {_shown(costs.more)}  bar {BAR:.0%}: {status}\n"
        f"  the writing thread  {_shown(costs.writing)}\n"
        f"  {costs.written:,} written, {costs.missed:,} missed"
    )


def _shown(share: Quartiles) -> str:
    return f"{share.median:.1%} ({share.lower:.1%} to {share.upper:.1%})"


if __name__ == "__main__":
    for name in ("feed.jsonl", "feed.jsonl.gz"):
        print(name, report(asyncio.run(measure(name=name))), sep=": ")
