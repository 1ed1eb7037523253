"""The app: one source, one view of its pool, one tick that paints what changed."""

import asyncio
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from textual.app import App
from textual.worker import Worker

from ssc_monitor.actions import Keymap
from ssc_monitor.clock import Clock
from ssc_monitor.feed import Feed
from ssc_monitor.model.search import Search
from ssc_monitor.pace import Pace
from ssc_monitor.screens.base import MonitorScreen
from ssc_monitor.screens.main import MainScreen
from ssc_monitor.sources.source import Found, Source
from ssc_monitor.taping import Taping
from ssc_monitor.terminal import has_room, hung_up
from ssc_monitor.themes import DEFAULT_THEME, OURS
from ssc_monitor.widgets.ascii import to_ascii

__all__ = ["MonitorApp"]

TERMINATED = 128 + signal.SIGTERM


class MonitorApp(App[None]):
    """Shows a pool.

    Args:
        source: The pool; `None` to choose one of `choices` first.
        choices: Pools that were found.
        fps: How often the screen is painted, at most.
        ascii: Whether to do without characters that aren't ASCII.
        theme: Name of its colours.
        keymap: Keys in place of those of the table of actions.
        remark: Told at the start, such as what is wrong with the config file.
        clock: What time is read from.

    Attributes:
        keymap: As given.
        search: What was searched for last; `None` for nothing.
        away: Whether another program has the terminal.
    """

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    TITLE = "ssc-monitor"

    def __init__(
        self,
        source: Source | None,
        *,
        choices: Sequence[Found] = (),
        fps: int = 10,
        ascii: bool = False,
        theme: str = DEFAULT_THEME,
        keymap: Keymap | None = None,
        remark: str = "",
        clock: Clock | None = None,
    ) -> None:
        super().__init__()
        self._source = source
        self._choices = choices
        self._clock = clock or Clock()
        self._fps = fps
        self.pace = Pace(fps)
        self.feed: Feed | None = None
        self.search: Search | None = None
        self._reader: Worker[None] | None = None
        self._due = 0.0
        self._painting = False
        self._problem = ""
        self.taping: Taping | None = None
        self.away = False
        self.set_class(ascii, "-ascii")
        self.keymap = keymap or {}
        self.set_keymap({n: ",".join(keys.split()) for n, keys in self.keymap.items()})
        self._remark = remark
        for ours in OURS:
            self.register_theme(ours)
        self.theme = theme

    def on_mount(self) -> None:
        if self._source is not None:
            self.watch_source(self._source)
        else:
            self.action_targets()
        if self._remark:
            self.notify(self._remark, severity="warning", timeout=15, markup=False)
        if not self.is_headless:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, self.exit, None, TERMINATED)
            loop.add_signal_handler(signal.SIGHUP, self.exit)
        self._due = self._clock.now() + 1 / self._fps
        self.set_interval(1 / self._fps, self._tick)

    def watch_source(self, source: Source) -> None:
        """Show the pool of a source, in place of the one before."""
        if self.taping is not None:
            self.taping.end()
        if self._reader is not None:
            self._reader.cancel()
        self.feed = feed = Feed(source, self._clock.now)
        self._reader = self.run_worker(self._read(feed), name="frames")
        screen = MainScreen(feed, self._clock)
        if len(self.screen_stack) == 1:
            self.push_screen(screen)
        else:
            while len(self.screen_stack) > 2:
                self.pop_screen()
            self.switch_screen(screen)  # pyright: ignore[reportUnknownMemberType]

    async def _read(self, feed: Feed) -> None:
        try:
            await feed.run()
        finally:
            await feed.source.close()

    def tape(self, path: Path, *, overwrite: bool) -> None:
        """Record what is shown, until that ends; raises `RecordingError`."""
        assert self.feed is not None
        self.taping = Taping(self.feed, path, overwrite=overwrite)
        self.feed.taping = self.taping

    def _look_at_tape(self) -> None:
        """Tell when a recording has ended."""
        taping = self.taping
        if taping is None or not taping.ended:
            return
        self.taping = None
        if taping.feed.taping is taping:
            taping.feed.taping = None
        failed = taping.tape.error is not None or bool(taping.lost)
        self.notify(
            taping.account,
            severity="error" if failed else "information",
            timeout=15,
            markup=False,
        )

    async def end_tape(self) -> str:
        """Have what is still recorded written; returns what became of it."""
        taping = self.taping
        if taping is None:
            return ""
        taping.end()
        await asyncio.to_thread(taping.wait)
        return taping.account

    def _tick(self) -> None:
        now = self._clock.now()
        late, self._due = now - self._due, now + 1 / self._fps
        if not self.screen_stack:  # the app is ending
            return
        self._look_at_tape()
        if not self.is_headless and hung_up():
            self.exit()
            return
        if self.away or self._painting or not self.pace.tick() or not has_room():
            return
        self.paint()
        self._painting = True
        self.screen.call_after_refresh(self._painted, late, now)

    def paint(self) -> None:
        """Paint what changed on the screen that is seen."""
        seen = self.screen_stack[-2:] if self.screen.is_modal else (self.screen,)
        for screen in seen:
            if isinstance(screen, MonitorScreen) and not self._jumping:
                screen.tick()
        problem = self.feed.view.problem if self.feed is not None else ""
        if problem != self._problem:
            self._problem = problem
            if problem:  # visible already, and no markup
                self.notify(problem[:300], severity="warning", markup=False)

    @property
    def _jumping(self) -> bool:
        """Whether what is shown isn't whole for a moment."""
        transport = None if self.feed is None else self.feed.transport
        return transport is not None and transport.jumping

    def _painted(self, late: float, since: float) -> None:
        self._painting = False
        self.pace.report(late, self._clock.now() - since)

    def notify(self, message: str, **options: Any) -> None:
        """Say something for a moment; the text is visible already."""
        if self.has_class("-ascii"):
            message = to_ascii(message)
        super().notify(message, **options)

    def write_to_terminal(self, sequence: str) -> None:
        """Write a sequence of our own making, between two paints."""
        if self._driver is not None:
            self._driver.write(sequence)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key does what it is for: not while it is text."""
        screen = self.screen
        return not (isinstance(screen, MonitorScreen) and screen.typing)

    # Actions

    def action_help(self) -> None:
        """Show what the keys do."""
        from ssc_monitor.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_targets(self) -> None:
        """Choose a pool."""
        from ssc_monitor.screens.picker import PickerScreen

        choices, self._choices = self._choices, ()  # they are of the start
        self.push_screen(PickerScreen(choices, self._chosen))

    def _chosen(self, found: Found) -> None:
        from ssc_monitor.sources.remote import RemoteSource

        # With its hello: a pool that was started anew since has another path.
        self.watch_source(RemoteSource(found.path, found.hello))
