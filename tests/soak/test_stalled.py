"""A small crowd with stalled peers: what the others get, and what the stalled cost."""

import asyncio

import pytest

from tests.soak.broadcasts import STEP, Broadcasts, text_of
from tests.soak.running import LOOPS, Loop
from tests.soak.stalled import stalled
from tests.soak.stalled_costs import Crowd
from tests.soak.verdict import verdict_of


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
def test_healthy_peers_get_everything_and_stalled_ones_cost_their_outbox(
    loop: Loop,
) -> None:
    """How fast is for `./dev soak stalled` to say."""
    assert asyncio.run(verdict_of(stalled(crowd(loop, broadcasts=800)))).faults == []


@pytest.mark.slow
def test_a_run_in_which_nothing_had_to_give_way_shows_nothing() -> None:
    verdict = asyncio.run(verdict_of(stalled(crowd("asyncio", broadcasts=80))))
    assert any("older messages gave way: no" in fault for fault in verdict.faults)


def crowd(loop: Loop, broadcasts: int) -> Crowd:
    """A small one; its messages overflow what a system keeps for a stalled peer."""
    return Crowd(
        loop,
        sockets=40,
        stalled=2,
        broadcasts=broadcasts,
        rounds=0,
        message_bytes=1_000,
        outbox_messages=100,
    )


def stream(*numbers: int) -> bytes:
    return b"".join(b"\x81\x14" + text_of(n, 20).encode() for n in numbers)


def test_what_is_read_is_compared_with_what_was_broadcast() -> None:
    acked: list[int] = []
    broadcasts = Broadcasts(20, 2, acked.append)
    data = stream(*range(1, 2 * STEP + 1))
    at = broadcasts.read("a", 0, data[:50])
    assert broadcasts.read("a", at, data[50:]) == len(data)
    assert acked == []
    broadcasts.read("b", 0, data[:-1])
    assert acked == [STEP]
    broadcasts.read("b", len(data) - 1, data[-1:])
    assert acked == [STEP, 2 * STEP]
    assert broadcasts.received == 4 * STEP
    assert broadcasts.faults == []


@pytest.mark.parametrize(
    ("numbers", "bad"), [((1, 3, 4), 2), ((1, 1, 2), 2), ((2, 1, 3), 1)]
)
def test_a_broadcast_dropped_repeated_or_swapped_is_a_fault(
    numbers: tuple[int, ...], bad: int
) -> None:
    broadcasts = Broadcasts(20, 2, lambda _: None)
    broadcasts.read("a", 0, stream(*numbers))
    assert len(broadcasts.faults) == 1
    assert f"in place of broadcast {bad} " in broadcasts.faults[0]
