"""The dialog in which a message is composed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual import events

from ssc_monitor.screens.compose import ComposeScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.sources.source import NOT_ALLOWED, Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.hostile import HOSTILE, unfit
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where histories are kept."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@asynccontextmanager
async def composing(
    size: tuple[int, int] = (100, 30), *keys: str
) -> AsyncIterator[Shown]:
    """The dialog, opened with the first socket selected."""
    async with shown(size, stage=Stage(seconds=2)) as it:
        await it.press(*(keys or ("g", "c")))
        assert isinstance(it.app.screen, ComposeScreen)
        yield it


def sent(it: Shown) -> list[wire.Send]:
    return [r for r in it.source.requests if isinstance(r, wire.Send)]


def remark(it: Shown) -> str:
    screen = it.app.screen
    assert isinstance(screen, ComposeScreen)
    return screen.remark.text


async def test_what_is_typed_goes_to_the_selected_socket() -> None:
    async with composing() as it:
        assert f"(•) socket {BTC}" in it.text
        await it.type("hello")
        assert remark(it) == "TEXT, 5 bytes"
        await it.press("enter")
        assert sent(it) == [wire.Send(1, b"hello", 1, numbers=(1,))]
        assert remark(it) == "on its way …"
        await it.say(wire.Answer(1, queued=1))
        assert remark(it).startswith("✓ queued to 1, ")
        await it.type("x")  # the text was cleared, for the next one
        await it.press("enter")
        assert sent(it)[-1].payload == b"x"


async def test_what_was_refused_stays_to_be_corrected() -> None:
    async with composing() as it:
        await it.type("hello")
        await it.press("enter")
        await it.say(wire.Answer(1, "the socket 'a' is closing, not open"))
        assert remark(it) == "× the socket 'a' is closing, not open"
        await it.press("!", "enter")
        assert sent(it)[-1].payload == b"hello!"


async def test_all_are_written_to_only_when_asked_twice() -> None:
    async with composing() as it:
        await it.type("hi")
        await it.press("shift+tab", "shift+tab", "left", "enter")
        assert sent(it) == []
        assert "once more sends it to all 9 open sockets" in remark(it)
        await it.press("tab", "tab", "!")  # another text, another question
        assert remark(it) == "TEXT, 3 bytes"
        await it.press("enter", "enter")
        assert sent(it) == [wire.Send(1, b"hi!")]
        await it.say(wire.Answer(1, queued=8, dropped=1))
        assert "queued to 8, dropped by 1" in remark(it)


async def test_a_group_can_be_written_to_and_is_kept_when_the_link_comes_back() -> None:
    async with composing() as it:
        await it.say(wire.Details(1, tags=("room", "\x1b[2J")))
        assert "‹ 1 of 4 ›" in it.text
        assert unfit(it.text) <= {"\n"}
        await it.type("hi")
        await it.press("shift+tab", "shift+tab", "right", "enter")
        assert sent(it) == [wire.Send(1, b"hi", tag="room")]


@pytest.mark.parametrize("id", [text for _, text in HOSTILE if len(text) < 1000])
async def test_a_hostile_tag_can_do_nothing(id: str) -> None:
    async with composing() as it:
        await it.say(wire.Details(1, tags=(id,)))
        assert unfit(it.text) <= {"\n"}


async def test_json_is_checked_as_it_is_typed() -> None:
    async with composing() as it:
        await it.press("shift+tab", "right", "tab")
        await it.type('{"a": tru')
        assert remark(it) == "× no JSON: Expecting value at column 7"
        await it.press("enter")
        assert sent(it) == []
        await it.type("e}")
        assert remark(it) == "TEXT, 11 bytes"
        await it.press("enter")
        assert sent(it) == [wire.Send(1, b'{"a": true}', numbers=(1,))]


async def test_bytes_are_typed_in_hex() -> None:
    async with composing() as it:
        await it.press("shift+tab", "right", "right", "tab")
        await it.type("00 f")
        assert remark(it) == "× half a byte is missing: hex digits come in pairs"
        await it.type("f")
        await it.press("enter")
        assert sent(it) == [wire.Send(1, b"\x00\xff", 2, numbers=(1,))]


async def test_a_new_line_doesn_t_send() -> None:
    async with composing() as it:
        await it.type("a")
        await it.press("ctrl+j", "b", "enter")
        assert sent(it)[0].payload == b"a\nb"


async def test_a_paste_that_comes_as_keys_sends_nothing() -> None:
    async with composing() as it:
        driver = it.app._driver
        assert driver is not None
        keys = [("a", "a"), ("enter", None), ("ctrl+j", None), ("b", "b")]
        for name, character in [*keys, ("enter", None), ("c", "c")]:
            driver.send_message(events.Key(name, character))
        await it.press("d")
        assert sent(it) == []
        await it.press("enter")
        assert sent(it)[0].payload == b"a\nb\ncd"


async def test_nothing_is_no_message() -> None:
    async with composing() as it:
        await it.press("enter", "f5")
        assert sent(it) == []


@pytest.mark.parametrize(("name", "text"), HOSTILE)
async def test_what_is_pasted_can_do_nothing_to_the_terminal(
    name: str, text: str
) -> None:
    async with composing() as it:
        it.app.screen.focused.post_message(events.Paste(text[:5000]))  # type: ignore[union-attr]
        await it.settle()
        assert unfit(it.text) <= {"\n"}
        if any(not c.isprintable() for c in text[:5000].strip("\r\n")):
            assert "left out" in remark(it) or "\n" in text or "\r" in text


async def test_what_was_sent_before_comes_back_with_up() -> None:
    async with composing() as it:
        for text in ("one", "two"):
            await it.type(text)
            await it.press("enter")
            await it.say(wire.Answer(len(sent(it)), queued=1))
        await it.press("up", "up", "enter")
        assert sent(it)[-1].payload == b"one"
        await it.press("escape", "c", "up", "enter")
        assert sent(it)[-1].payload == b"two"
        await it.press("escape", "c", "x", "up", "down", "enter")
        assert sent(it)[-1].payload == b"x"


async def test_only_what_was_taken_is_remembered() -> None:
    async with composing() as it:
        await it.type("x")
        await it.press("enter")
        await it.say(wire.Answer(1, "no"))
        await it.press("escape", "c", "up", "enter")
        assert len(sent(it)) == 1


async def test_where_one_may_only_watch_it_says_how_to_allow_more() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        it.source.bars = NOT_ALLOWED
        await it.press("g", "c", "x", "enter")
        assert remark(it) == f"× {NOT_ALLOWED}"
        assert 'monitor="control")' in it.text
        assert sent(it) == []
        await it.press("escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_the_screen_below_goes_on_and_the_link_may_be_lost() -> None:
    async with composing((120, 34)) as it:
        await it.type("hi")
        await it.press("enter")
        await it.say(it.stage.pool.messages(it.stage.pool.sample(1, b"live news")))
        assert "live news" in it.text
        await it.say(Lost("the process is gone"))
        assert "it may have been done, or not" in remark(it)
        it.source.bars = "there is no link to the pool now"
        await it.settle()
        assert remark(it) == "× there is no link to the pool now"
        it.source.bars = ""
        # Its pool is back, and gives the same socket another number.
        pool = it.stage.pool
        pool.heads[50] = wire.SocketHead(50, pool.heads.pop(1).id, "server")
        pool.rows[50] = wire.SocketRow(50, *list(_fields(pool.rows.pop(1)))[1:])
        await it.say(*pool.greet())
        await it.press("enter")
        assert sent(it)[-1] == wire.Send(2, b"hi", 1, numbers=(50,))


def _fields(row: wire.SocketRow) -> list[object]:
    return [getattr(row, name) for name in row.__struct_fields__]


async def test_a_socket_that_leaves_meanwhile_is_told() -> None:
    async with composing() as it:
        pool = it.stage.pool
        pool.remove(1)
        await it.say(pool.state())
        assert "(it left)" in it.text
        await it.type("hi")
        await it.press("enter")
        assert sent(it) == []
        assert remark(it) == "× that socket has left the pool"


async def test_a_number_that_may_be_another_s_is_not_used() -> None:
    async with composing() as it:
        pool = it.stage.pool
        pool.remove(1)
        pool.heads[1] = wire.SocketHead(1, "somebody else", "client")
        pool.rows[1] = wire.SocketRow(1, *list(_fields(pool.rows[2]))[1:])
        await it.say(*pool.greet())  # the program started anew
        await it.type("hi")
        await it.press("enter")
        assert remark(it) == "× that socket has left the pool"
        assert sent(it) == []


async def test_enter_pressed_twice_sends_once() -> None:
    async with composing() as it:
        await it.type("hi")
        await it.press("enter", "enter", "f5")
        assert len(sent(it)) == 1
        await it.say(wire.Answer(1, queued=1))
        await it.press("enter")
        assert len(sent(it)) == 1


async def test_an_answer_that_comes_after_the_dialog_was_closed() -> None:
    async with composing() as it:
        await it.type("hi")
        await it.press("enter", "escape")
        await it.say(wire.Answer(1, "no room"))
        assert it.notices == ["no room"]
        await it.press("c", "x", "enter", "escape")
        await it.say(wire.Answer(2, queued=1))
        assert it.notices == ["no room"]


async def test_a_socket_can_not_pass_for_all_of_them() -> None:
    async with shown((100, 30), stage=Stage(seconds=2)) as it:
        number = it.stage.pool.add("all open sockets")
        await it.say(it.stage.pool.state())
        assert it.app.feed is not None
        socket = it.app.feed.view.sockets[number]
        it.app.push_screen(ComposeScreen(it.app.feed, socket))
        await it.settle()
        await it.type("hi")
        await it.press("enter")
        assert sent(it) == [wire.Send(1, b"hi", 1, numbers=(number,))]


async def test_without_a_socket_it_is_for_all() -> None:
    async with composing((100, 30), "c") as it:
        assert "(•) all open sockets" in it.text


@pytest.mark.parametrize("size", [(40, 12), (60, 14), (80, 24), (200, 60)])
async def test_it_fits(size: tuple[int, int]) -> None:
    async with composing(size, "g", "c") as it:
        await it.type("hello")
        assert "hello" in it.text
        assert "TEXT, 5 bytes" in it.text
        assert "⏎ send" in it.text
