"""From 300 columns down to 40 and from 60 rows down to 10, on every screen."""

import re

import pytest

from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import Stage

SCREENS = {
    "main": (),
    "messages": ("tab", "k"),
    "events": ("e",),
    "socket": ("j", "enter"),
    "timeline": ("j", "enter", "2"),
    "details": ("j", "enter", "3"),
    "statistics": ("j", "enter", "4"),
    "message": ("tab", "k", "k", "enter"),
    "hex": ("tab", "k", "k", "enter", "x"),
    "filter": ("slash", "b", "!"),
    "search": ("tab", "n", "u", "s", "d", "enter"),
    "help": ("?",),
    "palette": (":",),
    "kick": ("j", "K"),
    "compose": ("j", "c"),
    "save": ("w",),
    "mixed": ("j", "m", "s", "z", "y"),
}
COLUMNS = (300, 160, 120, 80, 60, 40)

# What a column's head is, in the order in which they go.
DROPPED = ("LAST 60 s", "BYTES/s", "KIND", "RTT", "OUT/s")


async def go(it: Shown, keys: tuple[str, ...]) -> None:
    await it.press(*keys)


@pytest.mark.slow
@pytest.mark.parametrize("width", COLUMNS)
@pytest.mark.parametrize("name", SCREENS)
async def test_every_screen_fits(name: str, width: int) -> None:
    for height in (30, 10):
        async with shown((width, height), stage=Stage(seconds=10)) as it:
            await go(it, SCREENS[name])
            assert len(it.strips) == height
            assert {strip.cell_length for strip in it.strips} == {width}
            assert it.text.strip()


async def test_columns_go_in_the_documented_order() -> None:
    gone: list[str] = []
    async with shown((160, 30), stage=Stage(seconds=10)) as it:
        for width in range(160, 39, -4):
            await it.pilot.resize_terminal(width, 30)
            await it.settle()
            head = it.line(" STATE")
            gone += [
                title for title in DROPPED if title not in head and title not in gone
            ]
            assert "ID" in head
    assert gone == list(DROPPED)


@pytest.mark.parametrize("name", SCREENS)
async def test_ascii_is_all_ascii(name: str) -> None:
    for size in ((160, 40), (60, 12)):
        async with shown(size, stage=Stage(seconds=10), ascii=True) as it:
            await go(it, SCREENS[name])
            assert re.sub(r"[\x20-\x7e\n]", "", it.text) == "", it.text
