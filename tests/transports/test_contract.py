"""Every transport of the library keeps what `ssc_rx.ports.Transport` promises."""

import pytest

from ssc_rx.testing.transport_contract import PROMISES, Promise
from tests.transports.pairs import PAIRS


@pytest.mark.parametrize("way", ["one to other", "other to one"])
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("kind", PAIRS)
async def test_it_keeps_its_promise(kind: str, promise: Promise, way: str) -> None:
    async with PAIRS[kind]() as (one, other):
        await (promise(one, other) if way == "one to other" else promise(other, one))
