"""Solo and mute: which sockets' messages are shown."""

from pathlib import Path

from ssc_monitor.sources.source import Attached
from ssc_rx.monitor import wire
from tests.ssc_monitor.scripted import Pool, hello
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import BTC, Stage


def short() -> Stage:
    return Stage(seconds=10)


def messages(it: Shown) -> str:
    return it.text.split("├─ Messages")[1]


def wanted(it: Shown) -> wire.Selection:
    request = it.source.requests[-1]
    assert isinstance(request, wire.Watch)
    assert request.messages is not None
    return request.messages


async def test_solo_shows_one_socket_and_asks_for_no_other() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "s")
        assert "/ws/btcusdt@trade" in it.text.split(" ─ solo ")[1]
        assert "ETHUSDT" not in messages(it)
        assert "BTCUSDT" in messages(it)
        assert wanted(it).numbers == (1,)
        assert "▸S" in it.line(BTC)
        await it.press("s")
        assert "solo …" not in it.text
        assert wanted(it) == wire.Selection()


async def test_mute_gives_the_samples_to_the_others() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "m", "j", "m")
        assert "muted 2 sockets" in it.text
        assert "USDT" not in messages(it).replace("btcusdt", "")
        assert wanted(it).muted == (1, 2)
        await it.press("escape")
        assert "muted" not in it.text
        assert "BTCUSDT" in messages(it)
        assert wanted(it) == wire.Selection()


async def test_it_works_from_a_message_too() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("tab", "k", "m")
        assert "muted client-c004" in it.text
        assert "client-c004" not in messages(it).split("─┤")[1]


async def test_it_survives_a_restart_of_the_program() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "m")
        again = Pool([("new", "server"), (BTC, "server")])
        said = hello(pid=4242)
        attached = Attached(Path("/run/4242-1.sock"), said)
        await it.say(attached, said, again.state(begin=True))
        assert wanted(it).muted == (2,)
        samples = (again.sample(1, b"heard"), again.sample(2, b"not heard"))
        await it.say(again.messages(*samples))
        assert "heard" in messages(it)
        assert "not heard" not in messages(it)


async def test_the_cursor_stays_on_its_id_when_the_program_is_started_anew() -> None:
    async with shown((120, 40), stage=short()) as it:
        await it.press("j", "j", "j", "j")
        assert "client-c004" in it.line("▸")
        again = Pool([("new", "server"), (BTC, "server")])
        said = hello(pid=4242)
        attached = Attached(Path("/run/4242-1.sock"), said)
        await it.say(attached, said, again.state(begin=True))
        assert "▸" in it.text
        again.add("client-c004")
        it.clock.seconds += 10
        await it.say(again.state())
        assert "client-c004" in it.line("▸")
