"""The event loop is held up, in virtual time."""

import asyncio
import logging

import pytest

from ssc_rx import LoopLagged, Pool
from ssc_rx.testing import VirtualTimeLoop

pytestmark = pytest.mark.virtual_time


async def hold_up(*seconds: float) -> None:
    """Something blocks the loop, now and then."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualTimeLoop)
    for one in seconds:
        loop.pass_time(one)
        await asyncio.sleep(2.0)


def lags_of(pool: Pool) -> list[tuple[float, int]]:
    lags: list[tuple[float, int]] = []

    def add(event: object) -> None:
        if isinstance(event, LoopLagged):
            lags.append((round(event.lag, 3), event.lags))

    pool.events.subscribe(add)
    return lags


async def test_a_loop_that_was_held_up_is_told_and_counted(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with Pool() as pool:
        lags = lags_of(pool)
        with caplog.at_level(logging.WARNING, "ssc_rx"):
            await hold_up(3.0)
        assert lags == [(2.5, 1)]
        assert pool.stats().loop_lags == 1
        assert "held up for 2.50 s" in caplog.text


async def test_a_loop_that_is_a_little_late_is_not_told() -> None:
    async with Pool() as pool:
        lags = lags_of(pool)
        await hold_up(0.7, 0.0, 0.7)
        assert (lags, pool.stats().loop_lags) == ([], 0)


async def test_many_are_told_ever_more_rarely_but_the_worst_at_once() -> None:
    async with Pool() as pool:
        lags = lags_of(pool)
        await hold_up(*[1.0] * 5, 2.5, *[1.0] * 10)
        assert [n for _, n in lags] == [1, 2, 4, 6, 8, 16]
        assert lags[3] == (2.0, 6)
        assert pool.stats().loop_lags == 16


async def test_a_pool_that_has_stopped_looks_no_more() -> None:
    async with Pool() as pool:
        pass
    await hold_up(3.0)
    assert pool.stats().loop_lags == 0
