"""The prompt: a line at the bottom in which something is typed, over any screen."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from ssc_monitor.model.visible import cell_width, visible
from ssc_monitor.widgets.line import GROUNDS, STYLES, Line, Span
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["PromptScreen"]

MAX_LENGTH = 4096


class PromptScreen(ModalScreen[str | None]):
    """Asks for a text; its result is `None` if the user left.

    Args:
        label: What is asked for.
        text: What stands there at first.
        remark: What can be typed, visible.
        check: Says what is wrong with a text; an empty text if nothing is.
    """

    AUTO_FOCUS = "#prompt-text"
    COMPONENT_CLASSES = {f"line--{name}" for name in (*STYLES, *GROUNDS)}  # noqa: RUF012
    BINDINGS = [Binding("escape,ctrl+c", "leave", show=False)]  # noqa: RUF012

    def __init__(
        self, label: str, text: str, remark: str, check: Callable[[str], str]
    ) -> None:
        super().__init__()
        self._label = _Label(label)
        self._input = Input(
            text,
            id="prompt-text",
            compact=True,
            max_length=MAX_LENGTH,
            select_on_focus=False,
        )
        self._input.cursor_blink = False
        self._remark = _Remark(remark)
        self._check = check

    def compose(self) -> ComposeResult:
        with Vertical(id="prompt"):
            with Horizontal():
                yield self._label
                yield self._input
            yield self._remark

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._remark.error = ""
        self._remark.repaint()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        text = self._input.value.strip()
        if wrong := self._check(text):
            self._remark.error = visible(wrong, 300)
            self._remark.repaint()
        else:
            self.dismiss(text)

    def action_leave(self) -> None:
        """Change nothing."""
        self.dismiss(None)


class _Label(Sheet):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = f" {text} "
        self.styles.width = cell_width(self._text)

    def lines(self, width: int, height: int) -> list[Line]:
        return [Line(((self._text, "key"),), "bar")]


class _Remark(Sheet):
    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self.error = ""

    def lines(self, width: int, height: int) -> list[Line]:
        remark: Span = (self._text, "muted")
        if self.error:
            remark = (f"× {self.error}", "bad")
        return [Line(((" ", "plain"), remark), "bar")]
