"""Expressions and payloads that were made to take long don't freeze the screens."""

from time import perf_counter

import pytest

from ssc_monitor.model.filter import Filter, FilterError
from ssc_monitor.model.search import Search, SearchError
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage

COSTLY = "x.*y.*z"  # as costly as is let through
MADE_FOR_IT = b"xy" * 128


@pytest.mark.parametrize(
    "pattern", ["(a+)+b", "(a|a)*b", "a*a*a*a*b", "(.*)*", "(x*)+y"]
)
def test_what_could_take_for_ever_is_refused(pattern: str) -> None:
    with pytest.raises(FilterError, match="can't be used"):
        Filter.parse(f"/{pattern}/")
    with pytest.raises(SearchError, match="can't be used"):
        Search(f"/{pattern}/")


async def test_the_screen_is_painted_while_a_costly_one_is_filtered_and_searched() -> (
    None
):
    stage = Stage(seconds=10)
    for _ in range(10):
        samples = [stage.pool.sample(1, MADE_FOR_IT) for _ in range(500)]
        stage.items.append(stage.pool.messages(*samples))
    async with shown((120, 40), stage=stage) as it:
        await it.press("tab", "n")
        await it.type(f"/{COSTLY}/")
        before = perf_counter()
        await it.press("enter")
        assert perf_counter() - before < 5
        assert "searching …" in it.text
        await it.press("escape", "slash")
        await it.type(f"/{COSTLY}/")
        before = perf_counter()
        await it.press("enter")
        assert perf_counter() - before < 5
        assert "searching …" in it.text
        await it.press("escape")
        assert "searching …" not in it.text
