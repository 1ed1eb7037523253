"""`Prompt`: a line to type in, with a remark: a `FilterBar`, or a `Question`."""

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Input

from ssc_monitor.model.visible import visible
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["Prompt"]


class Prompt(Vertical):
    """A line to type in; it isn't displayed while nobody does.

    Args:
        sign: What stands before the text.
        max_length: How many characters can be typed.
    """

    def __init__(self, sign: str, *, max_length: int, id: str) -> None:
        super().__init__(id=id)
        self.sign = _Sign(sign)
        self._input = _Input(compact=True, max_length=max_length, select_on_focus=False)
        self._input.cursor_blink = False
        self._remark = _Remark()
        self.display = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield self.sign
            yield self._input
        yield self._remark

    # What a subclass gives

    def typed(self, text: str) -> None:
        """The text is another one."""

    def entered(self, text: str) -> None:
        """Enter was pressed."""
        raise NotImplementedError

    # What they share

    @property
    def opened(self) -> bool:
        """Whether one can type in it."""
        return bool(self.display)

    @property
    def text(self) -> str:
        """What was typed."""
        return self._input.value

    def open(self, text: str, remark: str = "") -> None:
        """Begin to edit a text."""
        self.display = True
        self._input.value = text
        self._input.cursor_position = len(text)
        # At once: what is typed, or pasted, behind the key that opens it belongs here.
        self.screen.set_focus(self._input)
        self._remark.text = remark
        self.complain("")

    def close(self) -> None:
        """Stop editing."""
        self.display = False

    def complain(self, error: str) -> None:
        """Tell what is wrong with the text; empty: nothing is."""
        self._remark.error = visible(error, 200)
        self.set_class(bool(error), "-bad")
        self._remark.repaint()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.opened:
            self.typed(event.value)


class _Input(Input):
    async def _on_key(self, event: events.Key) -> None:
        prompt = self.query_ancestor(Prompt)
        if not prompt.opened:
            # It was on its way when the prompt was closed.
            event.prevent_default().stop()
            self.app.post_message(events.Key(event.key, event.character))  # pyright: ignore[reportUnknownMemberType]
        elif event.key == "ctrl+c":
            event.prevent_default().stop()
            await self.run_action("screen.back")
        elif event.key == "enter":
            # At once: what is typed behind it belongs to what is shown then.
            event.prevent_default().stop()
            prompt.entered(self.value)


class _Sign(Sheet):
    def __init__(self, text: str) -> None:
        super().__init__(classes="sign")
        self.text = text

    def lines(self, width: int, height: int) -> list[Line]:
        return [Line(((f" {self.text}", "key"),), "bar")]


class _Remark(Sheet):
    error = ""
    text = ""

    def lines(self, width: int, height: int) -> list[Line]:
        remark: Span = (self.text, "muted")
        if self.error:
            remark = (f"× {self.error}", "bad")
        return [Line((("   ", "plain"), remark), "bar")]
