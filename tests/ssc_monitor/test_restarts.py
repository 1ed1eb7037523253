"""A pool that goes away and comes back while a screen is open, in a real terminal."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_rx import Pool
from ssc_rx.transports.memory import memory_pair
from tests.far_end import Peer
from tests.ssc_monitor.terminal import foreign_controls, terminal

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

# The keys that open a screen, what it shows then, and those that lead back.
SCREENS = {
    "main": ("", "Sockets", ""),
    "events": ("e", "Events", ""),
    "socket": ("\r", "Traffic", "\x1b"),
    "timeline": ("\r|2", "open", "\x1b"),
    "message": ("\t|k|\r", "hello", "\x1b"),
    "help": ("?", "Find", "\x1b"),
    "picker": ("t", "Pools", "\r"),
    "compose": ("c", "Send", "\x1b"),
    "kick": ("K", "Kick", "\x1b"),
    "filter": ("/", "Sockets", "\x1b"),
}

COVERING = ("help", "picker", "socket", "timeline", "message")
"""Those that cover the line which tells of the link, or tell it in words of their own."""


async def _running(make_pool: Callable[..., Pool]) -> tuple[Pool, Peer]:
    pool = make_pool(
        ping_interval=None, monitor="control", name="again", close_timeout=1
    )
    await pool.start()
    near, far = memory_pair()
    await pool.add_client_socket("alice", near).__aenter__()
    return pool, Peer(far)


@pytest.mark.parametrize("screen", SCREENS)
async def test_a_pool_that_restarts_under_a_screen(
    screen: str, monitors: Path, make_pool: Callable[..., Pool]
) -> None:
    keys, shown, back = SCREENS[screen]
    pool, peer = await _running(make_pool)
    state = str(monitors.parent)
    async with terminal("again", columns=140, XDG_STATE_HOME=state) as it:
        await it.shows("alice")
        peer.send("hello")
        await it.shows("hello")
        for key in keys.split("|") if keys else ():
            it.press(key)
            await it.painted()
        await it.shows(shown)
        await pool.stop()
        if screen not in COVERING:
            await it.shows("GONE")
        again, peer = await _running(make_pool)
        it.press("j")
        await it.painted()
        it.press(back)
        if screen == "events":
            it.press("ee")  # warnings, and messages again
        await it.shows("LIVE")
        said = 0
        while f"and on {said}" not in it.screen:  # until the viewer is there again
            said += 1
            peer.send(f"and on {said}")
            await it.painted()
        it.press("\x03")
        assert await it.ended() == 0
        assert len(again) == 1
    assert foreign_controls(it.output) == []
    assert b"Traceback" not in it.output
