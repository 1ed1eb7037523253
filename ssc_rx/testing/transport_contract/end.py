"""One end of a connection under test."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ssc_rx.message import Data, Message
from ssc_rx.ports import Outgoing, Transport
from ssc_rx.testing.transport_contract.receiver import RecordingReceiver

__all__ = ["End", "Promise", "numbered", "turns"]

Promise = Callable[[Transport, Transport], Coroutine[Any, Any, None]]
"""Something that two connected transports, to which nothing is attached yet, must keep.

It is asked both ways round. Raises `AssertionError` if they don't, and
`unittest.SkipTest` if they say that they can't.
"""


class End:
    """A transport with its receiver."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.heard = RecordingReceiver()
        transport.attach(self.heard)

    def write(self, *data: Data) -> None:
        """Hand over messages, all at once."""
        messages = [Message.of("", item) for item in data]
        self.transport.write([Outgoing(m.type, m.payload) for m in messages])


async def turns(n: int = 50) -> None:
    """Enough turns of the loop for what would be wrong to show."""
    for _ in range(n):
        await asyncio.sleep(0)


def numbered(n: int) -> list[str]:
    """So many different texts."""
    return [f"message {i}" for i in range(n)]
