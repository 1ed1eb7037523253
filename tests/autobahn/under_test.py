"""The pool that the suite tests: python -m tests.autobahn.under_test SIDE LOOP [URL]

As a server it echoes whatever its clients send, until it is ended. As a client it asks
the suite at URL for its number of cases, is the client of each, and asks for the report.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import uvloop

from ssc_rx import Outbox, Pool, Socket

__all__ = ["AGENT", "client", "echoing_pool", "server"]

AGENT = "ssc-rx"
MAX_MESSAGE_BYTES = 16 * 1024 * 1024
CASE_S = 600.0
"""A case that takes longer than this has hung; the biggest take 30 s, 80 s when busy."""
LOOPS = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}


@asynccontextmanager
async def echoing_pool() -> AsyncIterator[Pool]:
    """A pool that sends every message back to where it came from."""
    async with Pool(
        ping_interval=None,  # the suite counts frames
        reconnect=None,  # and connections
        max_message_size=MAX_MESSAGE_BYTES,
        compression="deflate",
        outbox=Outbox(bytes=4 * MAX_MESSAGE_BYTES),
    ) as pool:
        pool.messages.subscribe(pool.writes)  # a message's ID is its sender's
        yield pool


async def server() -> None:
    """Tell the URL on a line of its own, and serve until standard input ends."""
    async with echoing_pool() as pool, pool.serve() as listening:
        tell(listening.url)
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        await ended


async def client(url: str) -> int:
    """Be the client of every case that the suite at `url` has; gives their number."""
    agent = quote(AGENT)
    async with echoing_pool() as pool:
        cases = await _case_count(pool, url)
        for case in range(1, cases + 1):
            socket = await pool.add_server_socket(
                f"{url}/runCase?case={case}&agent={agent}"
            )
            async with asyncio.timeout(CASE_S):
                await socket.wait_closed()
        reported = await pool.add_server_socket(f"{url}/updateReports?agent={agent}")
        await reported.wait_closed()
    return cases


async def _case_count(pool: Pool, url: str) -> int:
    counting: Socket = await pool.add_server_socket(f"{url}/getCaseCount")
    told: list[str] = []
    counting.messages.subscribe(lambda message: told.append(message.text))
    await counting.wait_closed()
    return int(told[0])


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(side: str, loop: str, url: str = "") -> None:
    with asyncio.Runner(loop_factory=LOOPS[loop]) as runner:
        if side == "server":
            runner.run(server())
        else:
            tell(f"{runner.run(client(url))} cases")


if __name__ == "__main__":
    main(*sys.argv[1:])
