"""One host for all checks of a row."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from tests.adapters.process import HostProcess, host_process
from tests.adapters.rows import ROWS, Row


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop under test is in the process of the host; the client's doesn't matter."""
    return {"asyncio": asyncio.new_event_loop}


@pytest.fixture(scope="module", params=ROWS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def row(name: str) -> Row:
    return ROWS[name]


@pytest.fixture(scope="module")
def host(name: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    with host_process(name, tmp_path_factory.mktemp(name)) as host:
        yield host
