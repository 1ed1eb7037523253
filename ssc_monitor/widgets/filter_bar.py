"""The line in which a filter is typed; what is wrong with it stands beside it."""

from collections.abc import Callable

from textual.timer import Timer

from ssc_monitor.model.filter import MAX_LENGTH, Filter, FilterError
from ssc_monitor.widgets.prompt import Prompt

__all__ = ["FilterBar"]

DEBOUNCE_S = 0.15

EXAMPLES = (
    "btc  !dir:out  type:text|binary  state:open  size>1k  rate>100  /re/"
    "  ⏎ keep  esc clear"
)


class FilterBar(Prompt):
    """Reads a filter while it is typed.

    While what is typed can't be read, the filter that there was before is in force.

    Args:
        changed: Called with another filter.
        done: Called when enter was pressed, and the filter can be read.
    """

    def __init__(
        self, changed: Callable[[Filter], None], done: Callable[[], None]
    ) -> None:
        super().__init__("/", max_length=MAX_LENGTH, id="filter")
        self._changed = changed
        self._done = done
        self._timer: Timer | None = None
        self._kept = self._told = Filter.parse("")

    def open(self, text: str, remark: str = EXAMPLES) -> None:
        """Begin to edit a filter."""
        self._kept = self._told = Filter.parse(text)
        super().open(text, remark)

    def close(self) -> None:
        """Stop editing."""
        self._stop()
        super().close()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def typed(self, text: str) -> None:
        self._stop()
        self._timer = self.set_timer(DEBOUNCE_S, self._read)

    def entered(self, text: str) -> None:
        self._stop()
        if self._read():
            self._done()

    def _read(self) -> bool:
        """Whether it could be read."""
        try:
            filter = Filter.parse(self.text.strip())
        except FilterError as error:
            self.complain(str(error))
            self._tell(self._kept)
            return False
        self.complain("")
        self._tell(filter)
        return True

    def _tell(self, filter: Filter) -> None:
        if filter != self._told:
            self._told = filter
            self._changed(filter)
