"""The keys that act: whom they mean."""

from pathlib import Path

import pytest

from ssc_monitor.screens.compose import ComposeScreen
from ssc_rx.monitor import wire
from tests.ssc_monitor.hostile import HOSTILE_PAYLOADS, unfit
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, ETH, Stage


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where histories are kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def last(it: Shown) -> wire.Request:
    return it.source.requests[-1]


async def test_p_tells_the_round_trip() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        await it.press("g", "p")
        assert last(it) == wire.Ping(1, 1)
        await it.say(wire.Answer(1, round_trip=0.0234))
        assert it.notices == [f"{BTC}: pong after 23ms"]


async def test_in_the_stream_the_message_s_socket_is_meant() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        pool = it.stage.pool
        await it.say(pool.messages(pool.sample(2, b"of eth")))
        await it.press("tab", "G", "k", "p")
        assert last(it) == wire.Ping(1, 2)


async def test_the_only_socket_needs_no_cursor() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        pool = it.stage.pool
        pool.heads = {1: pool.heads[1]}
        pool.rows = {1: pool.rows[1]}
        await it.say(pool.state(begin=True))
        await it.press("p")
        assert last(it) == wire.Ping(1, 1)


async def test_r_sends_a_message_again() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        pool = it.stage.pool
        await it.say(pool.messages(pool.sample(2, b'{"op": "sub"}')))
        await it.press("tab", "G", "enter", "r")
        assert isinstance(it.app.screen, ComposeScreen)
        assert f"(•) socket {ETH}" in it.text
        assert "(•) JSON" in it.text
        await it.press("enter")
        assert last(it) == wire.Send(1, b'{"op": "sub"}', 1, numbers=(2,))


async def test_of_a_long_one_the_rest_is_awaited() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        pool = it.stage.pool
        sample = pool.sample(2, b"begin", size=9)
        await it.say(pool.messages(sample))
        await it.press("tab", "G", "enter", "r")
        assert it.notices[0].startswith("only its beginning is here")
        await it.say(wire.Payload(sample.sequence, b"begin end"))
        await it.press("r", "enter")
        assert last(it) == wire.Send(1, b"begin end", 1, numbers=(2,))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "payload"), HOSTILE_PAYLOADS)
async def test_a_hostile_one_is_sent_again_as_it_was_and_seen_in_hex(
    name: str, payload: bytes
) -> None:
    payload = payload[:3000]
    if not payload:
        return
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        pool = it.stage.pool
        await it.say(pool.messages(pool.sample(2, payload, type=2)))
        await it.press("tab", "G", "enter", "r")
        assert unfit(it.text) <= {"\n"}
        await it.press("enter")
        assert last(it) == wire.Send(1, payload, 2, numbers=(2,))


async def test_where_nothing_can_be_done_no_choice_is_asked_for() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        it.source.bars = "a recording can't be acted on"
        await it.press("p", "K")
        assert it.notices == ["a recording can't be acted on"] * 2
