"""The main screen: what each key does, and what stays where it is."""

from pathlib import Path

import pytest

from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.message import MessageScreen
from ssc_monitor.screens.socket import SocketScreen
from ssc_monitor.sources.source import Attached
from ssc_monitor.widgets.pane import Pane
from ssc_rx.monitor import wire
from tests.ssc_monitor.scripted import Pool, hello
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


def short() -> Stage:
    return Stage(seconds=10)


def marked(it: Shown) -> str:
    """The line with the cursor; empty if there is none."""
    return it.line("▸")


def ids(it: Shown) -> list[str]:
    """Beginnings of the IDs in the table, from top to bottom."""
    start = next(n for n, line in enumerate(it.lines) if " KIND" in line)
    rows = it.lines[start + 1 :]
    end = next(n for n, line in enumerate(rows) if line.startswith("├"))
    return [row[3:14].strip() for row in rows[:end] if row[3:14].strip()]


def active(it: Shown) -> Pane:
    screen = it.app.screen
    assert isinstance(screen, MainScreen)
    return screen.pane


async def test_it_shows_the_pool_its_sockets_and_their_messages() -> None:
    async with shown((160, 40), stage=short()) as it:
        assert "feeds@41233" in it.lines[0]
        assert "● LIVE 4Hz" in it.lines[0]
        assert "7 open of 8" in it.lines[0]
        assert "[traffic · read-only]" in it.lines[1]
        assert "● open" in it.line(BTC)
        assert "1001 going away" in it.line("client-d71f")
        assert "dial failed" in it.line("wss://slow.example/feed")
        assert "not sampled" in it.text
        assert '{"e":"trade"' in it.text


async def test_cursor_keys_move_the_cursor() -> None:
    async with shown((120, 40), stage=short()) as it:
        assert marked(it) == ""
        first, second = ids(it)[:2]
        for keys, expected in (
            ("j", first),
            ("j", second),
            ("k", first),
            ("down", second),
            ("up", first),
            ("G", ids(it)[-1]),
            ("g", first),
            ("end", ids(it)[-1]),
            ("home", first),
        ):
            await it.press(keys)
            assert expected in marked(it), keys


async def test_page_keys_move_by_pages() -> None:
    stage = short()
    for n in range(100):
        stage.pool.add(f"peer-{n:03}")
        stage.items.append(stage.pool.state())
    async with shown((120, 40), stage=stage) as it:
        await it.press("i", "<", "<", "<", "i")  # by ID, ascending
        await it.press("g")
        at = [ids(it).index(marked(it)[3:14].strip())]
        for key in ("pagedown", "ctrl+d", "ctrl+u", "pageup"):
            before = marked(it)
            await it.press(key)
            assert marked(it) != before
        at.append(ids(it).index(marked(it)[3:14].strip()))
        assert at == [0, 0]


async def test_the_cursor_stays_on_its_socket_while_rows_move() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "j", "j")
        assert "EURUSD" in marked(it)
        before = ids(it)
        pool = it.stage.pool
        for _ in range(40):
            pool.time += 0.25
            pool.receive(3, 50_000)
            it.source.say(pool.state())
        it.clock.seconds += 10
        await it.settle()
        assert ids(it)[0] == before[2]
        assert "EURUSD" in marked(it)


async def test_rows_hold_still_for_a_moment_after_the_cursor_moved() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j")
        before = ids(it)
        pool = it.stage.pool
        for _ in range(8):
            pool.time += 0.25
            pool.receive(3, 50_000)
            it.source.say(pool.state())
        it.clock.seconds += 1.5
        await it.settle()
        assert ids(it) == before
        it.clock.seconds += 1
        await it.settle()
        assert ids(it)[0] == before[2]


async def test_the_cursor_goes_to_a_neighbour_when_its_socket_leaves() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j")
        number = next(n for n, head in it.stage.pool.heads.items() if head.id == BTC)
        pool = it.stage.pool
        pool.remove(number)
        it.source.say(pool.state())
        pool.time += 11
        it.clock.seconds += 11
        await it.say(pool.state())
        await it.settle()
        assert BTC[:20] not in it.text.split("Messages")[0] or marked(it)
        assert marked(it)


async def test_sort_keys_choose_a_column_and_turn_the_order() -> None:
    async with shown((120, 40), stage=short()) as it:
        assert "▼IN/s" in it.text
        await it.press(">")
        assert "▼OUT/s" in it.text
        assert ids(it)[0] == "client-c004"
        await it.press("<", "<", "<", "<")
        assert "ID ▲" in it.text
        assert ids(it) == sorted(ids(it))
        await it.press("i")
        assert "ID ▼" in it.text
        assert ids(it) == sorted(ids(it), reverse=True)


async def test_tab_goes_to_the_other_pane_and_back() -> None:
    async with shown((120, 40), stage=short()) as it:
        assert active(it).id == "sockets"
        await it.press("tab")
        assert active(it).id == "stream"
        assert active(it).has_focus
        await it.press("tab")
        assert active(it).id == "sockets"


async def test_enter_opens_the_selected_socket() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "enter")
        assert isinstance(it.app.screen, SocketScreen)
        assert BTC in it.lines[2]
        await it.press("escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_enter_opens_the_selected_message() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab", "enter")
        assert isinstance(it.app.screen, MessageScreen)
        assert "ok" in it.text


async def test_space_holds_the_messages_while_the_header_goes_on() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("space")
        stream, header = it.lines[-12:-2], it.lines[0]
        pool = it.stage.pool
        pool.time += 0.25
        pool.receive(1, 90_000)
        await it.say(pool.state(), pool.messages(pool.sample(1, b"newer")))
        assert it.lines[-12:-2] == stream
        assert it.lines[0] != header
        assert "PAUSED 90,000 since" in it.text
        await it.press("space")
        assert "PAUSED" not in it.text
        assert "newer" in it.lines[-3]


async def test_a_program_that_starts_anew_while_paused_counts_anew() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("space")
        again = Pool([("feed", "server")])
        whole, said = again.state(begin=True), hello(pid=4242)
        again.receive(1, 7)
        attached = Attached(Path("/run/4242-1.sock"), said)
        await it.say(attached, said, whole, again.state())
        assert "PAUSED 7 since" in it.text


async def test_moving_up_stops_following_and_f_or_G_follow_again() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab")
        for key in ("f", "G"):
            assert "following" in it.text
            await it.press("k", "k")
            stream = it.lines[-12:-2]
            assert "following" not in it.text
            await it.say(it.stage.pool.messages(it.stage.pool.sample(1, b"newer")))
            assert it.lines[-12:-2] == stream
            assert "1 newer" in it.text
            await it.press(key)
            assert "following" in it.text
            assert "newer" in it.lines[-3]
        await it.press("f")
        assert "following" not in it.text


async def test_e_shows_events_then_warnings_in_place_of_messages() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("e")
        assert "├─ Events" in it.text
        assert "3 queued writes lost" in it.text
        await it.press("tab", "e")
        assert "├─ Warnings" in it.text
        assert active(it).id == "warnings"
        await it.press("e")
        assert "├─ Messages" in it.text
        assert active(it).id == "stream"


async def test_a_pool_without_traffic_shows_its_events_and_how_to_get_more() -> None:
    async with shown((160, 40), stage=Stage("stats", seconds=10)) as it:
        assert "[stats]" in it.text
        assert 'Pool(monitor="traffic")' in it.text
        assert "├─ Events" in it.text
        assert it.source.requests == []
        await it.press("e", "e")
        assert 'open the pool with monitor="traffic"' in it.text


async def test_a_filter_filters_both_panes_and_what_is_sampled() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("client-7f3a")
        await it.press("enter")
        assert ids(it) == ["client-7f3a"]
        assert "1 of 8" in it.text
        stream = it.text.split("Messages")[1]
        assert "client-7f3a" in stream
        assert "BTCUSDT" not in stream
        wanted = it.source.requests[-1]
        assert isinstance(wanted, wire.Watch)
        assert wanted.messages is not None
        assert wanted.messages.words == ("client-7f3a",)
        await it.press("escape")
        assert len(ids(it)) == 9
        assert it.source.requests[-1] == wire.Watch(wire.Selection())


async def test_a_filter_takes_effect_while_it_is_typed() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("quotes")
        while len(ids(it)) != 1:
            await it.settle()
        await it.press("escape")
        assert len(ids(it)) == 9
        assert active(it).has_focus


async def test_a_bad_filter_says_why_and_the_one_before_stays() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("quotes")
        await it.press("enter", "slash")
        await it.type(" size>many")
        await it.press("enter")
        assert "many is no number" in it.lines[-1]
        assert ids(it) == ["wss://quote"]
        assert it.app.screen.query_one("#filter").has_class("-bad")
        await it.press(*["backspace"] * 4, "1", "enter")
        assert "is no number" not in it.text
        assert "/quotes size>1" in it.text


async def test_a_filter_that_is_not_finished_does_not_leave_its_beginning_in_force() -> (
    None
):
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("quotes")
        await it.press("enter", "slash")
        await it.type(" zzz")  # which can be read, and matches nothing
        while "none of 9 sockets matches" not in it.text:
            await it.settle()
        await it.press(*["backspace"] * 3)
        await it.type("state:foo")
        while "none of 9 sockets matches" in it.text:
            await it.settle()
        assert ids(it) == ["wss://quote"]


async def test_nothing_matches() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("slash")
        await it.type("zzz")
        await it.press("enter")
        assert "none of 9 sockets matches" in it.text
        assert "no message matches" in it.text


async def test_escape_takes_the_cursors_away_when_there_is_no_filter() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "tab", "k", "escape")
        assert marked(it) == ""
        assert "following" in it.text


async def test_the_mouse_selects_opens_and_scrolls() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.pilot.click("#sockets", offset=(10, 3))
        await it.settle()
        assert ids(it)[1] in marked(it)
        await it.pilot.click("#stream", offset=(10, 2))
        await it.settle()
        assert active(it).id == "stream"
        await it.pilot.click("#stream", offset=(10, 2), times=2)
        await it.settle()
        assert isinstance(it.app.screen, MessageScreen)


@pytest.mark.parametrize("width", [40, 60, 79])
async def test_a_narrow_terminal_shows_one_pane_at_a_time(width: int) -> None:
    async with shown((width, 24), stage=short()) as it:
        assert "Sockets" in it.text
        assert "Messages" not in it.text
        await it.press("tab")
        assert "Sockets" not in it.text
        assert "Messages" in it.text
        await it.press("e")
        assert "Events" in it.text
        await it.press("tab")
        assert "Sockets" in it.text


@pytest.mark.parametrize("size", [(59, 24), (100, 14)])
async def test_a_tiny_terminal_has_one_header_line_and_no_footer(
    size: tuple[int, int],
) -> None:
    async with shown(size, stage=short()) as it:
        assert "LIVE" in it.lines[0]
        assert it.lines[1].startswith("┌")
        assert "quit" not in it.lines[-1]


async def test_it_follows_the_terminal_s_size() -> None:
    async with shown((160, 40), stage=short()) as it:
        for width, height in (
            (40, 12),
            (300, 60),
            (79, 20),
            (80, 24),
            (1, 1),
            (120, 3),
        ):
            await it.pilot.resize_terminal(width, height)
            await it.settle()
            assert {strip.cell_length for strip in it.strips} == {width}
        await it.pilot.resize_terminal(120, 40)
        await it.settle()
        assert "Sockets" in it.text
        assert "Messages" in it.text


async def test_what_one_reads_is_not_taken_away() -> None:
    async with shown((120, 40), stage=short()) as it:
        assert it.app.feed is not None
        await it.press("tab", "k", "k")
        before = [line[:-2] for line in it.lines[-12:-2]]  # without the scroll bar
        pool = it.stage.pool
        for _ in range(60):  # more than the ring holds
            samples = [pool.sample(1, b"x") for _ in range(1000)]
            await it.say(pool.messages(*samples))
        assert it.app.feed.view.stream.first > 0
        assert [line[:-2] for line in it.lines[-12:-2]] == before
        assert "PAUSED" in it.text
