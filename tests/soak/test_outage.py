"""A short outage on real sockets; and what would be wrong with one is noticed."""

import asyncio
import random

import pytest

from tests.soak.dials import Dials
from tests.soak.outage import Away, outage
from tests.soak.running import LOOPS, Loop
from tests.soak.verdict import verdict_of
from tests.soak.words import Dialled


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
def test_all_come_back_and_not_as_a_herd(loop: Loop) -> None:
    seed = random.getrandbits(30)
    away = Away(loop, seed, sockets=60, seconds=1.0, max_dials=10, max_delay=0.6)
    verdict = asyncio.run(verdict_of(outage(away)))
    assert verdict.faults == []


def dial(dials: Dials, id: str, *steps: str) -> None:
    for step in steps:
        dials.step(Dialled(id=id, step=step, time=0.0))


def test_dials_in_flight_are_counted() -> None:
    dials = Dials()
    dial(dials, "a", "begun", "failed", "begun", "opened")
    assert (dials.open, dials.most_in_flight) == (1, 1)
    dial(dials, "b", "begun")
    dial(dials, "c", "begun", "opened")
    assert (dials.open, dials.most_in_flight, dials.begun) == (2, 2, 4)
    assert dials.faults == []
    dial(dials, "b", "begun")
    assert dials.faults == ["b: dialled twice at once"]


def spread(*delays: float, late: float = 0.0) -> str:
    """What is wrong with first retries of these delays, made so much later."""
    dials = Dials()
    dials.outage_begins()
    for n, delay in enumerate(delays):
        scheduled = Dialled(
            id=str(n), step="scheduled", time=1.0, attempt=1, delay=delay
        )
        dials.step(scheduled)
        dials.step(Dialled(id=str(n), step="begun", time=1.0 + delay + late))
    return dials.spread(100)[1]


def test_first_retries_have_to_spread() -> None:
    even = [n / 200 for n in range(100)]
    assert spread(*even) == ""
    assert spread(*even, late=0.3) == ""
    assert "bunch" in spread(*[0.2] * 100)
    assert "only 99 of 100" in spread(*even[1:])
    assert "put off" in spread(*even[1:], 0.7)
    assert "before its time" in spread(*even, late=-0.1)
