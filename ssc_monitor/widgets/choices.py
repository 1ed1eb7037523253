"""A line of choices, of which one is made: `←` and `→` go from one to the next."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from ssc_monitor.model.visible import cell_width
from ssc_monitor.widgets.line import Ground, Line, Span, ends, width_of
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Choices"]


class Choices(Sheet, can_focus=True):
    """Where there is no room for all, the one that is made, and how many there are.

    Args:
        label: What is chosen.
        options: Visible texts, without repetition; may be others later.

    Attributes:
        chosen: The one that is made.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,down,space,l", "choose(1)", show=False),
        Binding("left,up,h", "choose(-1)", show=False),
    ]

    class Changed(Message):
        """Another one was made."""

    def __init__(self, label: str, options: Sequence[str], *, id: str) -> None:
        super().__init__(id=id)
        self._label = label
        self.options = list(options)
        self.chosen = self.options[0]

    def offer(self, options: Sequence[str]) -> None:
        """Other options; if the one that was chosen is gone, the first one is."""
        self.options = list(options)
        if self.chosen not in self.options:
            self.chosen = self.options[0]

    def action_choose(self, step: int) -> None:
        """The next one, or the one before."""
        at = self.options.index(self.chosen) + step
        self.chosen = self.options[at % len(self.options)]
        self.post_message(self.Changed())

    def on_focus(self) -> None:
        self.repaint()

    def on_blur(self) -> None:
        self.repaint()

    def lines(self, width: int, height: int) -> list[Line]:
        ground: Ground = "cursor" if self.has_focus else ""
        head: Span = (f" {self._label}  ", "muted")
        spans: list[Span] = [head]
        for option in self.options:
            here = option == self.chosen
            spans.append(("(•) " if here else "( ) ", "key" if here else "muted"))
            spans.append((option, "strong" if here else "plain"))
            spans.append(("  ", "plain"))
        if width_of(spans) > width + 2:
            at = self.options.index(self.chosen) + 1
            count = f"‹ {at} of {len(self.options)} ›  "
            room = width - cell_width(count) - width_of([head])
            spans = [head, (count, "key"), (ends(self.chosen, max(1, room)), "strong")]
        return [Line(tuple(spans), ground)]
