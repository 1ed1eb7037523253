"""`MonitorScreen`: keys from the table, a tick that paints, a pane to move in."""

from collections.abc import Callable
from typing import TypeVar, cast

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from ssc_monitor.actions import ScreenName, actions_of, keys_of
from ssc_monitor.widgets.line import GROUNDS, STYLES
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["MonitorScreen", "bindings"]

_By = TypeVar("_By", int, float)

_OF_THE_APP = ("help", "quit", "targets")


def bindings(screen: ScreenName) -> list[BindingType]:
    """The keys of a screen; the ID of each is its action's name, for key maps."""
    return [
        Binding(
            ",".join(keys_of(action)),
            f"app.{action.name}" if action.name in _OF_THE_APP else action.name,
            action.help,
            show=False,
            id=action.name,
        )
        for action in actions_of(screen)
    ]


class MonitorScreen(Screen[None]):
    """A screen that is painted by the app's tick."""

    AUTO_FOCUS = ""
    COMPONENT_CLASSES = {f"line--{name}" for name in (*STYLES, *GROUNDS)}  # noqa: RUF012
    HORIZONTAL_BREAKPOINTS = [(0, "-tiny"), (60, "-narrow"), (80, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-low"), (15, "-high")]  # noqa: RUF012

    @property
    def host(self) -> App[None]:
        """The app."""
        return cast(App[None], self.app)  # pyright: ignore[reportUnknownMemberType]

    @property
    def pane(self) -> Pane:
        """What the keys move in."""
        raise NotImplementedError

    def tick(self) -> None:
        """Paint what changed."""
        for sheet in self.query(Sheet):
            sheet.repaint()

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
        self.dismiss()

    def _moved(self, move: Callable[[_By], None], by: _By) -> None:
        move(by)
        self.pane.repaint()
