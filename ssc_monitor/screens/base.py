"""`MonitorScreen`: keys from the table, a tick that paints, a pane to move in."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.screen import Screen

from ssc_monitor.actions import ScreenName, actions_of, keys_of, shown
from ssc_monitor.model.search import Search, SearchError
from ssc_monitor.themes import theme_names
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import GROUNDS, STYLES
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.prompt import Prompt
from ssc_monitor.widgets.question import Answered, Question
from ssc_monitor.widgets.sheet import Sheet

if TYPE_CHECKING:
    from ssc_monitor.app import MonitorApp

__all__ = ["MonitorScreen", "bindings"]

SEARCH_KEYS = "⏎ find, then n and N go on; F another; esc forgets"

_By = TypeVar("_By", int, float)

_OF_THE_APP = ("help", "quit", "targets")


def _command(name: str) -> str:
    """What Textual calls an action."""
    return f"app.{name}" if name in _OF_THE_APP else name


def bindings(screen: ScreenName) -> list[BindingType]:
    """The keys of a screen; the ID of each is its action's name, for key maps."""
    return [
        Binding(
            ",".join(keys_of(action)),
            _command(action.name),
            action.help,
            show=False,
            # Before all that waits for its turn: keys typed ahead, or pasted, keep their
            # order, and reach the prompt or the screen that one of them opens.
            priority=True,
            id=action.name,
        )
        for action in actions_of(screen)
        if action.keys
    ]


class MonitorScreen(Screen[None]):
    """A screen that is painted by the app's tick."""

    NAME: ClassVar[ScreenName]
    """What the table of actions calls it."""

    AUTO_FOCUS = ""
    COMPONENT_CLASSES = {f"line--{name}" for name in (*STYLES, *GROUNDS)}  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (80, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (15, "-high")]  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__()
        self.question = Question()

    @property
    def host(self) -> "MonitorApp":
        """The app."""
        return cast("MonitorApp", self.app)  # pyright: ignore[reportUnknownMemberType]

    @property
    def pane(self) -> Pane:
        """What the keys move in."""
        raise NotImplementedError

    def tick(self) -> None:
        """Paint what changed."""
        search = self.host.search
        for sheet in self.query(Sheet):
            if isinstance(sheet, Pane):
                sheet.search = search
            sheet.repaint()

    # Typing

    @property
    def typing(self) -> bool:
        """Whether keys are text for now."""
        return any(prompt.opened for prompt in self.query(Prompt))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action == "back" or not self.typing

    def ask(
        self, sign: str, answered: Answered, *, text: str = "", remark: str = ""
    ) -> None:
        """Ask for a line of text, until the answer will do.

        Args:
            sign: What stands before the answer.
            answered: Takes it; returns what is wrong with it, or nothing.
            text: An answer to begin with.
            remark: What can be said, and how.
        """
        self.add_class("-typing")
        self.question.ask(sign, answered, self.stop_typing, text=text, remark=remark)

    def stop_typing(self) -> None:
        """Close whatever one can type in."""
        for prompt in self.query(Prompt):
            prompt.close()
        self.remove_class("-typing")
        self.set_focus(self.pane)

    # The palette

    def action_palette(self) -> None:
        """Find what can be done here."""
        from ssc_monitor.screens.palette import Choice, PaletteScreen

        told = to_ascii if self.host.has_class("-ascii") else str
        choices = [
            Choice(
                f"{action.group}: {action.help}",
                told(shown(keys_of(action, self.host.keymap))),
                partial(self.run_action, _command(action.name)),
            )
            for action in actions_of(self.NAME)
            if action.group != "Move" and action.name != "palette"
        ]
        choices += [
            Choice(f"Theme: {name}", "", partial(setattr, self.host, "theme", name))
            for name in theme_names()
        ]
        self.host.push_screen(PaletteScreen(choices))

    # Searching

    def action_search(self) -> None:
        """Ask what to look for."""
        search = self.host.search
        self.ask(
            "find",
            self._search_for,
            text="" if search is None else search.text,
            remark=f"a text, or /re/ or /re/i  {SEARCH_KEYS}",
        )

    def action_search_next(self) -> None:
        """To the next line with what is looked for; asks for it, the first time."""
        self._seek(1)

    def action_search_back(self) -> None:
        """To the line before with what is looked for; asks for it, the first time."""
        self._seek(-1)

    def _seek(self, step: int) -> None:
        if self.host.search is None:
            self.action_search()
            return
        self.pane.search = self.host.search
        self.pane.seek(step)
        self.tick()

    def _search_for(self, text: str) -> str:
        try:
            self.host.search = Search(text)
        except SearchError as error:
            return str(error)
        self._seek(-1 if self.pane.newest_last else 1)
        return ""

    def on_screen_resume(self) -> None:
        self.tick()

    def on_pane_opened(self, event: Pane.Opened) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open what is under the cursor; nothing, if nothing can be opened."""

    def action_up(self) -> None:
        self._moved(self.pane.move, -1)

    def action_down(self) -> None:
        self._moved(self.pane.move, 1)

    def action_half_up(self) -> None:
        self._moved(self.pane.page, -0.5)

    def action_half_down(self) -> None:
        self._moved(self.pane.page, 0.5)

    def action_page_up(self) -> None:
        self._moved(self.pane.page, -1)

    def action_page_down(self) -> None:
        self._moved(self.pane.page, 1)

    def action_first(self) -> None:
        self.pane.first()
        self.pane.repaint()

    def action_last(self) -> None:
        self.pane.last()
        self.pane.repaint()

    def action_back(self) -> None:
        """Take the last thing back; with nothing to take back, leave."""
        if self.undo():
            self.tick()
        else:
            self.leave()

    def undo(self) -> bool:
        """Take the last thing back that can be; whether there was one."""
        if self.question.opened:
            self.stop_typing()
            return True
        if self.host.search is not None:
            self.host.search = None
            return True
        return False

    def leave(self) -> None:
        """Go back to the screen before."""
        self.dismiss()

    def _moved(self, move: Callable[[_By], None], by: _By) -> None:
        move(by)
        self.pane.repaint()
