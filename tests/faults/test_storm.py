"""All faults at once."""

import asyncio
import random
from contextlib import AsyncExitStack

import pytest

from ssc_rx import (
    Pool,
)
from tests.checker import Checker
from tests.faults.through import (
    Healthy,
    Kind,
    Through,
    assert_lost,
)
from tests.recorder import Recorder
from tests.toxics import Bandwidth, Latency, LimitData, Slicer

pytestmark = pytest.mark.slow


async def test_a_storm_of_faults_leaves_nothing_unaccounted(
    pool: Pool, kind: Kind, heard: Recorder, healthy: Healthy
) -> None:
    """The choices come from the seed that the head of the test run shows."""
    chance = random.Random(random.getrandbits(32))
    out, back = Checker(), Checker()
    async with AsyncExitStack() as stack:
        storms = []
        for n in range(6):
            through = await stack.enter_async_context(
                kind(pool, f"socket {n}", close_timeout=10.0)
            )
            storms.append(_storm(through, random.Random(chance.random()), out, back))
        endings = await asyncio.gather(*storms, healthy.echoes(100))
        for message in heard.messages:
            if message.id != "healthy":
                back.received(message.id, message.text)
    for ending in endings[:-1]:
        assert ending is not None
        assert ending.faults(out, back) == []


class _Ending:
    """How one socket came to its end, and what that allows."""

    def __init__(self, through: Through, how: str) -> None:
        self.through = through
        self.how = how

    def faults(self, out: Checker, back: Checker) -> list[str]:
        socket = self.through.socket
        for text in self.through.far.texts:
            out.received(socket.id, text)
        stats, info = socket.stats, socket.close_info
        assert info is not None
        assert stats.balanced
        assert stats.queued == 0
        assert stats.accepted == out.sent_on(socket.id)
        if self.how not in ("remove", "leave"):
            assert_lost(info)
        # A clean close comes after all that was sent before it. What is under way to a
        # peer that leaves comes to nobody.
        to_nobody = not info.clean or self.how == "leave"
        return [
            *out.faults(socket.id, lost=stats.failed_total, link_lost=to_nobody),
            *back.faults(socket.id, link_lost=not info.clean),
        ]


async def _storm(
    through: Through, chance: random.Random, out: Checker, back: Checker
) -> _Ending:
    """Traffic both ways through changing weather, until one of the ends."""
    socket, far, proxy = through.socket, through.far, through.proxy
    weather = [
        lambda: Latency(0.002, 0.002, seed=chance.getrandbits(16)),
        lambda: Slicer(chance.randint(1, 50)),
        lambda: Bandwidth(500_000),
    ]
    for _ in range(chance.randint(5, 15)):
        proxy.remove()
        for stream in chance.sample(["upstream", "downstream"], chance.randint(0, 2)):
            proxy.add(chance.choice(weather)(), stream)  # type: ignore[no-untyped-call, arg-type]
        if chance.random() < 0.2:
            proxy.stop()
        for _ in range(chance.randint(1, 20)):
            socket.write(out.next(socket.id, chance.randint(0, 2000)))
            await far.connection.send(back.next(socket.id, chance.randint(0, 2000)))
        proxy.resume()
    how = chance.choice(["cut", "reset_peer", "limit", "remove", "leave"])
    match how:
        case "cut" | "reset_peer":
            await getattr(proxy, how)()
        case "limit":
            proxy.add(LimitData(chance.randint(1, 500)), through.from_pool)
            socket.write(out.next(socket.id, 1000))
        case "remove":
            socket.close(4000)
        case _:
            await far.connection.close()
    await socket.wait_closed()
    await far.reading
    return _Ending(through, how)
