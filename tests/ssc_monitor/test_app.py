"""The app as a whole: links that come and go, hostile text, terminals of all kinds."""

import pytest
from textual.message import Message

from ssc_monitor import app as app_module
from ssc_monitor.model.visible import cell_width
from ssc_monitor.sources.source import Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.hostile import HOSTILE, HOSTILE_PAYLOADS, unfit
from tests.ssc_monitor.scripted import Pool, hello
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import Stage


async def test_q_ends_the_app_and_closes_the_source() -> None:
    async with shown((100, 30), stage=Stage(seconds=1)) as it:
        await it.press("q")
        assert it.app._exit
    assert it.source.closed


async def test_when_the_pool_goes_away_it_says_so_and_keeps_what_it_showed() -> None:
    async with shown((120, 40), stage=Stage(seconds=10)) as it:
        before = it.lines[2:]
        await it.say(Lost("the process went away"))
        assert "○ GONE the process went away, retrying" in it.lines[0]
        assert it.lines[2:] == before
        assert it.app.screen.has_class("-gone")


async def test_it_goes_on_when_the_pool_is_back() -> None:
    async with shown((120, 40), stage=Stage(seconds=10)) as it:
        await it.press("j")
        await it.say(Lost("the process went away"))
        back = Pool((("the new one", "client"),))
        await it.say(*back.greet())
        assert "● LIVE" in it.lines[0]
        assert not it.app.screen.has_class("-gone")
        assert "the new one" in it.text
        assert "client-7f3a" not in it.text.split("Messages")[0]
        assert "BTCUSDT" in it.text.split("Messages")[1]
        await it.say(back.messages(back.sample(1, b"hello again")))
        assert "hello again" in it.lines[-3]


async def test_a_pool_that_says_nothing_is_stale() -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        it.clock.seconds += 4.2
        await it.settle()
        assert "◐ STALE 4.2s" in it.lines[0]
        await it.say(it.stage.pool.state())
        assert "● LIVE" in it.lines[0]


async def test_a_pool_that_stops_says_so() -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        await it.say(it.stage.pool.state(pool_state="stopping"))
        assert "◐ STOPPING" in it.lines[0]


async def test_before_there_is_a_pool_it_says_what_it_waits_for() -> None:
    stage = Stage(seconds=1)
    stage.items = []
    async with shown((120, 40), stage=stage) as it:
        assert "◌ attaching" in it.lines[0]
        assert "waiting for the pool" in it.text
        await it.say(Lost("nobody listens there", retry=False))
        assert "○ GONE nobody listens there" in it.lines[0]
        assert "retrying" not in it.lines[0]


async def test_what_was_lost_is_in_the_header() -> None:
    async with shown((160, 40), stage=Stage(seconds=1)) as it:
        pool = it.stage.pool
        pool.failed, pool.refused, pool.dropped = {"lost": 2, "closed": 1}, 4, 5
        await it.say(pool.state(), pool.messages())
        for text in ("failed 3", "refused 4", "dropped 5"):
            assert text in it.lines[1]


async def test_a_request_that_was_not_carried_out_is_told() -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        await it.say(wire.Problem("[/nope] too many viewers\x1b[2J"))
        assert "[/nope] too many viewers␛[2J" in it.text


async def test_no_message_of_textual_s_is_sent_for_a_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        sent: list[Message] = []
        post = type(it.app).post_message

        def record(self: object, message: Message) -> bool:
            sent.append(message)
            return post(self, message)  # type: ignore[arg-type]

        monkeypatch.setattr("textual.message_pump.MessagePump.post_message", record)
        feed, pool = it.app.feed, it.stage.pool
        assert feed is not None
        for _ in range(500):
            pool.time += 0.25
            feed.take(pool.state())
            feed.take(pool.messages(pool.sample(1, b"x")))
        assert sent == []


async def test_a_terminal_without_room_is_not_painted_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        painted: list[None] = []
        monkeypatch.setattr(it.app, "paint", lambda: painted.append(None))
        monkeypatch.setattr(app_module, "has_room", lambda: False)
        it.app._tick()
        assert painted == []
        monkeypatch.setattr(app_module, "has_room", lambda: True)
        it.app._tick()
        assert painted == [None]


async def test_it_paints_less_often_when_ticks_are_late() -> None:
    async with shown((120, 40), stage=Stage(seconds=1)) as it:
        fps = it.app.pace.fps
        it.clock.seconds += 10
        it.app._painting = False
        it.app._tick()
        await it.settle()
        assert it.app.pace.fps < fps


# Hostile text


def hostile_pool() -> Pool:
    """Everything that a peer may put anywhere, everywhere."""
    pool = Pool()
    for name, text in HOSTILE:
        pool.add(f"{name}: {text[:20_000]}", "client")
        pool.add(text[:20_000], text[:100], state=text[:100])
    return pool


def hostile_items(pool: Pool) -> list[wire.Frame]:
    items: list[wire.Frame] = []
    for _, text in HOSTILE:
        text = text[:20_000]
        info = {"code": 1001, "reason": text, "by": text, "clean": True, "error": text}
        items.append(
            wire.Events(
                (
                    pool.event("SocketClosed", text, kind=text, info=info),
                    pool.event("DialFailed", text, error=text),
                    pool.event(text, text, **{text: text}),
                )
            )
        )
    for number in pool.heads:
        text = pool.heads[number].id
        items.append(
            wire.Details(number, text, text, text, text, ((text, text),), (text,))
        )
    for _, payload in HOSTILE_PAYLOADS:
        payload = payload[:65_536]
        items.append(
            pool.messages(
                *(pool.sample(n, payload, type=t) for n, t in ((1, 1), (2, 2), (3, 99)))
            )
        )
    return items


def check(it: Shown) -> None:
    """Nothing unfit is on the screen, and every line is as wide as the terminal."""
    for strip in it.strips:
        assert not unfit(strip.text), strip.text
        assert strip.cell_length == it.app.size.width
        assert cell_width(strip.text) == it.app.size.width, strip.text


@pytest.mark.parametrize("width", [40, 80, 160])
async def test_hostile_text_is_harmless_on_the_main_screen(width: int) -> None:
    stage = Stage(seconds=0)
    pool = stage.pool = hostile_pool()
    stage.items = [*pool.greet(), *hostile_items(pool)]
    async with shown((width, 130), stage=stage) as it:
        check(it)
        for keys in (("<", "<", "<"), ("G",), ("tab",), ("e",), ("g",)):
            await it.press(*keys)
            check(it)


async def test_hostile_text_is_harmless_on_the_other_screens() -> None:
    stage = Stage(seconds=0)
    pool = stage.pool = hostile_pool()
    stage.items = [*pool.greet(), *hostile_items(pool)]
    async with shown((100, 40), stage=stage) as it:
        await it.press("<", "<", "<")
        for _ in range(0, len(pool.heads), 11):
            await it.press(*("j",) * 11, "enter")
            for key in ("2", "3", "1"):
                await it.press(key)
                check(it)
            await it.press("escape")
        await it.press("tab", "k", "enter")
        for _ in HOSTILE_PAYLOADS:
            await it.press("{", "{", "{")
            for key in "xJ":
                await it.press(key)
                check(it)


async def test_a_hostile_greeting_is_harmless() -> None:
    stage = Stage(seconds=1)
    async with shown((160, 40), stage=stage) as it:
        for _, text in HOSTILE:
            greeting = hello()
            bad = wire.Hello(
                1, text, 1, text, text, text, greeting.started_at, float("nan")
            )
            state = stage.pool.state(begin=True, pool_state=text[:4096])
            await it.say(bad, state, wire.Problem(text))
            check(it)
            it.app.clear_notifications()


# Terminals


async def test_ascii_is_enough() -> None:
    async with shown((160, 40), stage=Stage(seconds=10), ascii=True) as it:
        await it.press("j")
        assert "> wss://stream" in it.text
        assert "* LIVE" in it.lines[0]
        for keys in (
            (),
            ("enter",),
            ("2",),
            ("3",),
            ("escape", "tab", "k", "enter"),
            ("?",),
        ):
            await it.press(*keys)
            assert it.text.isascii(), keys


async def test_without_colour_everything_is_said_in_words_or_marks() -> None:
    async with shown((120, 40), stage=Stage(seconds=10), NO_COLOR="1") as it:
        assert it.app.no_color
        await it.press("j")
        assert "▸ wss://" in it.text
        for text in ("● open", "○ closed", "◐ reconnecting", "● LIVE", "↓", "↑"):
            assert text in it.text
        for strip in it.strips:
            for segment in strip:
                style = segment.style
                if (
                    style is not None
                    and style.color is not None
                    and style.color.triplet
                ):
                    assert len(set(style.color.triplet)) == 1
