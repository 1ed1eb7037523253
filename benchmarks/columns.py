"""What collecting into a data frame costs, beside doing it by hand; in turn.

    python -m benchmarks.columns      # or: ./dev bench --only columns

One process and one event loop: 100,000 messages of 128 bytes are given to a socket of a
pool. Either `collect` takes them, and `to_polars` makes the frame; or a subscriber appends
a tuple of each to a list, and polars makes the frame of that. The same once more with what
is in the JSON of the payloads, where by hand it is decoded into a `dict` a message.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import polars as pl

from benchmarks.bar import Bar, Quartiles, quartiles
from ssc_rx import Message, MessageType, Pool, Socket, collect
from ssc_rx.transports.memory import memory_pair

__all__ = ["ColumnCosts", "measure", "report"]

MESSAGES = 100_000
PAYLOAD = (
    b'{"symbol":"ABCDEF","price":101.25,"size":300,"seq":123456,"venue":"here",'
    b'"book":{"bid":101.0,"ask":101.5},"text":"%s"}'
)
PAYLOAD = PAYLOAD % (b"x" * (128 - len(PAYLOAD) + 2))
BAR = Bar("at most", 1.5, 1.0)
ROUNDS = 15
WARM_UP = 2

Way = Callable[[Pool, Socket], Awaitable[pl.DataFrame]]


@dataclass(frozen=True, slots=True)
class ColumnCosts:
    """What one kind of frame costs.

    Attributes:
        name: What it is of.
        ours_ms: Milliseconds from the first message to the frame.
        by_hand_ms: The same by hand.
        ratios: Of ours to by hand, in each round.
    """

    name: str
    ours_ms: Quartiles
    by_hand_ms: Quartiles
    ratios: Quartiles


async def measure(rounds: int = ROUNDS) -> list[ColumnCosts]:
    """Measure both kinds."""
    near, far = memory_pair()
    async with (
        Pool(ping_interval=None) as pool,
        pool.add_client_socket("feed", near) as socket,
    ):
        found = [
            await _side_by_side("messages", _collected, _tuples, pool, socket, rounds),
            await _side_by_side("their JSON", _decoded, _dicts, pool, socket, rounds),
        ]
        far.abort()
    return found


async def _side_by_side(
    name: str, ours: Way, by_hand: Way, pool: Pool, socket: Socket, rounds: int
) -> ColumnCosts:
    took: dict[Way, list[float]] = {ours: [], by_hand: []}
    for n in range(rounds + WARM_UP):
        for way in (ours, by_hand) if n % 2 else (by_hand, ours):
            began = time.process_time()
            frame = await way(pool, socket)
            if n >= WARM_UP:
                took[way].append((time.process_time() - began) * 1e3)
            assert frame.height == MESSAGES
    ratios = [one / other for one, other in zip(took[ours], took[by_hand], strict=True)]
    return ColumnCosts(
        name, quartiles(took[ours]), quartiles(took[by_hand]), quartiles(ratios)
    )


def _receive(socket: Socket) -> None:
    receive, kind = socket.on_message, MessageType.TEXT
    for _ in range(MESSAGES):
        receive(kind, PAYLOAD)


async def _collected(pool: Pool, socket: Socket, *, json: bool = False) -> pl.DataFrame:
    collecting = asyncio.ensure_future(collect(pool.messages, n=MESSAGES))
    await asyncio.sleep(0)  # until it has subscribed
    _receive(socket)
    return (await collecting).to_polars(json=json)


async def _decoded(pool: Pool, socket: Socket) -> pl.DataFrame:
    return await _collected(pool, socket, json=True)


async def _tuples(pool: Pool, socket: Socket) -> pl.DataFrame:
    rows: list[tuple[str, float, int, bytes]] = []

    def on_next(message: Message) -> None:
        rows.append((message.id, message.time, int(message.type), message.payload))

    subscription = pool.messages.subscribe(on_next)
    _receive(socket)
    subscription.dispose()
    return pl.DataFrame(rows, schema=["id", "time", "type", "payload"], orient="row")


async def _dicts(pool: Pool, socket: Socket) -> pl.DataFrame:
    rows: list[dict[str, object]] = []

    def on_next(message: Message) -> None:
        rows.append({"id": message.id, "time": message.time, **message.json()})

    subscription = pool.messages.subscribe(on_next)
    _receive(socket)
    subscription.dispose()
    return pl.DataFrame(rows)


def report(costs: list[ColumnCosts]) -> str:
    """For people."""
    lines = [
        f"  {one.name:<11} {one.ours_ms.median:4.0f} ms, by hand "
        f"{one.by_hand_ms.median:4.0f}: {one.ratios.median:.2f} "
        f"({one.ratios.lower:.2f} to {one.ratios.upper:.2f})  "
        f"bar {BAR.floor}: {BAR.status(one.ratios)}"
        for one in costs
    ]
    return "\n".join(
        [f"a frame of {MESSAGES:,} messages of {len(PAYLOAD)} bytes:", *lines]
    )


if __name__ == "__main__":
    print(report(asyncio.run(measure())))
