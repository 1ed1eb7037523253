"""A small storm: nothing unaccounted for; and one message gone astray is noticed."""

import random

import pytest

from tests.soak.__main__ import main
from tests.soak.running import LOOPS

pytestmark = pytest.mark.slow

SMALL = ["storm", "--messages", "6000", "--sockets", "12"]


def storm(loop: str, *more: str) -> int:
    """The choices come from the seed that the head of the test run shows."""
    seed = str(random.getrandbits(30))
    return main([*SMALL, "--loop", loop, "--seed", seed, *more])


@pytest.mark.parametrize("loop", LOOPS)
def test_a_storm_leaves_nothing_unaccounted(
    loop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert storm(loop) == 0, capsys.readouterr().out
    out = capsys.readouterr().out
    assert "6,000 sent to the pool" in out
    assert "not accounted for: 0" in out


@pytest.mark.parametrize("on", ["write", "read"])
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("drop", "when 250 was due, 251 came"),
        ("repeat", "when 251 was due, 250 came"),
        ("swap", "when 250 was due, 251 came"),
    ],
)
def test_one_message_gone_astray_fails_the_run(
    fault: str, says: str, on: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert storm("asyncio", "--plant", fault, "--plant-on", on) == 1
    assert f"FAULT: accepted0, connection 1: {says}" in capsys.readouterr().out
