"""What the suite tests, against plain websockets peers that stand in for the suite."""

import asyncio

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection

from tests.autobahn import under_test
from tests.peers import websocket_server

CASES: list[str | bytes] = ["", "text ü", b"", b"\x00\xff" * 100_000]


async def test_the_server_echoes_what_it_gets() -> None:
    async with (
        under_test.echoing_pool() as pool,
        pool.serve() as listening,
        connect(listening.url, max_size=None, proxy=None) as peer,
    ):
        assert "permessage-deflate" in peer.response.headers["Sec-WebSocket-Extensions"]  # type: ignore[union-attr]
        for case in CASES:
            await peer.send(case)
            assert await peer.recv() == case


async def test_the_client_goes_through_all_cases_and_asks_for_the_report() -> None:
    asked: list[str] = []
    echoed: list[str | bytes] = []

    async def suite(connection: ServerConnection) -> None:
        assert connection.request is not None
        path = connection.request.path
        asked.append(path)
        if path == "/getCaseCount":
            await connection.send(str(len(CASES)))
        elif path.startswith("/runCase"):
            case = CASES[int(path.split("case=")[1].split("&")[0]) - 1]
            await connection.send(case)
            echoed.append(await connection.recv())

    async with websocket_server(suite, max_size=None) as url, asyncio.timeout(15):
        assert await under_test.client(url) == len(CASES)
    assert echoed == CASES
    assert asked == [
        "/getCaseCount",
        *(f"/runCase?case={n}&agent=ssc-rx" for n in range(1, len(CASES) + 1)),
        "/updateReports?agent=ssc-rx",
    ]
