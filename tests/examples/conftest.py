"""Examples run in processes of their own."""

import asyncio
from collections.abc import Callable

import pytest


def pytest_asyncio_loop_factories(
    item: pytest.Item,
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop under test is in the other process; the client's doesn't matter."""
    return {"asyncio": asyncio.new_event_loop}
