"""`Dialog`: a box over the screen that it was opened from, which goes on below it."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget

from ssc_monitor.model.visible import wrap
from ssc_monitor.screens.base import MonitorScreen
from ssc_monitor.widgets.ascii import to_ascii
from ssc_monitor.widgets.editor import Editor
from ssc_monitor.widgets.line import Line, Span, StyleName
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Dialog", "Remark"]


class Dialog(MonitorScreen, ModalScreen[None]):
    """Fields, what is to be said of them, and what its keys do.

    Args:
        title: What it is for; text of this program's own.
        keys: Each with what it does.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f5", "submit", show=False),
        Binding("enter", "submit", show=False),
    ]

    def __init__(self, title: str, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._title = title
        self.remark = Remark()
        self._keys = _Keys(keys)

    def fields(self) -> Iterable[Widget]:
        """What is asked, from top to bottom."""
        raise NotImplementedError

    def action_submit(self) -> None:
        """Do it."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as box:
            box.border_title = self._title
            yield from self.fields()
            yield self.remark
            yield self._keys

    def on_editor_submitted(self, event: Editor.Submitted) -> None:
        event.stop()
        self.action_submit()


class Remark(Sheet):
    """What is to be said: what is wrong, what will be done, what came of it."""

    def __init__(self) -> None:
        super().__init__(id="remark")
        self._text = ""
        self._tone: StyleName = "muted"

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def say(self, text: str, tone: StyleName = "muted") -> None:
        """Say a visible text in place of the one before."""
        self._text, self._tone = text, tone
        self.repaint()

    def lines(self, width: int, height: int) -> list[Line]:
        texts = wrap(self._text, width - 2, words=True)
        return [Line(((f" {text}", self._tone),)) for text in texts]


class _Keys(Sheet):
    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__(id="dialog-keys")
        self._told = keys

    def lines(self, width: int, height: int) -> list[Line]:
        spans: list[Span] = []
        used = 0
        ascii = self.app.has_class("-ascii")  # pyright: ignore[reportUnknownMemberType]
        for mark, label in self._told:
            key = to_ascii(mark) if ascii else mark
            used += len(key) + len(label) + 3
            if used > width:
                break
            spans.append((f" {key}", "key"))
            spans.append((f" {label} ", "muted"))
        return [Line(tuple(spans))]
