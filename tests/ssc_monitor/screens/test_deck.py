"""The keys of a recording that is played, pressed in the app."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from ssc_monitor.app import MonitorApp
from ssc_monitor.model.transport import Transport
from ssc_monitor.screens.base import MonitorScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.sources.player import Player
from tests.ssc_monitor.shown import shown
from tests.ssc_monitor.sources.test_player import life, recording
from tests.ssc_monitor.stage import Stage

pytestmark = pytest.mark.asyncio(loop_factories=["asyncio"])


class Deck:
    """An app that plays a recording, at a pause."""

    def __init__(self, app: MonitorApp, pilot: Pilot[None], player: Player) -> None:
        self.app = app
        self.transport: Transport = player.transport
        self._pilot = pilot

    async def press(self, *keys: str) -> None:
        await self._pilot.press(*keys)
        await self.until(lambda: self.transport.target_s is None)
        self.app.paint()

    @property
    def typing(self) -> bool:
        screen = self.app.screen
        return isinstance(screen, MonitorScreen) and screen.typing

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not true():  # noqa: ASYNC110 - a thread reads the file
                await asyncio.sleep(0.01)


@asynccontextmanager
async def deck(path: Path) -> AsyncIterator[Deck]:
    player = Player(path)
    player.transport.paused = True
    app = MonitorApp(player)
    async with app.run_test(size=(120, 30)) as pilot:
        it = Deck(app, pilot, player)
        await it.until(lambda: player.transport.complete)
        await it.until(lambda: isinstance(app.screen, MainScreen))
        yield it
    assert player._index._thread is not None
    assert not player._index._thread.is_alive()


async def test_keys_seek_ten_seconds_and_a_minute(tmp_path: Path) -> None:
    async with deck(recording(tmp_path / "feed", life(900))) as it:
        for key, at in (
            ("right", 10), (".", 70), ("shift+right", 90), ("left", 80),
            ("comma", 20), ("shift+left", 0),
        ):  # fmt: skip
            await it.press(key)
            assert it.transport.position_s == at


async def test_keys_change_the_speed_and_pause(tmp_path: Path) -> None:
    async with deck(recording(tmp_path / "feed", life(900))) as it:
        await it.press("+", "=")
        assert it.transport.speed == 4
        await it.press("-", "-", "-")
        assert it.transport.speed == 0.5
        await it.press("space")
        assert not it.transport.paused
        await it.press("space")
        assert it.transport.paused


async def test_one_goes_to_a_time_or_a_share(tmp_path: Path) -> None:
    async with deck(recording(tmp_path / "feed", life(900))) as it:
        await it.press("T", *"1:05", "enter")
        assert it.transport.position_s == 65
        await it.press("T", *"50%", "enter")
        assert it.transport.position_s == 45
        await it.press("T", *"never", "enter")
        assert it.typing  # it says what is wrong
        await it.press("escape")
        assert not it.typing
        assert it.transport.position_s == 45


async def test_seeking_works_while_a_socket_or_a_message_is_looked_at(
    tmp_path: Path,
) -> None:
    async with deck(recording(tmp_path / "feed", life(900))) as it:
        await it.press("T", *"30", "enter")
        await it.press("j", "enter")
        await it.press("right")
        assert it.transport.position_s == 40
        await it.press("tab", "k", "enter", "left")
        assert it.transport.position_s == 30
        await it.press("escape", "escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_what_is_live_can_not_be_sought() -> None:
    async with shown((120, 30), stage=Stage(seconds=1)) as it:
        await it.press("right")
        notes = [note.message for note in it.app._notifications]
        assert any("for recordings" in note for note in notes)
