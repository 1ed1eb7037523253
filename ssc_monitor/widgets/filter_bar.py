"""The line in which a filter is typed; what is wrong with it stands beside it."""

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

from ssc_monitor.model.filter import MAX_LENGTH, Filter, FilterError
from ssc_monitor.model.visible import visible
from ssc_monitor.widgets.line import Line, Span
from ssc_monitor.widgets.sheet import Sheet

__all__ = ["FilterBar"]

DEBOUNCE_S = 0.15

EXAMPLES = "btc  !dir:out  type:text|binary  state:open  size>1k  rate>100  /re/"


class FilterBar(Vertical):
    """Reads a filter while it is typed.

    While what is typed can't be read, the filter that there was before is in force.
    """

    class Changed(Message):
        """There is another filter.

        Attributes:
            filter: Which.
        """

        def __init__(self, filter: Filter) -> None:
            super().__init__()
            self.filter = filter

    class Closed(Message):
        """The user is done."""

    def __init__(self) -> None:
        super().__init__(id="filter")
        self._input = Input(
            id="filter-text", compact=True, max_length=MAX_LENGTH, select_on_focus=False
        )
        self._input.cursor_blink = False
        self._remark = _Remark()
        self._timer: Timer | None = None
        self._kept = self._told = Filter.parse("")
        self.display = False

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield _Slash()
            yield self._input
        yield self._remark

    @property
    def opened(self) -> bool:
        """Whether one can type in it."""
        return bool(self.display)

    def open(self, text: str) -> None:
        """Begin to edit a filter."""
        self.display = True
        self._kept = self._told = Filter.parse(text)
        self._input.value = text
        self._input.cursor_position = len(text)
        self._input.focus()
        self._remark.error = ""
        self._remark.repaint()

    def close(self) -> None:
        """Stop editing."""
        self._stop()
        self.display = False

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._stop()
        if self.opened:
            self._timer = self.set_timer(DEBOUNCE_S, self._read)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._stop()
        if self._read():
            self.post_message(self.Closed())

    def _read(self) -> bool:
        """Whether it could be read."""
        try:
            filter = Filter.parse(self._input.value.strip())
        except FilterError as error:
            self._remark.error = visible(str(error), 200)
            self.set_class(True, "-bad")
            self._remark.repaint()
            self._tell(self._kept)
            return False
        self._remark.error = ""
        self.set_class(False, "-bad")
        self._remark.repaint()
        self._tell(filter)
        return True

    def _tell(self, filter: Filter) -> None:
        if filter != self._told:
            self._told = filter
            self.post_message(self.Changed(filter))


class _Slash(Sheet):
    def lines(self, width: int, height: int) -> list[Line]:
        return [Line(((" /", "key"),), "bar")]


class _Remark(Sheet):
    error = ""

    def lines(self, width: int, height: int) -> list[Line]:
        if self.error:
            remark: Span = (f"× {self.error}", "bad")
        else:
            remark = (f"{EXAMPLES}  ⏎ keep  esc clear", "muted")
        return [Line((("   ", "plain"), remark), "bar")]
