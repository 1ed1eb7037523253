"""Broadcasts to many peers, of whom some don't read: the others must not notice."""

import asyncio
import time
from collections.abc import Sequence

from websockets.frames import Frame

from ssc_rx import Overflow
from tests.soak.broadcasts import STEP, Broadcasts, Listener
from tests.soak.far_end import FarEnd, dial, leave
from tests.soak.machine import cores, pin
from tests.soak.running import PoolProcess, pool_process
from tests.soak.stalled_costs import NONE, POLICIES, Costs, Crowd
from tests.soak.verdict import Progress, Verdict
from tests.soak.words import (
    Acked,
    Listening,
    Stop,
    Stopped,
    Written,
)

__all__ = ["stalled"]

PATIENCE_S = 60.0
DIALS_AT_ONCE = 50
RECEIVE_BUFFER_BYTES = 32 * 1024


class _Peer:
    """A peer, listening or stalled; implements `far_end.Owner`."""

    def __init__(self, listener: Listener | None) -> None:
        self._listener = listener
        self.may_leave = False
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def requested(self, far: FarEnd, path: str) -> None:
        """It is a client."""

    def opened(self, far: FarEnd) -> None:
        if self._listener is None:
            far.transport.pause_reading()
        else:
            far.read_raw = self._listener.read
        self.open.set_result(None)

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        """Nothing is sent before all are open."""

    def closed(self, far: FarEnd) -> None:
        if not self.open.done():
            self.open.set_exception(ConnectionError("it was not let in"))
        elif self._listener is not None and not self.may_leave:
            self._listener.lost()


class _Run:
    """One run: a crowd of which some are stalled, or none."""

    def __init__(self, crowd: Crowd, stalled: int, pool: PoolProcess) -> None:
        self._crowd = crowd
        self._stalled = stalled
        self._pool = pool
        healthy = crowd.sockets - stalled
        self.broadcasts = Broadcasts(crowd.message_bytes, healthy, self._acked)
        self._peers: list[_Peer] = []

    def _acked(self, broadcasts: int) -> None:
        self._pool.control.tell(Acked(broadcasts=broadcasts))

    async def connect(self) -> None:
        """Join the pool, all of them."""
        listening = await self._pool.control.hear()
        assert isinstance(listening, Listening)
        for first in range(0, self._crowd.sockets, DIALS_AT_ONCE):
            last = min(first + DIALS_AT_ONCE, self._crowd.sockets)
            await asyncio.gather(
                *(self._join(listening.url, n) for n in range(first, last))
            )
        self._acked(0)

    async def _join(self, url: str, number: int) -> None:
        # The stalled ones are spread among the others.
        every = self._crowd.sockets // self._stalled if self._stalled else 0
        stalls = bool(every) and number % every == 0 and number // every < self._stalled
        name = f"{'stalled' if stalls else 'healthy'}{number}"
        listener = None if stalls else Listener(name, self.broadcasts)
        peer = _Peer(listener)
        self._peers.append(peer)
        await dial(url, peer, f"/{name}", RECEIVE_BUFFER_BYTES)
        await peer.open

    async def written(self, progress: Progress) -> Written:
        """Wait until all broadcasts are received by the healthy.

        Raises:
            TimeoutError: If nothing came for a long time.
        """
        hearing = asyncio.create_task(self._pool.control.hear())
        all_of_them = self._crowd.broadcasts * (self._crowd.sockets - self._stalled)
        moved_at, moved = time.monotonic(), 0
        try:
            while not hearing.done():
                await asyncio.wait([hearing], timeout=1.0)
                received = self.broadcasts.received
                progress.show(f"{received:,} of {all_of_them:,} deliveries")
                if received != moved:
                    moved_at, moved = time.monotonic(), received
                if time.monotonic() - moved_at > PATIENCE_S or self.broadcasts.faults:
                    raise TimeoutError(f"{received:,} of {all_of_them:,} came")
            written = hearing.result()
        finally:
            hearing.cancel()
        assert isinstance(written, Written)
        return written

    async def stop(self) -> Stopped:
        """Leave, have the pool stopped, and hear what it counted."""
        for peer in self._peers:
            peer.may_leave = True
        await leave()
        self._pool.control.tell(Stop())
        stopped = await self._pool.control.hear()
        assert isinstance(stopped, Stopped)
        return stopped


async def _measured(
    crowd: Crowd, stalled: int, overflow: Overflow, verdict: Verdict
) -> Written | None:
    """One run; `None` if it failed."""
    progress = Progress(verdict.name)
    core, _ = cores() if crowd.rounds else (None, None)
    written = None
    async with pool_process(crowd.loop, crowd.order(overflow, core)) as pool:
        run = _Run(crowd, stalled, pool)
        try:
            await run.connect()
            written = await run.written(progress)
            stopped = await run.stop()
        except (EOFError, OSError) as error:  # TimeoutError is one
            verdict.faults.append(str(error))
            verdict.faults += run.broadcasts.faults[:5]
        else:
            verdict.faults += run.broadcasts.faults[:5]
            wanted = crowd.broadcasts * (crowd.sockets - stalled)
            if run.broadcasts.received != wanted:
                received = run.broadcasts.received
                verdict.faults.append(f"{received:,} of {wanted:,} were delivered")
            if stopped.pool.off_by:
                verdict.faults.append(f"not accounted for: {stopped.pool!r}")
        verdict.faults += await pool.complaints()
        progress.clear()
    return written


async def stalled(crowd: Crowd) -> Verdict:
    """Compare runs in which some stall with runs in which none does, side by side."""
    assert crowd.broadcasts % STEP == 0
    verdict = Verdict(f"stalled on {crowd.loop}")
    if crowd.rounds:
        pin(cores()[1])
    costs = Costs(crowd)
    kinds = [(NONE, 0, Overflow.DROP_OLDEST)]
    kinds += [(policy.value, crowd.stalled, policy) for policy in POLICIES]
    for _ in range(max(1, crowd.rounds)):
        for kind, some, policy in kinds:
            written = await _measured(crowd, some, policy, verdict)
            if written is None or verdict.faults:
                return verdict
            if some:
                verdict.faults += costs.faults_of(written, policy)
            costs.add(kind, written)
    costs.compare(verdict)
    return verdict
