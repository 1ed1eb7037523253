"""Real pools with something wrong: the warning comes, and goes when it is mended."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.warnings.lookout import Lookout
from ssc_monitor.model.warnings.rule import Finding
from ssc_monitor.sources.link import Link, attach
from ssc_rx import Message, Outbox, Overflow, Pool, Reconnect
from ssc_rx.monitor import wire
from tests.peers import open_client, websocket_server

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

MakePool = Callable[..., Pool]
PAYLOAD = "x" * 60_000


class Watcher:
    """Reads what a pool tells, and what it is warned of."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.view = PoolView()
        self.lookout = Lookout()
        self.view.apply(link.hello)

    async def until(self, holds: Callable[[], object]) -> None:
        while not holds():
            frame = await self._link.receive()
            self.view.apply(frame)
            if isinstance(frame, wire.Events):
                for event in frame.events:
                    self.lookout.take(event)
            elif isinstance(frame, wire.State) and frame.pool is not None:
                self.lookout.look(self.view)

    async def warned(self, rule: str, id: str = "") -> Finding:
        """Wait for a warning."""
        await self.until(lambda: self.of(rule, id))
        return self.of(rule, id)[0]

    async def calm(self, rule: str) -> None:
        """Wait until it is gone."""
        await self.until(lambda: not self.of(rule))

    def of(self, rule: str, id: str = "") -> list[Finding]:
        found = (f for f in self.lookout.findings if f.rule == rule)
        return [finding for finding in found if id in finding.id]


@asynccontextmanager
async def watching(pool: Pool) -> AsyncIterator[Watcher]:
    assert pool.monitor_path is not None
    link = await attach(pool.monitor_path, 5.0)
    try:
        yield Watcher(link)
    finally:
        await link.close()


@pytest.fixture
async def watched(monitors: Path, make_pool: MakePool) -> Pool:
    bound = Outbox(messages=100, bytes=1 << 30, overflow=Overflow.DROP_OLDEST)
    pool = make_pool(
        ping_interval=None,
        monitor="stats",
        name="w",
        outbox=bound,
        reconnect=Reconnect(min_delay=0.01, max_delay=0.02),
        close_timeout=1.0,
    )
    await pool.start()
    return pool


async def test_a_peer_that_stops_to_read_fills_its_outbox_and_drops(
    watched: Pool,
) -> None:
    async with watched.serve(id=lambda _: "peer") as server, watching(watched) as seen:
        reader, writer, _ = await open_client(server.url)
        await seen.until(lambda: "peer" in watched)
        socket = watched["peer"]
        while not socket.stats.dropped:  # what the kernel takes is no queue
            socket.write(PAYLOAD)
            await asyncio.sleep(0)
        drops = await seen.warned("drops", "peer")
        assert "(oldest)" in drops.text
        slow = await seen.warned("slow-peer", "peer")
        assert slow.text.startswith("outbox 100% full, 100 writes wait")
        assert seen.lookout.warned(slow.number)
        assert seen.view.unaccounted == 0

        async def read() -> None:
            while await reader.read(1 << 20):
                pass

        reading = asyncio.create_task(read())
        await seen.calm("slow-peer")
        assert socket.stats.queued == 0
        assert not seen.of("accounting")
        writer.close()
        await reading


async def test_a_subscriber_that_takes_its_time_is_named(watched: Pool) -> None:
    busy = True

    def hold_up(_: Message) -> None:
        end = time.perf_counter() + 0.03
        while busy and time.perf_counter() < end:
            pass

    async def feed(connection: ServerConnection) -> None:
        while True:
            await connection.send("x")
            await asyncio.sleep(0.02)  # the rate of a feed

    watched.messages.subscribe(hold_up)
    async with websocket_server(feed) as url, watching(watched) as seen:
        await watched.add_server_socket(url, id="feed")
        slow = await seen.warned("slow-subscriber")
        assert ".hold_up takes 3" in slow.text
        assert "of the event loop" in slow.text
        busy = False
        await seen.calm("slow-subscriber")
        await watched.remove_socket("feed")


async def test_a_server_that_sends_us_away_again_and_again_flaps(watched: Pool) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(1012)

    async with websocket_server(leave) as url, watching(watched) as seen:
        await watched.add_server_socket(url, id="flaky")
        flapping = await seen.warned("flapping", "flaky")
        assert "within a minute" in flapping.text
        await watched.remove_socket("flaky")


async def test_a_loop_that_is_blocked_is_late(watched: Pool) -> None:
    async with watching(watched) as seen:
        await seen.until(lambda: seen.view.row is not None)
        time.sleep(0.4)  # noqa: ASYNC251 - it is to be blocked
        late = await seen.warned("loop-lag")
        assert late.text.startswith("the event loop was ")
        await seen.calm("loop-lag")
