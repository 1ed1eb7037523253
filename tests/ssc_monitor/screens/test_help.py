"""The help screen."""

import pytest

from ssc_monitor.actions import ACTIONS, keys_of
from ssc_monitor.actions import shown as keys_shown
from ssc_monitor.screens.help import HelpScreen
from ssc_monitor.screens.main import MainScreen
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.stage import Stage


async def test_it_tells_every_action() -> None:
    async with shown((140, 60), stage=Stage(seconds=1)) as it:
        await it.press("?")
        assert isinstance(it.app.screen, HelpScreen)
        for action in ACTIONS:
            assert action.help in it.text
            assert keys_shown(keys_of(action)) in it.text
        await it.press("escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_it_can_be_read_on_a_narrow_terminal() -> None:
    async with shown((60, 20), stage=Stage(seconds=1)) as it:
        await it.press("?")
        assert "1 to 17 of " in it.lines[0]
        assert "lines ▼ more" in it.lines[0]
        assert it.lines[-1].startswith(" j k scroll  pgup pgdn page  esc back  q quit")
        seen = set(it.lines)
        for _ in range(10):
            await it.press("pagedown")
            seen |= set(it.lines)
        assert "the end" in it.lines[0]
        text = "\n".join(seen)
        assert all(action.help in text for action in ACTIONS)
        await it.press("g")
        assert "Look closer" in it.lines[1]


@pytest.mark.parametrize("key", ["q", "ctrl+c"])
async def test_q_quits_from_here_too(key: str) -> None:
    async with shown((100, 30), stage=Stage(seconds=1)) as it:
        await it.press("?", key)
        assert it.app._exit


async def test_in_ascii_its_columns_stay_where_they_are() -> None:
    async with shown((60, 20), stage=Stage(seconds=1), ascii=True) as it:
        await it.press("?")
        starts = it.line("Open what").index("Open"), it.line("To the other").index("To")
        assert starts[0] == starts[1]
