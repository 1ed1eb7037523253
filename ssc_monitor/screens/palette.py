"""The palette: everything that can be done here, found by typing a part of it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen

from ssc_monitor.model.visible import cell_width, fit
from ssc_monitor.screens.base import MonitorScreen
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.pane import Pane
from ssc_monitor.widgets.prompt import Prompt

__all__ = ["Choice", "PaletteScreen"]


class Choice(NamedTuple):
    """Something to choose.

    Attributes:
        text: What it is.
        keys: That do it as well; may be empty.
        run: Does it.
    """

    text: str
    keys: str
    run: Callable[[], object]


class PaletteScreen(MonitorScreen, ModalScreen[None]):
    """Lists choices; those that have all words that are typed.

    Args:
        choices: What there is, in the order in which it is shown.
    """

    BINDINGS = [  # noqa: RUF012
        Binding("up", "up", show=False),
        Binding("down", "down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("escape,ctrl+p", "back", show=False),
        Binding("ctrl+c", "app.quit", show=False),
    ]

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._list = _List(choices)
        self._prompt = _Words(self._list.narrow, self.action_open)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield self._prompt
            yield self._list

    def on_mount(self) -> None:
        self._prompt.open("", "⏎ do it   ↑ ↓ choose   esc close")

    @property
    def pane(self) -> Pane:
        return self._list

    @property
    def typing(self) -> bool:
        """Never: its keys are none that could be text."""
        return False

    def action_open(self) -> None:
        """Do what is chosen."""
        choice = self._list.chosen
        if choice is not None:
            self.dismiss()
            self.host.call_later(choice.run)


class _Words(Prompt):
    def __init__(
        self, typed: Callable[[str], None], entered: Callable[[], None]
    ) -> None:
        super().__init__(":", max_length=200, id="words")
        self._typed = typed
        self._entered = entered

    def typed(self, text: str) -> None:
        self._typed(text)

    def entered(self, text: str) -> None:
        self._typed(text)
        self._entered()


class _List(Pane):
    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(id="found")
        self._all = self._found = list(choices)
        self._at = 0

    @property
    def chosen(self) -> Choice | None:
        """The one under the cursor."""
        return self._found[self._at] if self._found else None

    def narrow(self, text: str) -> None:
        """Show those only that have all words of a text."""
        words = text.casefold().split()
        self._found = [
            c for c in self._all if all(w in c.text.casefold() for w in words)
        ]
        self._at = 0
        self.repaint()

    def move(self, lines: int) -> None:
        self._at = max(0, min(self._at + lines, len(self._found) - 1))

    def first(self) -> None:
        self._at = 0

    def last(self) -> None:
        self.move(len(self._found))

    def point(self, y: int) -> bool:
        if not 0 <= self._top + y < len(self._found) or y < 0:
            return False
        self._at = self._top + y
        return True

    @property
    def _top(self) -> int:
        return max(0, self._at - self.inner_height + 1)

    def title(self) -> Sequence[Span]:
        return [("What can be done", "title"), (f" {len(self._found)}", "plain")]

    def thumb(self) -> tuple[int, int, int]:
        return self._top, self.inner_height, len(self._found)

    def body(self, width: int, height: int) -> list[Line]:
        if not self._found:
            return [Line((("  nothing has all these words", "muted"),))]
        top = self._top
        return [
            self._line(choice, width, at == self._at)
            for at, choice in enumerate(self._found[top : top + height], top)
        ]

    def _line(self, choice: Choice, width: int, here: bool) -> Line:
        text = fit(choice.text, max(1, width - 3 - cell_width(choice.keys)))
        spans: tuple[Span, ...] = (
            ("▸ " if here else "  ", "title"),
            (text, "strong" if here else "plain"),
            (f" {choice.keys}", "key"),
        )
        return Line(spans, "cursor" if here else "")
