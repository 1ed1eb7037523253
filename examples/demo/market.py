"""What each feed sends: coroutines that write to the socket of one subscriber."""

import asyncio
import random
import struct
import time
from collections.abc import Awaitable, Callable, Mapping

from examples.demo.pace import Pace
from ssc_rx import Socket

__all__ = ["FEEDS", "SYMBOLS"]

SYMBOLS = ("ACME", "GLOBEX", "INITECH", "UMBRELLA")
BOOK_LEVELS = 20


async def quotes(socket: Socket) -> None:
    """Bid and ask of one symbol after the other, 50 a second: a random walk."""
    middle = dict.fromkeys(SYMBOLS, 100.0)
    pace = Pace(1 / 50)
    while True:
        for symbol in SYMBOLS:
            middle[symbol] = max(1.0, middle[symbol] + random.gauss(0, 0.05))
            bid, ask = round(middle[symbol] - 0.01, 2), round(middle[symbol] + 0.01, 2)
            socket.write({"symbol": symbol, "bid": bid, "ask": ask})
            await pace.turn()


async def trades(socket: Socket) -> None:
    """Now and then a burst of trades; a few a second on average."""
    while True:
        symbol = random.choice(SYMBOLS)
        for _ in range(random.randint(1, 6)):
            socket.write({"symbol": symbol, "quantity": random.randint(1, 50) * 10})
        await asyncio.sleep(random.uniform(0.2, 1.2))


async def chatty(socket: Socket) -> None:
    """A small message every millisecond, in handfuls of ten."""
    pace = Pace(1 / 100)
    n = 0
    while True:
        for n in range(n + 1, n + 11):  # noqa: B020 - goes on counting
            socket.write(f"tick {n}")
        await pace.turn()


async def quiet(socket: Socket) -> None:
    """A heartbeat every two seconds, the first at once."""
    pace = Pace(2.0)
    while True:
        socket.write({"heartbeat": time.time()})
        await pace.turn()


async def book(socket: Socket) -> None:
    """Twenty levels of an order book, packed into a BINARY message, 20 a second."""
    pace = Pace(1 / 20)
    while True:
        levels = [random.uniform(90, 110) for _ in range(2 * BOOK_LEVELS)]
        socket.write(struct.pack(f"<I{len(levels)}d", BOOK_LEVELS, *levels))
        await pace.turn()


async def flaky(socket: Socket) -> None:
    """Exchange rates, 20 a second; its server breaks the connection now and then."""
    pace = Pace(1 / 20)
    while True:
        socket.write({"pair": "EURUSD", "rate": round(random.gauss(1.1, 0.01), 5)})
        await pace.turn()


FEEDS: Mapping[str, Callable[[Socket], Awaitable[None]]] = {
    "quotes": quotes,
    "trades": trades,
    "chatty": chatty,
    "quiet": quiet,
    "book": book,
    "flaky": flaky,
}
