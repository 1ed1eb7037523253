"""The screen of one message."""

import pytest

from ssc_monitor.screens.main import MainScreen
from ssc_monitor.sources.source import Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


async def open_with(it: Shown, *samples: wire.Sample) -> None:
    """Open the last of some messages."""
    await it.say(it.stage.pool.messages(*samples))
    await it.press("tab", "k", "enter")


def body(it: Shown) -> list[str]:
    return [line[2:-2].strip() for line in it.lines[6:-2]]


async def test_it_tells_what_message_it_is() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        await open_with(it, it.stage.pool.sample(1, b'{"a": [1]}'))
        assert "↓ TEXT" in it.lines[2]
        assert BTC in it.lines[2]
        assert "10 bytes, complete" in it.lines[3]
        assert not any(isinstance(r, wire.Get) for r in it.source.requests)


@pytest.mark.parametrize(
    ("key", "view", "line"),
    [
        ("a", "[auto: JSON]", '"a": ['),
        ("t", "[text]", '{"a": [1]}'),
        ("J", "[JSON]", '"a": ['),
        ("x", "[hex]", "00000000  7b 22 61 22 3a 20 5b 31 5d 7d"),
    ],
)
async def test_keys_choose_how_it_is_shown(key: str, view: str, line: str) -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        await open_with(it, it.stage.pool.sample(1, b'{"a": [1]}'))
        await it.press("x" if key != "x" else "t", key)
        assert view in it.lines[4]
        assert any(shown.startswith(line) for shown in body(it))


async def test_keys_go_to_messages_beside_it() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        pool = it.stage.pool
        said = [(1, b"one"), (2, b"two"), (1, b"three"), (2, b"four"), (1, b"five")]
        await open_with(it, *(pool.sample(number, text) for number, text in said))
        for key, expected in (
            ("[", "three"),
            ("[", "one"),
            ("]", "three"),
            ("{", "two"),
            ("}", "three"),
            ("}", "four"),
            ("}", "five"),
            ("}", "five"),
            ("]", "five"),
        ):
            await it.press(key)
            assert body(it)[0] == expected
        await it.press("[", "escape")
        assert isinstance(it.app.screen, MainScreen)
        assert "three" in it.line("▸")


async def test_it_asks_for_the_rest_of_a_preview() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        sample = it.stage.pool.sample(1, b"beginning", size=21)
        await open_with(it, sample)
        assert it.source.requests[-1] == wire.Get(sample.sequence)
        assert "21 bytes, preview: the first 9" in it.lines[3]
        assert body(it)[0] == "beginning"
        await it.say(wire.Payload(sample.sequence, b"beginning and the end"))
        assert "21 bytes, complete" in it.lines[3]
        assert body(it)[0] == "beginning and the end"


async def test_it_says_when_the_rest_is_no_longer_held() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        sample = it.stage.pool.sample(1, b"beginning", size=21)
        await open_with(it, sample)
        await it.say(wire.Payload(sample.sequence, None))
        assert "doesn't hold the rest any more" in it.lines[3]


async def test_a_message_from_before_the_link_was_lost_is_not_asked_for() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        pool = it.stage.pool
        await it.say(pool.messages(pool.sample(1, b"beginning", size=21)))
        await it.say(Lost("gone"), *pool.greet())
        await it.press("tab", "k", "enter")
        assert "it came before the link was lost" in it.lines[3]
        assert not any(isinstance(r, wire.Get) for r in it.source.requests)


async def test_a_long_payload_can_be_scrolled() -> None:
    async with shown((120, 24), stage=Stage(seconds=10)) as it:
        text = "\n".join(f"line {n}" for n in range(200)).encode()
        await open_with(it, it.stage.pool.sample(1, text))
        assert body(it)[0] == "line 0"
        await it.press("j")
        assert body(it)[0] == "line 1"
        await it.press("G")
        assert body(it)[-1] == "line 199"
        await it.press("pageup", "ctrl+u", "ctrl+d", "pagedown", "k", "g")
        assert body(it)[0] == "line 0"
