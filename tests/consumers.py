"""Consumers of a `MessageStream`, and what they are sent."""

import asyncio
from typing import Any

from ssc_rx import (
    MessageStream,
    Overflow,
    Pool,
)
from ssc_rx.transports.memory import memory_pair
from tests.far_end import Peer

BLOCK = Overflow.BLOCK


async def turns(n: int = 20) -> None:
    for _ in range(n):
        await asyncio.sleep(0)


async def texts(stream: MessageStream, n: int | None = None) -> list[str]:
    """The next `n` texts, or all to the end."""
    if n is not None:
        return [(await anext(stream)).text for _ in range(n)]
    return [message.text async for message in stream]


def send(peer: Peer, n: int, first: int = 0) -> list[str]:
    sent = [str(first + i) for i in range(n)]
    for text in sent:
        peer.send(text)
    return sent


async def enter(pool: Pool, id: str) -> tuple[Any, Peer]:
    """A client socket on memory, and its far end."""
    near, far = memory_pair()
    socket = await pool.add_client_socket(id, near).__aenter__()
    return socket, Peer(far)
