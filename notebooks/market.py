"""A small market on this machine: the feed that the notebooks watch.

    market = await Market(seed=7).open()
    pool = Pool({"trades": market.trades, "quotes": market.quotes})

Everything is made up, by a seed: the same messages in the same order each time, as real
ones would come from a real server, on a port of 127.0.0.1.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from websockets.http11 import Request

from ssc_rx import Event, Message, Pool, SocketOpened

__all__ = ["SYMBOLS", "Market"]

SYMBOLS = ("ACME", "GLOBEX", "INITECH", "UMBRELLA")
TICK_S = 0.02
FIRST_PRICE, TICK_SIZE = 100.0, 0.01

Tape = Iterator[dict[str, Any]]


def trades(seed: int) -> Tape:
    """Who bought how much of what, at which price: a random walk of each symbol."""
    chance = random.Random(f"trades {seed}")
    price = dict.fromkeys(SYMBOLS, FIRST_PRICE)
    seq = 0
    while True:
        seq += 1
        symbol = chance.choice(SYMBOLS)
        step = chance.gauss(0, 0.0008) * price[symbol]
        price[symbol] = round(max(TICK_SIZE, price[symbol] + step), 2)
        size = 10 * max(1, int(chance.expovariate(0.2)))
        yield {"seq": seq, "symbol": symbol, "price": price[symbol], "size": size}


def quotes(seed: int) -> Tape:
    """What one would pay and take for each symbol, in turn."""
    chance = random.Random(f"quotes {seed}")
    middle = dict.fromkeys(SYMBOLS, FIRST_PRICE)
    seq = 0
    while True:
        for symbol in SYMBOLS:
            seq += 1
            middle[symbol] *= 1 + chance.gauss(0, 0.0004)
            half = TICK_SIZE * chance.randint(1, 4) / 2
            yield {
                "seq": seq,
                "symbol": symbol,
                "bid": round(middle[symbol] - half, 2),
                "ask": round(middle[symbol] + half, 2),
            }


FEEDS: dict[str, Callable[[int], Tape]] = {"trades": trades, "quotes": quotes}


class Market:
    """A server of two feeds, for whoever connects; what nobody hears is gone.

    A feed begins with its first listener. `market.trades + "/ACME"` is that of one symbol;
    one who sends `{"symbols": ["ACME"]}` gets
    these symbols only, until the connection ends.

    Args:
        seed: Another one is another market.
        per_s: Messages a second of each feed.

    Attributes:
        pool: Its side of the connections.
    """

    def __init__(self, seed: int = 7, *, per_s: float = 200.0) -> None:
        self.pool = Pool(name="market")
        self._seed, self._per_s = seed, per_s
        self._port = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def trades(self) -> str:
        """The URL of the trades."""
        return f"ws://127.0.0.1:{self._port}/trades"

    @property
    def quotes(self) -> str:
        """The URL of the quotes."""
        return f"ws://127.0.0.1:{self._port}/quotes"

    async def open(self) -> "Market":
        """Listen. In a notebook, the market that was open before closes."""
        await self.pool.start()
        self.pool.events.subscribe(self._welcome)
        self.pool.messages.subscribe(self._choose)
        await self._listen()
        self._tasks = [
            asyncio.create_task(self._tell(feed), name=f"market {feed}")
            for feed in FEEDS
        ]
        return self

    async def outage(self, seconds: float = 1.0) -> None:
        """Be gone for a while: everybody is sent away, and miss what is told."""
        self._server.close()
        for id in self.pool.list():
            self.pool.remove_socket(id, 1012, "service restart")
        await asyncio.sleep(seconds)
        await self._listen()

    async def close(self) -> None:
        """Send everybody away, and end."""
        await self.pool.stop()
        await asyncio.gather(*self._tasks)

    async def __aenter__(self) -> "Market":
        return await self.open()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _listen(self) -> None:
        self._server = await self.pool.serve(
            port=self._port, process_request=_only_feeds
        )
        self._port = self._server.port

    def _welcome(self, event: Event) -> None:
        if isinstance(event, SocketOpened):
            feed, *chosen = _wanted(event.id)
            self.pool[event.id].tag(*(f"{feed} {s}" for s in chosen or SYMBOLS))

    def _choose(self, message: Message) -> None:
        chosen = message.json()["symbols"]
        others = [s for s in SYMBOLS if s not in chosen]
        feed = _wanted(message.id)[0]
        self.pool[message.id].untag(*(f"{feed} {s}" for s in others))

    async def _tell(self, feed: str) -> None:
        """Say what is due, at every tick, until the pool stops."""
        stopped = self.pool.wait_stopped()
        tape, told, began = FEEDS[feed](self._seed), 0, 0.0
        now = asyncio.get_running_loop().time
        while not stopped.done():
            if not began and any(_wanted(id)[0] == feed for id in self.pool):
                began = now()
            while began and told < (now() - began) * self._per_s:
                told += 1
                what = next(tape)
                listeners = self.pool.tagged(f"{feed} {what['symbol']}")
                listeners.write_all(Message.of("", what))
            await asyncio.wait([stopped], timeout=TICK_S)


def _wanted(id: str) -> list[str]:
    """What `serve` made an ID of: ["trades", "ACME"] of "/trades/ACME#3"."""
    return id.strip("/").partition("#")[0].split("/")


def _only_feeds(request: Request) -> tuple[int, str] | None:
    match _wanted(request.path):
        case [feed] if feed in FEEDS:
            return None
        case [feed, symbol] if feed in FEEDS and symbol in SYMBOLS:
            return None
        case _:
            there = [f"/{feed}/{symbol}" for feed in FEEDS for symbol in ("", *SYMBOLS)]
            return 404, f"there are {', '.join(path.rstrip('/') for path in there)}\n"
