"""A network of the memory transport, which a pool dials in virtual time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from ssc_rx import (
    DialError,
    Pool,
    Reconnect,
    ReconnectScheduled,
)
from ssc_rx.ports import Transport
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.assertions import assert_accounted, assert_nothing_left
from tests.far_end import Peer
from tests.recorder import Recorder

URL = "ws://x.example"
REFUSED = DialError(URL, "refused")


class Network:
    """What is dialled: it is up or down, and slow.

    Attributes:
        error: What a dial fails with; `None` while the server is up.
        errors: The same of one URL.
        takes_s: Seconds that a dial takes.
        peers: The far ends of all connections there were.
        dialled: When each dial began, and its URL and headers.
        in_flight: Dials under way now; `most`: the most there were.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.errors: dict[str, Exception] = {}
        self.takes_s = 0.0
        self.peers: list[Peer] = []
        self.dialled: list[tuple[float, str, Any]] = []
        self.in_flight = self.most = 0

    async def dial(self, url: str, headers: Any) -> Transport:
        self.dialled.append((now(), url, headers))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.in_flight -= 1
        error = self.errors.get(url, self.error)
        if error is not None:
            raise error.with_traceback(None)
        near, far = memory_pair()
        self.peers.append(Peer(far))
        return near

    @property
    def far(self) -> MemoryTransport:
        """The far end of the last connection."""
        return self.peers[-1].transport

    def cut(self) -> None:
        """Break every connection."""
        for peer in self.peers:
            peer.transport.abort()


class VirtualPool(Pool):
    """A pool that dials a `Network`."""

    network: Network

    async def _dial(self, url: str, options: Any, **how: Any) -> Transport:
        return await self.network.dial(url, how.get("headers"))


def now() -> float:
    return asyncio.get_running_loop().time()


async def turns(n: int = 12) -> None:
    """Let what is due happen, while no time passes."""
    for _ in range(n):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(
    urls: Any = (), reconnect: Reconnect | None = None, **options: Any
) -> AsyncIterator[tuple[VirtualPool, Network, Recorder]]:
    """A pool on a network of its own, and what it says; without jitter by default."""
    reconnect = reconnect or Reconnect(jitter=lambda: 1.0)
    options = {"ping_interval": None, "reconnect": reconnect} | options
    pool = VirtualPool(urls, **options)
    pool.network = Network()
    heard = Recorder(pool)
    async with pool:
        yield pool, pool.network, heard
        assert_accounted(pool)
    assert_accounted(pool)
    await assert_nothing_left()


def scheduled(heard: Recorder) -> list[tuple[int, float]]:
    return [(e.attempt, e.delay) for e in heard.of(ReconnectScheduled)]


def names(heard: Recorder) -> list[str]:
    return [type(e).__name__ for e in heard.events]


ENDS: dict[str, Callable[[Pool], Any]] = {
    "remove": lambda pool: pool.remove_socket("x", 4000, "enough"),
    "close": lambda pool: pool["x"].close(4000, "enough"),
    "stop": lambda pool: pool.stop(),
}
