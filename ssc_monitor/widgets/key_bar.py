"""The footer: the keys of a screen, from the table of actions."""

from ssc_monitor.actions import ScreenName, hints_of
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.sheet import Sheet

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
        ascii = self.app.has_class("-ascii")  # pyright: ignore[reportUnknownMemberType]
        return [keys(self._of, width, ascii=ascii)]


def keys(screen: ScreenName, width: int, *, ascii: bool = False) -> Line:
    """The keys of a screen for which there is room."""
    told = to_ascii if ascii else str
    shown = [
        (hint.rank, f" {told(keys)}", f" {hint.label} ")
        for hint, keys in hints_of(screen)
    ]
    while shown and sum(len(keys + label) for _, keys, label in shown) > width:
        del shown[max(range(len(shown)), key=lambda i: (shown[i][0], i))]
    spans: list[Span] = []
    for _, key, label in shown:
        spans.append((key, "key"))
        spans.append((label, "muted"))
    return Line(tuple(spans), "bar")
