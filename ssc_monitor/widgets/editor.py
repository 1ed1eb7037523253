"""A field to type in, whose text is fit for the terminal: what isn't is left out."""

from typing import Any

from textual import events
from textual.message import Message
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from ssc_monitor.model.draft import typed

__all__ = ["Editor"]


class Editor(TextArea):
    """Textual's own writes to the terminal what is typed or pasted, escapes included.

    `enter` submits, unless more comes right behind it: a paste that came as keys, as
    Textual takes one with an escape in it, decides nothing. `ctrl+j` and `alt+enter`
    begin a new line, if it may have several. At its first and last lines, `up` and
    `down` ask for what is beyond.

    Args:
        text: What it begins with.
        single: Whether it has one line.
    """

    class Submitted(Message):
        """It is done, says the user."""

    class Beyond(Message):
        """The cursor was to leave the text.

        Attributes:
            step: -1 upwards, 1 downwards.
        """

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, text: str = "", *, single: bool = False, **options: Any) -> None:
        super().__init__(
            typed(text),
            soft_wrap=not single,
            compact=True,
            highlight_cursor_line=False,
            **options,
        )
        self.left_out = 0
        self._entered = False
        self._single = single
        self.cursor_blink = False
        self.move_cursor(self.document.end)

    def edit(self, edit: Edit) -> EditResult:
        """Each change of the text goes through here."""
        text = typed(edit.text)
        if self._single:
            text = " ".join(text.splitlines())
        self.left_out = max(0, len(edit.text.replace("\r\n", "\n")) - len(text))
        edit.text = text
        return super().edit(edit)

    def put(self, text: str) -> None:
        """Have another text."""
        self.left_out = 0
        self.load_text(typed(text))
        self.move_cursor(self.document.end)

    async def _on_key(self, event: events.Key) -> None:
        if self._entered:
            self._entered = False
            self.insert("\n")
            if event.key == "ctrl+j":  # both of a "\r\n"
                event.stop()
                event.prevent_default()
                return
        if event.key in ("ctrl+j", "alt+enter"):
            event.stop()
            event.prevent_default()
            self.insert("\n")
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._entered = True
            # After the keys that have come already: those wait in the app's queue.
            app = self.app  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            app.call_later(self.call_later, self._submit)
        else:
            await super()._on_key(event)

    def _submit(self) -> None:
        if self._entered:
            self._entered = False
            self.post_message(self.Submitted())

    def action_cursor_up(self, select: bool = False) -> None:
        if not select and self.cursor_at_first_line:
            self.post_message(self.Beyond(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        if not select and self.cursor_at_last_line:
            self.post_message(self.Beyond(1))
        else:
            super().action_cursor_down(select)
