"""A handler that catches a refusal leaves no trace in its server's log."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ssc_rx import AdmissionError, Pool, PoolNotRunningError


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"ws://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


def faults(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [("taken", None, 409), ("", None, 400), ("free", "https://evil.example", 403)],
)
async def test_a_refusal_that_is_caught_is_no_fault_of_uvicorn(
    pool: Pool,
    caplog: pytest.LogCaptureFixture,
    path: str,
    origin: str | None,
    status: int,
) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await pool.add_client_socket(scope["path"][1:], (scope, receive, send))
        except AdmissionError:
            return

    async with serving(app) as url, connect(f"{url}/taken"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"{url}/{path}", origin=origin)  # type: ignore[arg-type]
        assert refused.value.response.status_code == status
    assert faults(caplog) == []


async def test_a_pool_that_nobody_started_says_so(
    make_pool: Callable[..., Pool], caplog: pytest.LogCaptureFixture
) -> None:
    pool = make_pool(name="chat")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        with pytest.raises(PoolNotRunningError):
            await pool.add_client_socket("x", (scope, receive, send))

    async with serving(app) as url:
        with pytest.raises(InvalidStatus) as refused:
            await connect(url)
    assert refused.value.response.status_code == 503
    assert refused.value.response.body == b"The server isn't ready."
    (told,) = faults(caplog)
    assert "the pool 'chat' is new; await pool.start() first" in told
