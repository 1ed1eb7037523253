"""The palette: what can be done here, found by typing a part of it."""

import pytest

from ssc_monitor.actions import actions_of
from ssc_monitor.screens.help import HelpScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.palette import PaletteScreen
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage


def short() -> Stage:
    return Stage(seconds=1)


async def test_it_lists_what_can_be_done_on_the_screen_below() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press(":")
        assert isinstance(it.app.screen, PaletteScreen)
        seen = it.text
        for _ in range(8):
            await it.press("pagedown")
            seen += it.text
        for action in actions_of("main"):
            if action.group != "Move" and action.name != "palette":
                assert f"{action.group}: {action.help}" in seen
        assert "As JSON" not in seen


async def test_what_is_typed_narrows_it_and_enter_does_it() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("ctrl+p")
        await it.type("this PAGE")
        assert "What can be done 1" in it.text
        await it.press("enter")
        assert isinstance(it.app.screen, HelpScreen)


async def test_it_can_be_typed_ahead() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.burst(":filter sockets\r")
        assert isinstance(it.app.screen, MainScreen)
        await it.type("btc")
        assert " / btc" in it.text


async def test_themes_are_in_it() -> None:
    async with shown((120, 40), stage=short()) as it:
        for theme in ("nord", "ssc-day", "ansi-dark", "ssc-night"):
            await it.press(":")
            await it.type(f"theme {theme}")
            await it.press("enter")
            assert it.app.theme == theme
            assert "Sockets" in it.text


@pytest.mark.parametrize("key", ["escape", "ctrl+p"])
async def test_it_is_left_without_doing_anything(key: str) -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press(":")
        await it.type("zzz")
        assert "nothing has all these words" in it.text
        await it.press("enter", key)
        assert isinstance(it.app.screen, MainScreen)


async def test_it_fits_a_small_terminal() -> None:
    async with shown((40, 10), stage=short()) as it:
        await it.press(":")
        assert "What can be done" in it.text
        assert {strip.cell_length for strip in it.strips} == {40}


async def test_in_ascii_its_keys_have_names() -> None:
    async with shown((80, 24), stage=short(), ascii=True) as it:
        await it.press(":")
        assert "enter do it   up down choose   esc close" in it.text
        assert it.line("Look closer: Open what").rstrip("#| ").endswith(" enter")
