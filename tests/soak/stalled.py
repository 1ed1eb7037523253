"""Broadcasts to many peers, of whom some don't read: the others must not notice."""

import asyncio
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

from websockets.frames import Frame

from ssc_rx import Overflow
from ssc_rx.transports.link import HIGH_WATER_BYTES
from tests.soak.broadcasts import STEP, Broadcasts, Listener
from tests.soak.far_end import FarEnd, dial, leave
from tests.soak.machine import cores, pin
from tests.soak.running import Loop, PoolProcess, pool_process
from tests.soak.verdict import Progress, Verdict
from tests.soak.words import (
    Acked,
    Listening,
    Stalled,
    StalledSocket,
    Stop,
    Stopped,
    Written,
)

__all__ = ["Crowd", "stalled"]

ENOUGH = 0.8
"""The share of the speed without stalled peers that the healthy ones must keep."""
PATIENCE_S = 60.0
DIALS_AT_ONCE = 50
RECEIVE_BUFFER_BYTES = 32 * 1024
MOST_BUFFERED_BYTES = HIGH_WATER_BYTES + 2 * 64 * 1024
"""What a transport may hold: up to its mark, and one flush over it."""
SLACK_BYTES = 16 * 1024 * 1024
"""What two runs that do the same may differ in."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Who is broadcast to, and what.

    Attributes:
        loop: The event loop of the pool.
        sockets: How many.
        stalled: How many of them don't read.
        broadcasts: How many messages each is to get; a multiple of 8.
        rounds: How often it is measured; 0 to look at correctness alone.
        message_bytes: Payload bytes of each message.
        outbox_messages: The bound of each outbox.
        window: How many broadcasts may be under way to the healthy.
    """

    loop: Loop
    sockets: int
    stalled: int
    broadcasts: int
    rounds: int
    message_bytes: int = 256
    outbox_messages: int = 256
    window: int = 64

    def order(self, overflow: Overflow, core: int | None) -> Stalled:
        """What the pool's process has to do."""
        return Stalled(
            sockets=self.sockets,
            broadcasts=self.broadcasts,
            window=self.window,
            message_bytes=self.message_bytes,
            outbox_messages=self.outbox_messages,
            overflow=overflow.value,
            core=core,
        )


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


def _check_costs(
    crowd: Crowd, overflow: Overflow, written: Written, verdict: Verdict
) -> None:
    """A stalled socket costs its outbox and no more."""
    if len(written.sockets) != crowd.stalled:
        verdict.faults.append(f"{len(written.sockets)} were stalled")
    for socket in written.sockets:
        for fault in _faults_of(socket, crowd, overflow):
            verdict.faults.append(f"a stalled socket ({overflow.value}): {fault}")


def _faults_of(socket: StalledSocket, crowd: Crowd, overflow: Overflow) -> list[str]:
    books, most = socket.books, crowd.outbox_messages
    dropped = books.dropped.get("oldest", 0)
    overflown = books.failed.get("overflow", 0)
    holds = {
        "its outbox is bounded": socket.most_queued <= most,
        "its transport's buffer is": socket.most_buffered_bytes <= MOST_BUFFERED_BYTES,
        "its writes are accounted for": books.off_by == 0,
    }
    if overflow is Overflow.CLOSE:
        holds |= {
            # 1006: it was sent 1013, and never read that.
            "it was closed for it": socket.state == "closed",
            "its queue failed": 0 < overflown <= most,
            "it holds nothing": books.queued == socket.queued_bytes == 0,
        }
    else:
        holds |= {
            "it stays open": socket.state == "open",
            "its outbox is full": books.queued == most,
            "older messages gave way": dropped > 0
            and books.accepted == crowd.broadcasts,
            "nothing of it failed": sum(books.failed.values()) == 0,
        }
    return [f"{what}: no, {socket!r}" for what, does in holds.items() if not does]


POLICIES = (Overflow.DROP_OLDEST, Overflow.CLOSE)


async def stalled(crowd: Crowd) -> Verdict:
    """Compare runs in which some stall with runs in which none does, side by side."""
    assert crowd.broadcasts % STEP == 0
    verdict = Verdict(f"stalled on {crowd.loop}")
    if crowd.rounds:
        pin(cores()[1])
    rates: dict[str, list[float]] = {}
    memory: dict[str, int] = {}
    kinds = [("none", 0, Overflow.DROP_OLDEST)]
    kinds += [(policy.value, crowd.stalled, policy) for policy in POLICIES]
    for _ in range(max(1, crowd.rounds)):
        for kind, some, policy in kinds:
            written = await _measured(crowd, some, policy, verdict)
            if written is None or verdict.faults:
                return verdict
            if some:
                _check_costs(crowd, policy, written, verdict)
            rates.setdefault(kind, []).append(crowd.broadcasts / written.seconds)
            memory[kind] = max(memory.get(kind, 0), written.most_bytes)
    _compare(crowd, rates, memory, verdict)
    return verdict


def _compare(
    crowd: Crowd,
    rates: dict[str, list[float]],
    memory: dict[str, int],
    verdict: Verdict,
) -> None:
    bound = crowd.stalled * (crowd.outbox_messages * crowd.message_bytes * 2)
    bound += crowd.stalled * MOST_BUFFERED_BYTES + SLACK_BYTES
    base = statistics.median(rates["none"])
    verdict.figures.append(
        f"{crowd.sockets:,} sockets, {crowd.broadcasts:,} broadcasts; with none stalled "
        f"{base:,.0f} messages/s to each socket, {base * crowd.sockets:,.0f}/s in all, "
        f"{memory['none'] / 2**20:.0f} MiB"
    )
    for policy in POLICIES:
        rate = statistics.median(rates[policy.value])
        more = memory[policy.value] - memory["none"]
        verdict.figures.append(
            f"{crowd.stalled} stalled, {policy.value}: {rate:,.0f} messages/s to each "
            f"healthy socket, {rate / base:.2f} of that (runs: "
            + ", ".join(f"{each:,.0f}" for each in rates[policy.value])
            + f"); {more / 2**20:+.1f} MiB"
        )
        if crowd.rounds and rate < ENOUGH * base:
            verdict.faults.append(
                f"{policy.value}: {rate / base:.2f} of the speed with none stalled, and "
                f"not {ENOUGH}"
            )
        if more > bound:
            verdict.faults.append(f"{policy.value}: {more:,} bytes more, not {bound:,}")
