"""The process that a host runs in."""

import subprocess
import sys

from tests.adapters.process import LIMIT_S, ROOT


def test_it_ends_with_the_tests_that_started_it() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.adapters.host", "aiohttp"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert b"listening" in process.stdout.readline()
        process.stdin.close()  # as when they are gone
        assert process.wait(LIMIT_S) == 1
