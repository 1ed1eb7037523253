"""The footer: the keys of a screen, from the table of actions."""

from typing import TYPE_CHECKING, cast

from ssc_monitor.actions import Keymap, ScreenName, hints_of
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.sheet import Sheet

if TYPE_CHECKING:
    from ssc_monitor.app import MonitorApp

__all__ = ["KeyBar", "keys"]


class KeyBar(Sheet):
    """One line of keys; what is needed most stays where there is little room.

    Args:
        screen: Whose keys.
    """

    def __init__(self, screen: ScreenName) -> None:
        super().__init__(id="keys")
        self._of: ScreenName = screen

    def lines(self, width: int, height: int) -> list[Line]:
        app = cast("MonitorApp", self.app)  # pyright: ignore[reportUnknownMemberType]
        return [keys(self._of, width, app.keymap, ascii=app.has_class("-ascii"))]


def keys(
    screen: ScreenName, width: int, keymap: Keymap | None = None, *, ascii: bool = False
) -> Line:
    """The keys of a screen for which there is room."""
    told = to_ascii if ascii else str
    shown = [
        (hint.rank, f" {told(keys)}", f" {hint.label} ")
        for hint, keys in hints_of(screen, keymap or {})
    ]
    while shown and sum(len(keys + label) for _, keys, label in shown) > width:
        del shown[max(range(len(shown)), key=lambda i: (shown[i][0], i))]
    spans: list[Span] = []
    for _, key, label in shown:
        spans.append((key, "key"))
        spans.append((label, "muted"))
    return Line(tuple(spans), "bar")
