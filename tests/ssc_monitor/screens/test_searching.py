"""Searching with n and N: in messages, in events, inside a message."""

from ssc_monitor.screens.message import MessageScreen
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import Stage


def short() -> Stage:
    return Stage(seconds=10)


async def search(it: Shown, text: str, key: str = "n") -> None:
    await it.press(key)
    await it.type(text)
    await it.press("enter")


def cursor(it: Shown) -> str:
    return next((line for line in it.lines if line.startswith("│▸")), "")


async def test_n_asks_the_first_time_and_goes_on_afterwards() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab", "n")
        assert "find" in it.lines[-2]
        assert "F another" in it.lines[-1]
        await it.type("grüße")
        await it.press("enter")
        first = cursor(it)
        assert "Grüße" in first
        assert "n grüße" in it.text
        await it.press("N")
        assert "Grüße" in cursor(it) != first
        await it.press("n")
        assert cursor(it) == first


async def test_a_search_goes_around_and_says_so() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab")
        await search(it, "grüße")
        newest = cursor(it)
        await it.press("n")
        assert "on from the top" in it.text
        assert cursor(it) != newest
        await it.press("N")
        assert "on from the end" in it.text
        assert cursor(it) == newest


async def test_what_is_nowhere_is_not_found() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab")
        await search(it, "nowhere")
        assert "n nowhere not found" in it.text


async def test_capital_f_asks_for_another_and_esc_forgets() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab")
        await search(it, "btc")
        await search(it, "usdt", "F")  # it begins with what there was
        assert "n btcusdt" in it.text
        await it.press("escape")
        assert "n btcusdt" not in it.text
        assert cursor(it)


async def test_a_bad_expression_says_why_and_esc_closes_the_prompt() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab")
        await search(it, "/(/")
        assert "can't be used" in it.lines[-1]
        await it.press("escape")
        assert "? help" in it.lines[-1]


async def test_matches_are_marked_without_colour_too() -> None:
    async with shown((120, 40), stage=short(), NO_COLOR="1") as it:
        await it.press("tab")
        await search(it, "keepalive")
        strip = next(s for s in it.strips if "keepalive" in s.text and "▸" in s.text)
        marked = [s.text for s in strip if s.style and s.style.reverse]
        assert marked == ["keepalive"]


async def test_events_are_searched() -> None:
    async with shown((120, 20), stage=short()) as it:
        await it.press("e", "tab")
        await search(it, "tab closed")
        assert "tab closed" in it.text
        await it.press("n")
        assert "on from the top" in it.text


async def test_a_message_is_searched_with_what_was_looked_for_before() -> None:
    async with shown((100, 12), stage=short()) as it:
        await it.press("tab")
        await search(it, "sub")
        await it.press("enter")
        assert isinstance(it.app.screen, MessageScreen)
        await search(it, "t", "F")
        assert "n subt not found" in it.text
        await it.press("x", "F", *["backspace"] * 4)
        await it.type("世")
        await it.press("enter")
        assert "not found" in it.text
        await it.press("t", "n")
        assert "not found" not in it.text


async def test_what_is_typed_behind_a_key_that_asks_is_the_answer() -> None:
    """A terminal sends what is pasted, or typed ahead, in one go."""
    async with shown((120, 40), stage=short()) as it:
        await it.burst("/client-7f3a\rj")
        assert "1 of 8" in it.text
        assert "/client-7f3a" in it.text
        assert "client-7f3a" in cursor(it)
        await it.burst("\x1b")
        await it.burst("\tngrüße\rN")
        assert "n grüße" in it.text


async def test_sockets_are_searched() -> None:
    async with shown((120, 40), stage=short()) as it:
        await search(it, "client-b")
        assert "client-b20e" in cursor(it)
        await search(it, "2", "F")
        assert "n client-b2" in it.text
        await it.press("n")
        assert "client-b20e" in cursor(it)
        assert "on from the top" in it.text


async def test_keys_keep_their_order_when_they_are_typed_ahead() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.burst("\tngrüße\r")
        assert "Grüße" in cursor(it)
        await it.burst("\r")
        assert isinstance(it.app.screen, MessageScreen)
