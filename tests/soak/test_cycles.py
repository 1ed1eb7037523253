"""A few hundred cycles leave nothing; and what is left behind is noticed."""

import asyncio
import random
from typing import Any

import pytest

from tests.soak.cycles import Rounds, cycles
from tests.soak.growth import judge
from tests.soak.running import LOOPS, Loop
from tests.soak.verdict import Verdict, verdict_of
from tests.soak.words import Footprint


def faults_of(loop: Loop, *, leak: bool = False) -> list[str]:
    seed = random.getrandbits(30)
    rounds = Rounds(loop, seed, cycles=1_500, warm_up=300, measures=2, leak=leak)
    return asyncio.run(verdict_of(cycles(rounds))).faults


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
def test_cycles_leave_nothing(loop: Loop) -> None:
    assert faults_of(loop) == []


@pytest.mark.slow
def test_sockets_that_are_kept_are_noticed() -> None:
    assert any("objects grew" in fault for fault in faults_of("asyncio", leak=True))


def held(**more: int) -> Footprint:
    usual: dict[str, Any] = {
        "memory_bytes": 2**20,
        "blocks": 20_000,
        "objects": 2_000,
        "tasks": 1,
    }
    usual |= {"descriptors": 9, "timers": 1, "observers": 2}
    return Footprint(**(usual | more))


@pytest.mark.parametrize(
    ("what", "amount"),
    [
        ("tasks", 2),
        ("descriptors", 10),
        ("timers", 2),
        ("observers", 3),
        ("objects", 8_000),
        ("blocks", 40_000),
        ("memory_bytes", 2**24),
    ],
)
def test_whatever_grows_is_a_fault(what: str, amount: int) -> None:
    verdict = Verdict("cycles")
    judge([held(), held()], verdict)
    assert verdict.faults == []
    judge([held(), held(**{what: amount})], verdict)
    assert len(verdict.faults) == 1
