"""Every adapter on its real web server, with a real client."""

import pytest

from tests.adapters.checks import CHECKS
from tests.adapters.process import HostProcess
from tests.adapters.rows import Row


@pytest.mark.parametrize("check", CHECKS)
async def test_a_server_does_what_its_row_says(
    host: HostProcess, row: Row, check: str
) -> None:
    known = row.otherwise.get(check)
    expected = CHECKS[check].promised if known is None else known.seen
    assert await CHECKS[check].see(host) == expected
