"""A large pool to be watched: `python -m benchmarks.app_pool SOCKETS MESSAGES_PER_S`.

Its sockets are in memory, so that the machine is free for the viewer: the monitor reads the
same counters and takes the same samples as with a network in between. Prints the path of
its monitor, and runs until its standard input is closed.
"""

import asyncio
import random
import sys
from contextlib import AsyncExitStack

from benchmarks.machine import cores
from benchmarks.span import pin
from ssc_rx import MessageType, Pool, Socket
from ssc_rx.transports.memory import memory_pair

TURN_S = 0.01
LATEST_S = 0.5
CHATTY = 20
CHATTY_SHARE = 0.5
"""Of the messages that a few chatty sockets send; the others share the rest."""


def _texts() -> list[bytes]:
    text = '{"e":"trade","s":"%s","p":"%.2f","q":"0.012","t":%d}'
    symbols = ("BTCUSDT", "ETHUSDT", "SOLUSDT", "ADAUSDT")
    return [
        (text % (symbols[n % 4], 60_000 + n / 7, 1_700_000_000 + n)).encode()
        for n in range(1000)
    ]


async def _deliver(sockets: list[Socket], per_s: int) -> None:
    """Messages at a steady pace, to some sockets often and to all in turn."""
    loop = asyncio.get_running_loop()
    texts, text = _texts(), MessageType.TEXT
    chatty = int(per_s * TURN_S * CHATTY_SHARE)
    others = int(per_s * TURN_S) - chatty
    due, nth = loop.time(), 0
    while True:
        now = loop.time()
        for _ in range(chatty):
            socket = sockets[random.randrange(CHATTY)]
            socket.on_data(now)
            socket.on_message(text, texts[nth % 1000])
            nth += 1
        for _ in range(others):
            socket = sockets[nth % len(sockets)]
            socket.on_data(now)
            socket.on_message(text, texts[nth % 1000])
            nth += 1
        due = max(due + TURN_S, now - LATEST_S)  # what is late is caught up
        await asyncio.sleep(max(0.0, due - loop.time()))


async def _run(n_sockets: int, per_s: int) -> None:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        pool = Pool(ping_interval=None, monitor="traffic", name="large")
        await stack.enter_async_context(pool)
        pool.messages.subscribe(lambda message: None)
        sockets: list[Socket] = []
        for n in range(n_sockets):
            near, _ = memory_pair()
            accepting = pool.add_client_socket(f"wss://feed.example/stream/{n}", near)
            sockets.append(await accepting.__aenter__())
        print(pool.monitor_path, flush=True)
        delivering = asyncio.ensure_future(_deliver(sockets, per_s))
        await loop.run_in_executor(None, sys.stdin.read)
        delivering.cancel()
        await pool.stop(0)


def main() -> None:
    """Run until nobody wants it any more."""
    found = cores()
    pin(found[0] if found else None)
    asyncio.run(_run(int(sys.argv[1]), int(sys.argv[2])))


if __name__ == "__main__":
    main()
