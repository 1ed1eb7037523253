"""The app on a stage: without a terminal, at a clock that stands still."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import cast

from textual import events
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from ssc_monitor.actions import Keymap
from ssc_monitor.app import MonitorApp
from ssc_monitor.model.transport import Transport
from ssc_monitor.sources.source import Found, Item
from tests.ssc_monitor.scripted import FixedClock, Scripted, ScriptedRecording, until
from tests.ssc_monitor.stage import Stage

__all__ = ["Shown", "shown"]


@dataclass
class Shown:
    """An app that runs, and what drives it."""

    app: MonitorApp
    pilot: Pilot[None]
    source: Scripted
    clock: FixedClock
    stage: Stage

    async def settle(self) -> None:
        """Until all that was said is on the screen."""
        await until(self._heard)
        await self._idle()
        self.app.paint()
        await self._idle()

    def _heard(self) -> bool:
        """Whether the source has no more to say."""
        feed = self.app.feed
        return feed is None or cast(Scripted, feed.source).silent

    async def _idle(self) -> None:
        """Until nobody has a message to handle. (The pilot's own pause waits 20 ms.)"""
        quiet = 0
        while quiet < 3 and self.app.screen_stack:
            await self.pilot._wait_for_screen()
            pumps = [self.app, *self.app.screen.walk_children(with_self=True)]
            busy = any(not pump._message_queue.empty() for pump in pumps)
            quiet = 0 if busy else quiet + 1
        if self.app.screen_stack:
            self.app.screen._on_timer_update()

    async def say(self, *items: Item) -> None:
        """Have the source say more, and see what comes of it."""
        self.source.say(*items)
        await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys, and see what each does."""
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 else key
            character = {"space": " "}.get(key, key if len(key) == 1 else None)
            assert self.app._driver is not None
            self.app._driver.send_message(events.Key(name, character))
            for _ in range(5):  # it is sent through the loop
                await asyncio.sleep(0)
            await self._idle()
        await self.settle()

    async def burst(self, text: str) -> None:
        """Press keys all at once, as a terminal that is pasted into."""
        names = {"\r": "enter", "\t": "tab", "\x1b": "escape"}
        assert self.app._driver is not None
        for c in text:
            name = names.get(c) or _character_to_key(c)
            self.app._driver.send_message(
                events.Key(name, c if c.isprintable() else None)
            )
        for _ in range(5 + len(text)):
            await asyncio.sleep(0)
        await self._idle()
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, key by key."""
        await self.press(*text)

    @property
    def notices(self) -> list[str]:
        """What it notified of: such boxes come and go by themselves."""
        return [notice.message for notice in self.app._notifications]

    @property
    def lines(self) -> list[str]:
        """What the screen says."""
        return [strip.text for strip in self.strips]

    @property
    def strips(self) -> list[Strip]:
        """What the screen is made of."""
        return self.app.screen._compositor.render_strips()

    def line(self, part: str) -> str:
        """The first line of the screen with a text in it."""
        return next((line for line in self.lines if part in line), "")

    @property
    def text(self) -> str:
        """What the screen says, in one."""
        return "\n".join(self.lines)


@contextmanager
def environment(**wanted: str) -> Iterator[None]:
    """Without what would make one run differ from another (traps: NO_COLOR)."""
    before = dict(os.environ)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        os.environ.pop(name, None)
    os.environ.update(TERM="xterm-256color", COLORTERM="truecolor", **wanted)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@asynccontextmanager
async def shown(
    size: tuple[int, int] = (100, 30),
    *,
    stage: Stage | None = None,
    ascii: bool = False,
    choices: Sequence[Found] | None = None,
    keymap: Keymap | None = None,
    remark: str = "",
    transport: Transport | None = None,
    **wanted: str,
) -> AsyncIterator[Shown]:
    """The app on a stage, without a terminal, at a clock that stands still."""
    stage = stage or Stage()
    clock = FixedClock()
    source = (
        Scripted(stage.items)
        if transport is None
        else ScriptedRecording(stage.items, transport)
    )
    with environment(**wanted):
        app = MonitorApp(
            source if choices is None else None,
            choices=choices or (),
            ascii=ascii,
            keymap=keymap,
            remark=remark,
            clock=clock,
        )
        async with app.run_test(size=size, notifications=True) as pilot:
            it = Shown(app, pilot, source, clock, stage)
            if choices is None:
                await it.settle()
            yield it
