"""A storm: numbered messages both ways, and connections that end at any moment."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial

from websockets.frames import Frame

from tests.soak.far_end import FarEnd, dial
from tests.soak.running import PoolProcess, pool_process
from tests.soak.stamp import Payloads
from tests.soak.storm_ledger import Ledger
from tests.soak.storm_peer import Peer
from tests.soak.storm_plan import Plan, Weather, plan_of
from tests.soak.verdict import Progress, Verdict
from tests.soak.words import (
    Check,
    Checked,
    Dial,
    Ended,
    Listening,
    Stop,
    Stopped,
)
from tests.soak.words import Storm as StormOrder

__all__ = ["storm"]

CHECK_EVERY_S = 1.0
PATIENCE_S = 60.0
"""Seconds without a message after which something has got stuck."""
MOST_FAULTS = 10


class _Storm:
    """All peers; implements `storm_peer.Storming`, and `Owner` for who just arrived."""

    def __init__(self, weather: Weather, pool: PoolProcess) -> None:
        self.ledger = Ledger()
        self.payloads = Payloads(weather.seed)
        self.sent = self.echoed = self.checks = 0
        self.begun = time.monotonic()
        self._weather = weather
        self._pool = pool
        self._url = ""
        self._left_alone = False
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._dials: set[asyncio.Task[None]] = set()
        self._peers = {
            peer.id: peer for peer in map(self._peer, range(weather.sockets))
        }
        self._left = len(self._peers)

    def _peer(self, n: int) -> Peer:
        weather = self._weather
        id, dial = (f"dialled{n}", None) if n % 2 else (f"accepted{n}", self._dial_soon)
        plan = partial(self._plan, n, id)
        return Peer(self, n, id, weather.share(n), plan, dial)

    def _plan(self, n: int, id: str, connection: int, left: int) -> Plan:
        weather = self._weather
        if n == 0 and weather.plant != "none":  # its fault is to be noticed, not lost
            return Plan(left, "end", left, 8, 0, 0.0, 0.0)
        return plan_of(weather.seed, id, connection, left, weather.typical)

    # storm_peer.Storming

    def fault(self, text: str) -> None:
        if not self._left_alone:
            self.ledger.faults.append(text)

    def done(self, peer: Peer) -> None:
        self._left -= 1
        if self._left == 0 and not self._over.done():
            self._over.set_result(None)

    # far_end.Owner, until the path of who arrived is known

    def requested(self, far: FarEnd, path: str) -> None:
        far.owner = peer = self._peers[path.removeprefix("/")]
        peer.requested(far, path)

    def opened(self, far: FarEnd) -> None:
        """Not before its path is known."""

    def received(self, far: FarEnd, frames: Sequence[Frame]) -> None:
        """Not before its path is known."""

    def closed(self, far: FarEnd) -> None:
        """Nobody came."""

    # The run

    async def run(self, port: int, progress: Progress) -> None:
        """Send everything; returns when it has, or something did not hold."""
        self._url = await self._listening()
        hearing = asyncio.create_task(self._hear())
        try:
            for peer in self._peers.values():
                await self._begin(peer, port)
            await self._watch(hearing, progress)
            if hearing.done():
                hearing.result()  # it doesn't end by itself
        finally:
            self._left_alone = True
            tasks = (hearing, *self._dials)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listening(self) -> str:
        said = await self._pool.control.hear()
        assert isinstance(said, Listening), said
        return said.url

    async def _begin(self, peer: Peer, port: int) -> None:
        if peer.id.startswith("dialled"):
            url = f"ws://127.0.0.1:{port}/{peer.id}"
            self._pool.control.tell(Dial(id=peer.id, url=url))
        else:
            await self._dial(peer)

    def _dial_soon(self, peer: Peer) -> None:
        task = asyncio.create_task(self._dial(peer))
        self._dials.add(task)
        task.add_done_callback(self._dials.discard)

    async def _dial(self, peer: Peer) -> None:
        try:
            await dial(self._url, peer, f"/{peer.id}")
        except OSError as error:
            self.fault(f"{peer.id}: the pool's server can't be reached: {error}")

    async def _watch(self, hearing: asyncio.Task[None], progress: Progress) -> None:
        """Look at it now and then, until it is over."""
        moved_at, moved = time.monotonic(), (0, 0)
        while not self._over.done() and not self.ledger.faults:
            self._pool.control.tell(Check())
            await asyncio.wait(
                [self._over, hearing],
                timeout=CHECK_EVERY_S,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if hearing.done():
                return
            now, where = time.monotonic(), (self.sent, self.echoed)
            if where != moved:
                moved_at, moved = now, where
            elif now - moved_at > PATIENCE_S:
                self.fault(f"nothing moved for {PATIENCE_S:.0f} s: {self._stuck()}")
            progress.show(
                f"{self.sent:,} of {self._weather.messages:,} sent, {self.echoed:,} came "
                f"back, {self.ledger.connections:,} connections ended"
            )

    def _stuck(self) -> str:
        stuck = [peer for peer in self._peers.values() if peer.left or peer.open]
        return ", ".join(f"{peer.id}: {peer.open}" for peer in stuck[:3])

    async def _hear(self) -> None:
        while True:
            match await self._pool.control.hear():
                case Ended() as ended:
                    self._peers[ended.id].told(ended)
                case Checked(pool=books, sockets=sockets):
                    self.checks += 1
                    self.ledger.check(books, "the pool")
                    for socket in sockets:
                        self.ledger.check(socket, "a socket")
                case said:
                    self.fault(f"the pool's process said {said!r}")

    async def stop(self) -> None:
        """Have the pool stopped, and close the books."""
        self._pool.control.tell(Stop())
        while True:
            match await self._pool.control.hear():
                case Stopped() as stopped:
                    self.ledger.close(stopped)
                    return
                case _:
                    pass  # an answer to the last check


async def storm(weather: Weather) -> Verdict:
    """Have a storm; the verdict says what became of each message."""
    verdict = Verdict(f"storm on {weather.loop}")
    progress = Progress(verdict.name)
    async with AsyncExitStack() as stack:
        pool = await stack.enter_async_context(
            pool_process(weather.loop, StormOrder(plant=weather.planted))
        )
        raging = _Storm(weather, pool)
        server = await asyncio.get_running_loop().create_server(
            lambda: FarEnd.accepts(raging), "127.0.0.1", 0, backlog=1024
        )
        port = server.sockets[0].getsockname()[1]
        try:
            await raging.run(port, progress)
            seconds = time.monotonic() - raging.begun
            if not raging.ledger.faults:
                await raging.stop()
                verdict.faults += await pool.complaints()
        except EOFError as error:
            raging.fault(str(error))
            verdict.faults += await pool.complaints()
            seconds = time.monotonic() - raging.begun
        finally:
            progress.clear()
            server.close()
    verdict.faults[:0] = raging.ledger.faults[:MOST_FAULTS]
    rate = raging.sent / seconds
    verdict.figures += [
        *raging.ledger.figures(),
        f"{raging.checks:,} times the books were balanced",
        f"{seconds:.0f} s, {rate:,.0f} messages/s each way",
    ]
    return verdict
