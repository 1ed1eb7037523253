"""A socket beside those that suffer, and both kinds of those."""

from collections.abc import AsyncIterator

import pytest

from ssc_rx import Pool
from tests.assertions import assert_accounted, assert_nothing_left
from tests.faults.through import Healthy
from tests.peers import echo, websocket_server
from tests.raw_peers import KINDS, Kind


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Kind:
    return KINDS[request.param]


@pytest.fixture(autouse=True)
async def healthy(pool: Pool) -> AsyncIterator[None]:
    """Whatever happens to others, it goes on, and nothing of theirs is left."""
    async with websocket_server(echo) as url:
        healthy = Healthy(await pool.add_server_socket(url, id="healthy"))
        yield
        await healthy.echoes()
        assert pool.list() == ["healthy"]
        assert_accounted(pool)
    await pool.stop(1.0)
    await assert_nothing_left()
