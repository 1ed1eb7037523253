"""Connect, write, close, again and again: the pool's process must not grow."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from websockets.frames import Frame, Opcode

from tests.soak.far_end import FarEnd, dial
from tests.soak.growth import judge
from tests.soak.running import Loop, PoolProcess, pool_process
from tests.soak.stamp import CLOSE, ECHO, KILL
from tests.soak.verdict import Progress, Verdict
from tests.soak.words import (
    Cycles,
    Dial,
    Footprint,
    Listening,
    Measure,
    Measured,
    Stop,
    Stopped,
)

__all__ = ["Rounds", "cycles"]

AT_ONCE = 32
PATIENCE_S = 60.0

Ending = Literal["pool closes", "pool kills", "peer closes", "peer kills", "at once"]
_ENDINGS: tuple[Ending, ...] = (
    "pool closes",
    "pool kills",
    "peer closes",
    "peer kills",
    "at once",
)
_WRITES = {"pool closes": CLOSE, "pool kills": KILL}


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is repeated.

    Attributes:
        loop: The event loop of the pool.
        seed: What chooses the endings.
        cycles: How many connections.
        warm_up: After how many of them nothing may grow.
        measures: How often it is looked at from then on.
        leak: Whether the pool's process is to keep what it should not.
    """

    loop: Loop
    seed: int
    cycles: int
    warm_up: int
    measures: int
    leak: bool = False


class _Cycle:
    """One connection, from its beginning to its end; implements `far_end.Owner`."""

    def __init__(self, ending: Ending) -> None:
        self._ending = ending
        self.echoed = False
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def fault(self) -> str:
        """What went wrong, if something did."""
        if not self.echoed and self._ending in ("peer closes", "peer kills"):
            return f"no echo ({self._ending})"
        return ""

    def requested(self, far: FarEnd, path: str) -> None:
        far.answer()

    def opened(self, far: FarEnd) -> None:
        far.send([(Opcode.BINARY, _WRITES.get(self._ending, ECHO))])
        if self._ending == "at once":
            far.kill()

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        self.echoed = True
        if self._ending == "peer closes":
            far.close(1000)
        elif self._ending == "peer kills":
            far.kill()

    def closed(self, far: FarEnd) -> None:
        if not self.over.done():  # nobody waits after Ctrl-C
            self.over.set_result(None)


class _Arrivals:
    """The server that the pool dials: finds the cycle of who arrives."""

    def __init__(self) -> None:
        self.expected: dict[str, _Cycle] = {}

    def requested(self, far: FarEnd, path: str) -> None:
        far.owner = cycle = self.expected.pop(path)
        cycle.requested(far, path)

    def opened(self, far: FarEnd) -> None:
        """Not before its path is known."""

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        """Not before its path is known."""

    def closed(self, far: FarEnd) -> None:
        """Nobody came."""


class _Turning:
    """All cycles, a few at once."""

    def __init__(self, rounds: Rounds, pool: PoolProcess) -> None:
        self._rounds = rounds
        self._pool = pool
        self._chance = random.Random(rounds.seed)
        self._arrivals = _Arrivals()
        self._numbers = iter(range(rounds.cycles))
        self.done = 0
        self.endings: Counter[str] = Counter()
        self.faults: list[str] = []

    async def run(self, verdict: Verdict, progress: Progress) -> list[Footprint]:
        """Have them all; gives what the pool's process held, from the warm-up on."""
        listening = await self._pool.control.hear()
        assert isinstance(listening, Listening)
        server = await asyncio.get_running_loop().create_server(
            lambda: FarEnd.accepts(self._arrivals), "127.0.0.1", 0, backlog=1024
        )
        rounds = self._rounds
        rest = rounds.cycles - rounds.warm_up
        stops = [
            rounds.warm_up + rest * n // rounds.measures
            for n in range(rounds.measures + 1)
        ]
        held: list[Footprint] = []
        try:
            port = server.sockets[0].getsockname()[1]
            for until in stops:
                left = until - self.done
                budget = iter(range(left))
                async with asyncio.TaskGroup() as group:
                    for _ in range(AT_ONCE):
                        group.create_task(
                            self._turn(budget, listening.url, port, progress)
                        )
                if self.faults:
                    break
                self._pool.control.tell(Measure())
                measured = await self._pool.control.hear()
                assert isinstance(measured, Measured)
                held.append(measured.footprint)
                if measured.pool.off_by:
                    verdict.faults.append(f"not accounted for: {measured.pool!r}")
        finally:
            server.close()
        return held

    async def _turn(
        self, budget: Iterator[int], url: str, port: int, progress: Progress
    ) -> None:
        """One after the other, until the budget that it shares with others is empty."""
        for _ in budget:
            if self.faults:
                return
            await self._cycle(next(self._numbers), url, port)
            self.done += 1
            progress.show(f"{self.done:,} of {self._rounds.cycles:,} cycles")

    async def _cycle(self, number: int, url: str, port: int) -> None:
        ending = self._chance.choice(_ENDINGS)
        self.endings[ending] += 1
        cycle = _Cycle(ending)
        path = f"/{number}"
        try:
            async with asyncio.timeout(PATIENCE_S):
                if number % 2:
                    self._arrivals.expected[path] = cycle
                    dialled = f"ws://127.0.0.1:{port}{path}"
                    self._pool.control.tell(Dial(id=path, url=dialled))
                else:
                    await dial(url, cycle, path)
                await cycle.over
        except OSError as error:  # TimeoutError is one
            self.faults.append(f"cycle {number} ({ending}): {error!r}")
        else:
            if cycle.fault:
                self.faults.append(f"cycle {number}: {cycle.fault}")


async def cycles(rounds: Rounds) -> Verdict:
    """Connect, write and close; the verdict says what the pool's process held."""
    verdict = Verdict(f"cycles on {rounds.loop}")
    progress = Progress(verdict.name)
    async with pool_process(rounds.loop, Cycles(leak=rounds.leak)) as pool:
        turning = _Turning(rounds, pool)
        begun = time.monotonic()
        held: list[Footprint] = []
        try:
            held = await turning.run(verdict, progress)
            seconds = time.monotonic() - begun
            pool.control.tell(Stop())
            stopped = await pool.control.hear()
            assert isinstance(stopped, Stopped)
            if stopped.pool.off_by or stopped.sockets or stopped.subscriber_failures:
                verdict.faults.append(f"the stopped pool is not clean: {stopped!r}")
        except EOFError as error:
            verdict.faults.append(str(error))
        verdict.faults += turning.faults[:5]
        verdict.faults += await pool.complaints()
        progress.clear()
    if not verdict.faults:
        endings = ", ".join(
            f"{how} {n:,}" for how, n in sorted(turning.endings.items())
        )
        rate = turning.done / seconds
        verdict.figures.append(f"{turning.done:,} cycles ({endings})")
        verdict.figures.append(f"{seconds:.0f} s, {rate:,.0f} cycles/s")
        judge(held, verdict)
    return verdict
