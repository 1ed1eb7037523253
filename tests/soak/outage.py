"""A server of many sockets goes away and comes back: they return, and not as a herd."""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from websockets.frames import Frame

from tests.soak.dials import Dials
from tests.soak.far_end import FarEnd
from tests.soak.running import Loop, PoolProcess, pool_process
from tests.soak.verdict import Progress, Verdict
from tests.soak.words import Dialled, Listening, Outage, Stop, Stopped

__all__ = ["Away", "outage"]

HANDSHAKE_S = (0.01, 0.05)
"""The server takes its time to answer, so that dials are in flight at the same time."""
BUSY_S = 5.0
"""What a busy machine may add to a bound, and not more."""


@dataclass(frozen=True, slots=True)
class Away:
    """The outage.

    Attributes:
        loop: The event loop of the pool.
        seed: What chooses how long the server takes to answer.
        sockets: How many are connected to it.
        seconds: For how long it is away.
        max_dials: The limit of dials in flight.
        max_delay: The bound of every delay between dials, in seconds.
    """

    loop: Loop
    seed: int
    sockets: int = 500
    seconds: float = 30.0
    max_dials: int = 20
    max_delay: float = 30.0

    @property
    def back_within(self) -> float:
        """Seconds after the return in which all have to be back.

        The longest delay, whose jitter is from nothing to all of it; and then all may
        want to dial at once, as many at a time as the limit lets.
        """
        in_turn = self.sockets / self.max_dials * HANDSHAKE_S[1]
        return self.max_delay + in_turn + BUSY_S


class _Server:
    """What they are connected to; implements `far_end.Owner`."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        self._server: asyncio.Server | None = None
        self._unanswered: set[FarEnd] = set()
        self._open: set[FarEnd] = set()
        self.port = 0
        self.most_unanswered = 0

    async def listen(self) -> None:
        """Be there; again on the same port."""
        self._server = await asyncio.get_running_loop().create_server(
            lambda: FarEnd.accepts(self), "127.0.0.1", self.port, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]

    def go_away(self) -> None:
        """Refuse whoever comes, and be gone for those who are here."""
        if self._server is not None:
            self._server.close()
        for far in (*self._open, *self._unanswered):
            far.kill()

    def requested(self, far: FarEnd, path: str) -> None:
        self._unanswered.add(far)
        self.most_unanswered = max(self.most_unanswered, len(self._unanswered))
        delay = self._chance.uniform(*HANDSHAKE_S)
        asyncio.get_running_loop().call_later(delay, self._answer, far)

    def _answer(self, far: FarEnd) -> None:
        if far in self._unanswered:
            self._unanswered.remove(far)
            far.answer()

    def opened(self, far: FarEnd) -> None:
        self._open.add(far)

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        """Nobody sends."""

    def closed(self, far: FarEnd) -> None:
        self._open.discard(far)
        self._unanswered.discard(far)


class _Outage:
    """The run: connect, be away, and see them return."""

    def __init__(self, away: Away, server: _Server, pool: PoolProcess) -> None:
        self._away = away
        self._server = server
        self._pool = pool
        self.dials = Dials()
        self._changed = asyncio.Event()
        self.back_s: float | None = None

    async def run(self, progress: Progress) -> None:
        """Have it.

        Raises:
            TimeoutError: If they didn't come, or not come back, in time.
        """
        hearing = asyncio.create_task(self._hear())
        away = self._away
        try:
            await self._until_open(away.sockets, BUSY_S + away.sockets, progress)
            self.dials.outage_begins()
            self._server.go_away()
            left_at = time.monotonic()
            await self._while_away(left_at, progress)
            await self._server.listen()
            back_at = time.monotonic()
            await self._until_open(away.sockets, away.back_within, progress)
            self.back_s = time.monotonic() - back_at
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def stop(self) -> Stopped:
        """Have the pool stopped."""
        self._pool.control.tell(Stop())
        while True:
            match await self._pool.control.hear():
                case Stopped() as stopped:
                    return stopped
                case _:
                    pass

    async def _while_away(self, left_at: float, progress: Progress) -> None:
        while (left := left_at + self._away.seconds - time.monotonic()) > 0:
            progress.show(
                f"the server is away for another {left:.0f} s, {self.dials.open} "
                f"sockets open, {self.dials.failed} dials failed"
            )
            await asyncio.sleep(min(left, 0.5))

    async def _until_open(
        self, sockets: int, limit_s: float, progress: Progress
    ) -> None:
        async with asyncio.timeout(limit_s):
            while self.dials.open < sockets:
                self._changed.clear()
                await self._changed.wait()
                progress.show(f"{self.dials.open} of {sockets} sockets open")

    async def _hear(self) -> None:
        while True:
            match await self._pool.control.hear():
                case Dialled() as step:
                    self.dials.step(step)
                    self._changed.set()
                case Listening():
                    pass
                case said:
                    raise ValueError(f"not now: {said!r}")


async def outage(away: Away) -> Verdict:
    """Take the server away; the verdict says how the sockets came back."""
    verdict = Verdict(f"outage on {away.loop}")
    progress = Progress(verdict.name)
    server = _Server(away.seed)
    await server.listen()
    order = Outage(
        url=f"ws://127.0.0.1:{server.port}/",
        sockets=away.sockets,
        max_dials=away.max_dials,
        max_delay=away.max_delay,
    )
    async with pool_process(away.loop, order) as pool:
        run = _Outage(away, server, pool)
        try:
            await run.run(progress)
            stopped = await run.stop()
            if stopped.pool.off_by or stopped.sockets:
                verdict.faults.append(f"the stopped pool is not clean: {stopped!r}")
            verdict.faults += await pool.complaints()
        except TimeoutError:
            verdict.faults.append(
                f"{run.dials.open} of {away.sockets} open, and not all in time"
            )
        except EOFError as error:
            verdict.faults.append(str(error))
            verdict.faults += await pool.complaints()
        finally:
            progress.clear()
            server.go_away()
    _judge(away, run, server, verdict)
    return verdict


def _judge(away: Away, run: _Outage, server: _Server, verdict: Verdict) -> None:
    dials, limit = run.dials, away.max_dials
    if run.back_s is not None:
        verdict.figures.append(
            f"{away.sockets} sockets back {run.back_s:.1f} s after the server, which was "
            f"away for {away.seconds:.0f} s (at most {away.back_within:.0f} s)"
        )
    verdict.figures.append(
        f"dials in flight: at most {dials.most_in_flight} by the pool's steps, "
        f"{server.most_unanswered} by the server's, of {limit} allowed; "
        f"{dials.begun:,} dials, {dials.failed:,} failed"
    )
    verdict.faults += dials.faults
    if max(dials.most_in_flight, server.most_unanswered) > limit:
        verdict.faults.append(f"more than {limit} dials were in flight")
    if server.most_unanswered < limit:
        verdict.faults.append(
            f"the limit of {limit} was never reached: nothing is shown"
        )
    figure, fault = dials.spread(away.sockets)
    verdict.figures.append(figure)
    verdict.faults += [fault] if fault else []
