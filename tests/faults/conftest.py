"""A socket that suffers, and one beside it."""

from collections.abc import AsyncIterator

import pytest

from ssc_rx import Pool
from tests.assertions import assert_accounted
from tests.faults.through import CLOSE_TIMEOUT_S, KINDS, Healthy, Kind, Through
from tests.peers import echo, websocket_server
from tests.recorder import Recorder


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture
async def healthy(pool: Pool) -> AsyncIterator[Healthy]:
    async with websocket_server(echo) as url:
        yield Healthy(await pool.add_server_socket(url, id="healthy"))


@pytest.fixture
async def through(
    pool: Pool, kind: Kind, healthy: Healthy, heard: Recorder
) -> AsyncIterator[Through]:
    """A socket that writes and reads through the proxy; nothing is wrong yet."""
    async with kind(pool, close_timeout=CLOSE_TIMEOUT_S) as through:
        yield through
        await healthy.echoes()
        assert_accounted(pool)
