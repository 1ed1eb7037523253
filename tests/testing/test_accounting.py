"""Each assertion passes what is right, and says what is wrong in a planted fault."""

import asyncio
from typing import Any, cast

import pytest

from ssc_rx import Message, Pool
from ssc_rx.testing import assert_accounted, assert_delivered, assert_nothing_left
from tests.far_end import AddPeer

HEARD = [Message.of(id, text) for id, text in map(tuple, ("x1", "y1", "x2", "x3"))]


async def test_a_pool_whose_writes_are_accounted_for_passes(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("x")
    pool.write(Message.of("x", "hi"))
    assert_accounted(pool)
    await peer.heard_texts(1)
    assert_accounted(pool)


async def test_a_write_that_is_lost_untold_is_found(
    pool: Pool, add_peer: AddPeer
) -> None:
    (await add_peer("x")).transport.stalled = True
    pool.write(Message.of("x", "lost"))
    queue = cast(Any, pool["x"])._outbox.queue
    lost = queue.popleft()
    with pytest.raises(AssertionError) as failure:
        assert_accounted(pool)
    assert "accepted 1 writes and accounts for 0" in str(failure.value)
    assert "0 handed over + 0 queued + 0 dropped + 0 failed" in str(failure.value)
    queue.append(lost)


def test_what_is_delivered_in_order_passes_whatever_others_sent() -> None:
    assert_delivered(HEARD, "x", "1", "2", "3")
    assert_delivered(HEARD, "z")


@pytest.mark.parametrize(
    ("id", "expected", "says"),
    [
        ("x", ["1", "2", "3", "4"], "difference is at 3.*missing: \\['4'\\]"),
        ("x", ["1", "2"], "difference is at 2.*too much: \\['3'\\]"),
        ("x", ["1", "3", "2"], "difference is at 1.*the same .* in another order"),
        ("x", ["1", "2", "2", "3"], "difference is at 2.*missing: \\['2'\\]"),
        ("x", ["1", "2", "4"], "missing: \\['4'\\].*too much: \\['3'\\]"),
        ("z", ["1"], "heard    nothing.*other IDs were heard: \\['x', 'y'\\]"),
    ],
)
def test_what_is_lost_repeated_or_swapped_is_told(
    id: str, expected: list[str], says: str
) -> None:
    with pytest.raises(AssertionError, match=f"(?s){says}"):
        assert_delivered(HEARD, id, *expected)


async def test_a_task_that_is_left_is_named() -> None:
    task = asyncio.create_task(asyncio.sleep(60), name="ssc-rx planted")
    with pytest.raises(AssertionError, match="ssc-rx planted"):
        await assert_nothing_left()
    task.cancel()
    await assert_nothing_left()


async def test_the_tasks_of_others_are_none_of_its_business() -> None:
    task = asyncio.create_task(asyncio.sleep(60), name="mine")
    await assert_nothing_left()
    task.cancel()
