"""The screen of one socket."""

from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.message import MessageScreen
from ssc_monitor.sources.source import Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


async def open_btc(it: Shown) -> None:
    await it.press("j", "enter")
    assert BTC in it.lines[2]


def body(it: Shown) -> str:
    return "\n".join(it.lines[5:-1])


async def test_it_shows_what_the_socket_is_and_its_messages_only() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        assert "● open" in it.lines[2]
        assert "server socket" in it.lines[2]
        assert "RTT 4ms" in it.lines[3]
        assert "[1 Traffic]" in it.lines[4]
        assert "BTCUSDT" in body(it)
        assert "ETHUSDT" not in body(it)


async def test_it_has_this_socket_s_messages_sampled_and_asks_for_details() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        watch = wire.Watch(wire.Selection(numbers=(1,)))
        assert it.source.requests[1:] == [wire.Inspect(1), watch]
        await it.press("escape")
        assert isinstance(it.app.screen, MainScreen)
        assert it.source.requests[-1] == wire.Watch(wire.Selection())


async def test_keys_choose_a_tab() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        await it.press("2")
        assert "[2 Timeline]" in it.lines[4]
        assert "┌─ Timeline" in it.lines[5]
        await it.press("3")
        assert "more is asked for" in body(it)
        details = wire.Details(1, url=BTC, headers=(("Host", "stream.example"),))
        await it.say(details)
        assert "stream.example" in body(it)
        await it.press("1")
        assert "┌─ Messages" in it.lines[5]


async def test_the_timeline_tells_what_happened_to_it() -> None:
    async with shown((120, 30)) as it:
        await it.press("<", "<", "<", "G", "k", "k", "enter", "2")
        assert "wss://slow.example/feed" in it.lines[2]
        told = body(it)
        for text in ("dialling", "open", "3 queued writes lost", "dial failed"):
            assert text in told
        pool = it.stage.pool
        opened = pool.event(
            "SocketOpened", "wss://slow.example/feed", kind="server", generation=2
        )
        other = pool.event("DialFailed", "wss://other.example", error="refused")
        await it.say(wire.Events((opened, other)))
        assert "open, connection 2" in body(it)
        assert "refused" not in body(it).split("open, connection 2")[1]


async def test_it_pauses_follows_and_filters() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        await it.press("space")
        assert "PAUSED" in it.text
        await it.press("space", "k", "k")
        assert "following" not in it.text
        await it.press("f")
        assert "following" in it.text
        await it.press("slash", *"dir:out", "enter")
        assert "no message matches" in it.text
        wanted = wire.Selection(numbers=(1,), direction="out")
        assert it.source.requests[-1] == wire.Watch(wanted)
        await it.press("escape")
        assert "BTCUSDT" in body(it)


async def test_enter_opens_a_message() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        await it.press("k", "enter")
        assert isinstance(it.app.screen, MessageScreen)
        await it.press("escape")
        assert BTC in it.lines[2]


async def test_a_socket_that_leaves_stays_on_the_screen_with_its_end() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        pool = it.stage.pool
        info = {"code": 1008, "reason": "policy", "by": "peer", "clean": True}
        ended = pool.event("SocketClosed", BTC, kind="server", generation=1, info=info)
        pool.remove(1)
        await it.say(wire.Events((ended,)), pool.state())
        assert "○ closed" in it.lines[2]
        assert "1008 policy violation" in it.lines[2]
        pool.time += 60
        await it.say(pool.state())
        assert BTC in it.lines[2]
        assert "○ closed" in it.lines[2]


async def test_it_finds_its_socket_again_after_the_link_was_lost() -> None:
    async with shown((120, 30), stage=Stage(seconds=10)) as it:
        await open_btc(it)
        await it.say(Lost("the process went away"))
        assert "GONE the process went away, retrying" in it.lines[0]
        successor = Stage(seconds=0).pool
        successor.heads[40] = wire.SocketHead(40, BTC, "server")
        successor.rows[40] = wire.SocketRow(
            40, "open", 3, 9, 900, 0, 0, 0, 0, 0, 0, 0.5, successor.time, None
        )
        del successor.heads[1], successor.rows[1]
        await it.say(*successor.greet())
        assert "connection 3" in it.lines[2]
        assert wire.Inspect(40) in it.source.requests
        wanted = wire.Watch(wire.Selection(numbers=(40,)))
        assert it.source.requests[-1] == wanted


async def test_at_level_stats_it_begins_with_the_timeline() -> None:
    async with shown((120, 30), stage=Stage("stats", seconds=10)) as it:
        await open_btc(it)
        assert "[2 Timeline]" in it.lines[4]
