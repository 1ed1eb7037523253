"""Warnings on the screens: a count, a mark, a list that opens what it warns of."""

import msgspec
import pytest

from ssc_rx.monitor import wire
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BROWSERS, BTC, Stage

pytestmark = pytest.mark.parametrize(
    "size", [(120, 40), (80, 24)], ids=["wide", "narrow"]
)


async def drop(it: Shown, number: int, writes: int) -> None:
    """A socket's outbox drops writes."""
    pool = it.stage.pool
    pool.time += 0.25
    pool.set(number, dropped=writes, drops={"oldest": writes})
    await it.say(pool.state())


async def rest(it: Shown, seconds: float) -> None:
    """Nothing happens, but that all go on to talk."""
    pool = it.stage.pool
    pool.time += seconds
    for number in pool.rows:
        pool.receive(number, 1)
    await it.say(pool.state())


async def test_a_calm_pool_has_none(size: tuple[int, int]) -> None:
    async with shown(size, stage=Stage(seconds=5)) as it:
        assert "warning" not in it.lines[0]
        await it.press("e", "e")
        if size[0] < 80:
            await it.press("tab")
        assert "├─ Warnings 0" in it.text
        assert "nothing to warn of" in it.text


async def test_it_is_counted_marked_listed_and_goes(size: tuple[int, int]) -> None:
    async with shown(size, stage=Stage(seconds=5)) as it:
        await drop(it, 5, 12)
        assert "! 1 warning" in it.lines[0]
        assert f" !{BROWSERS[0]}" in it.line(f"!{BROWSERS[0]}")
        await drop(it, 1, 3)
        assert "! 2 warnings" in it.lines[0]
        await it.press("e", "e")
        assert "├─ Warnings 2" in it.text
        assert "12 writes dropped" in it.text
        assert "its peer misses these" in it.text
        assert it.text.index("3 writes dropped") < it.text.index("12 writes dropped")
        await rest(it, 9.5)
        await rest(it, 1)
        assert "○ client-7f3a" in it.text
        await rest(it, 5)
        assert "warning" not in it.lines[0]
        assert f"!{BROWSERS[0]}" not in it.text


async def test_enter_opens_the_socket_that_it_is_about(size: tuple[int, int]) -> None:
    async with shown(size, stage=Stage(seconds=5)) as it:
        await drop(it, 5, 12)
        await drop(it, 1, 3)
        await it.press("e", "e", "tab", "j", "j", "enter")
        assert "1 Traffic" in it.text
        assert BROWSERS[0] in it.lines[2]
        await it.press("escape", "k", "enter")
        assert BTC[-12:] in it.lines[2]


async def test_the_cursor_goes_where_its_warning_goes(size: tuple[int, int]) -> None:
    async with shown(size, stage=Stage(seconds=5)) as it:
        await drop(it, 5, 12)
        await it.press("e", "e", "tab", "j")
        await drop(it, 1, 3)  # on top of it
        await it.press("enter")
        assert BROWSERS[0] in it.lines[2]


async def test_a_warning_of_the_pool_opens_nothing(size: tuple[int, int]) -> None:
    async with shown(size, stage=Stage(seconds=5)) as it:
        it.stage.pool.lag = 0.7
        await rest(it, 0.25)
        await it.press("e", "e", "tab", "enter")
        assert "the event loop was 700ms late" in it.text
        assert "├─ Warnings 1" in it.text


async def test_who_is_slow_is_named_and_the_books_are_told(
    size: tuple[int, int],
) -> None:
    async with shown((150, 40), stage=Stage(seconds=5)) as it:
        pool = it.stage.pool
        pool.time += 0.25
        state = pool.state()
        assert state.pool is not None
        timed = wire.SubscriberRow(1, "pool.messages", "", "Book.take", 8, 0.4, 0.1)
        facts = {"subscribers": 3, "timed": (timed,), "failed": {}}
        row = msgspec.structs.replace(state.pool, **facts)
        await it.say(msgspec.structs.replace(state, pool=row))
        assert "3 subscribers 50ms" in it.lines[1]
        assert "books close" in it.lines[1]
        await it.press("e", "e")
        assert "Book.take takes 50ms for a message of pool.messages" in it.text
        off = msgspec.structs.replace(row, accepted=row.accepted + 7)
        for _ in range(3):
            pool.time += 0.5
            await it.say(msgspec.structs.replace(pool.state(), pool=off))
        assert "books off by 7" in it.lines[1]
        assert "nobody knows what became of 7 accepted writes" in it.text
