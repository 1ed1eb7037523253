"""A server with 2,000 clients ends on SIGTERM: everybody is told, nothing is left."""

import asyncio
import itertools
import json
import signal
from collections import Counter

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.adapters.under_load import Left
from tests.programs import program
from tests.soak.machine import allow_open_files

CLIENTS = 2_000
DIALS_AT_ONCE = 100
ECHOES = 3
"""What each client gets back before the server is told to end."""
GOING_AWAY, SERVICE_RESTART = 1001, 1012

pytestmark = [
    pytest.mark.slow,
    # 2,000 handshakes by an interpreted client and as many of a web framework.
    pytest.mark.timeout(180),
]


class Clients:
    """Say something, wait for its echo, say the next, until the server closes.

    Attributes:
        all_talk: Set when each of them had some echoes.
        codes: How many of them saw which close code; `None` for no Close frame.
        missed: Echoes that were not what was said.
        broadcasts: Messages that no echo is of.
    """

    def __init__(self) -> None:
        self._connections: list[ClientConnection] = []
        self._talking = 0
        self.all_talk = asyncio.Event()
        self.codes: Counter[int | None] = Counter()
        self.missed = 0
        self.broadcasts = 0

    async def connect(self, port: int) -> None:
        """Connect all of them."""
        for first in range(0, CLIENTS, DIALS_AT_ONCE):
            numbers = range(first, min(first + DIALS_AT_ONCE, CLIENTS))
            self._connections += await asyncio.gather(
                *(_dial(f"ws://127.0.0.1:{port}/client-{n}") for n in numbers)
            )

    async def run(self) -> None:
        """Talk until the server has closed all connections."""
        async with asyncio.TaskGroup() as group:
            for connection in self._connections:
                group.create_task(self._until_closed(connection))

    async def _until_closed(self, connection: ClientConnection) -> None:
        try:
            await self._talk(connection)
        except ConnectionClosed as closed:
            self.codes[None if closed.rcvd is None else closed.rcvd.code] += 1

    async def _talk(self, connection: ClientConnection) -> None:
        for said in itertools.count():
            await connection.send(f"say {said}")
            while (heard := str(await connection.recv())).endswith(" came"):
                self.broadcasts += 1
            self.missed += heard != f"say {said}"
            if said == ECHOES:
                self._talking += 1
                if self._talking == CLIENTS:
                    self.all_talk.set()


async def _dial(url: str) -> ClientConnection:
    return await connect(url, compression=None, ping_interval=None, proxy=None)


@pytest.mark.parametrize(
    ("server", "code"), [("uvicorn", SERVICE_RESTART), ("aiohttp", GOING_AWAY)]
)
async def test_everybody_is_told_and_nothing_is_left(server: str, code: int) -> None:
    if wrong := allow_open_files(CLIENTS):
        pytest.fail(wrong)
    with program("tests.adapters.under_load", server, str(CLIENTS)) as serving:
        clients = Clients()
        await clients.connect(int(serving.first_line))
        async with asyncio.TaskGroup() as group:
            group.create_task(clients.run())
            await clients.all_talk.wait()
            end = await serving.end_meanwhile(signal.SIGTERM)
    assert (end.code, end.err) == (0, "")
    left = Left(**json.loads(end.out))
    assert clients.codes == {code: CLIENTS}
    assert clients.missed == 0
    assert clients.broadcasts > CLIENTS
    assert left.balanced
    assert left.messages_in >= CLIENTS * ECHOES
    assert left == Left(
        opened=CLIENTS,
        closed=CLIENTS,
        cut_off=0,
        sockets=0,
        balanced=True,
        messages_in=left.messages_in,
        messages_out=left.messages_out,
        queued=0,
        connections=0,
        tasks=[],
    )
