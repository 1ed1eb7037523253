"""Themes: ours and Textual's, and keys of the user's own."""

import pytest

from ssc_monitor.app import MonitorApp
from ssc_monitor.themes import DEFAULT_THEME, OURS, theme_names
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage


def test_all_themes_are_there() -> None:
    known = MonitorApp(None).available_themes
    assert theme_names()[0] == DEFAULT_THEME
    assert set(theme_names()) == set(known)


@pytest.mark.parametrize("theme", OURS, ids=lambda theme: theme.name)
async def test_our_colours_can_be_read(theme: object) -> None:
    async with shown((120, 30), stage=Stage(seconds=2)) as it:
        it.app.theme = theme.name  # type: ignore[attr-defined]
        await it.settle()
        for name in ("plain", "title", "good", "warn", "bad", "in", "out", "key"):
            style = it.app.screen.get_component_styles(f"line--{name}")
            assert style.color.get_contrast_text is not None
            ground = it.app.screen.styles.background
            light, dark = sorted((style.color.brightness, ground.brightness))
            assert dark - light > 0.25, name


async def test_keys_can_be_the_user_s_own() -> None:
    async with shown(
        (160, 70), stage=Stage(seconds=2), keymap={"filter": "ctrl+f", "help": "f1 h"}
    ) as it:
        assert "ctrl+f filter" in it.lines[-1]
        assert "f1 help" in it.lines[-1]
        await it.press("slash")
        assert " / " not in it.lines[-2]
        await it.press("ctrl+f")
        await it.type("btc")
        assert " / btc" in it.text
        await it.press("escape", "h")
        assert "f1 h" in it.line("This page")
