"""The dialog that asks before a socket is kicked."""

import pytest

from ssc_monitor.screens.kick import KickScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.socket import SocketScreen
from ssc_monitor.sources.source import NOT_ALLOWED
from ssc_rx.monitor import wire
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


def kicks(it: Shown) -> list[wire.Kick]:
    return [r for r in it.source.requests if isinstance(r, wire.Kick)]


async def test_it_asks_with_a_code_that_fits() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("g", "K")
        assert isinstance(it.app.screen, KickScreen)
        assert BTC in it.text
        assert "isn't dialled again" in it.text
        assert "1000: normal closure" in it.text
        assert kicks(it) == []
        await it.press("enter")
        assert kicks(it) == [wire.Kick(1, 1, 1000)]
        await it.say(wire.Answer(1))
        assert isinstance(it.app.screen, MainScreen)
        assert it.notices == [f"{BTC} is kicked"]


async def test_a_client_is_told_not_to_come_back() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("G", "enter", "K")
        assert "1008: policy violation" in it.text
        await it.press("tab", *"enough", "enter")
        (kick,) = kicks(it)
        assert (kick.code, kick.reason) == (1008, "enough")
        await it.say(wire.Answer(1))
        assert isinstance(it.app.screen, SocketScreen)


async def test_what_the_pool_refuses_is_told_and_can_be_corrected() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("g", "K", "ctrl+u", *"1005", "enter")
        assert kicks(it) == [wire.Kick(1, 1, 1005)]
        await it.say(wire.Answer(1, "1005 is no close code that may be sent"))
        assert "× 1005 is no close code" in it.text
        await it.press("ctrl+u", *"4000", "enter")
        assert kicks(it)[-1] == wire.Kick(2, 1, 4000)


async def test_a_code_is_a_number() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("g", "K", "x", "enter")
        assert "the code is a number" in it.text
        assert kicks(it) == []
        await it.press("escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_one_that_leaves_meanwhile_is_told() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("g", "K")
        it.stage.pool.remove(1)
        await it.say(it.stage.pool.state())
        assert "It has left the pool." in it.text
        await it.press("enter")
        assert kicks(it) == []


async def test_where_one_may_only_watch_it_says_so() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        it.source.bars = NOT_ALLOWED
        await it.press("g", "K", "enter")
        assert 'monitor="control"' in " ".join(it.text.split())
        assert kicks(it) == []


@pytest.mark.parametrize("key", ["K", "p"])
async def test_somebody_has_to_be_chosen_first(key: str) -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press(key)
        assert it.notices[0].startswith("there is no socket to")
        assert isinstance(it.app.screen, MainScreen)
