"""The picker: which of this user's pools to watch."""

from collections.abc import Callable, Sequence

from textual.app import ComposeResult

from ssc_monitor.model.visible import fit, visible
from ssc_monitor.screens.base import MonitorScreen, bindings
from ssc_monitor.sources.source import Found
from ssc_monitor.widgets.key_bar import KeyBar
from ssc_monitor.widgets.line import BLANK, Line, Span, StyleName
from ssc_monitor.widgets.pane import Pane
from ssc_rx.monitor.discovery import MonitorError

__all__ = ["PickerScreen"]

NONE = (
    "No pool of yours can be watched on this machine.",
    "",
    'In the program:   Pool(..., monitor="traffic")      or  monitor="stats"',
    "From outside:     SSC_MONITOR=traffic python app.py",
    "",
    "r looks again.",
)


class PickerScreen(MonitorScreen):
    """Lists pools; enter attaches.

    Args:
        choices: What was found; looks itself if that is nothing.
        chosen: Called with the one that was chosen.
    """

    NAME = "picker"
    BINDINGS = bindings(NAME)

    def __init__(
        self, choices: Sequence[Found], chosen: Callable[[Found], None]
    ) -> None:
        super().__init__()
        self._choices = choices
        self._chosen = chosen
        self._list = _Choices(choices)

    def compose(self) -> ComposeResult:
        yield self._list
        yield KeyBar("picker")

    def on_mount(self) -> None:
        self._list.focus()
        if not self._choices:
            self.action_again()

    @property
    def pane(self) -> Pane:
        return self._list

    def action_open(self) -> None:
        """Attach to the pool under the cursor."""
        found = self._list.selected
        if found is not None and found.hello is not None:
            self._chosen(found)

    def action_again(self) -> None:
        """Look for pools again."""
        self.run_worker(self._look(), name="looks for pools", exclusive=True)

    def leave(self) -> None:
        """Back to the pool that is watched; without one, end."""
        if len(self.host.screen_stack) > 2:
            self.dismiss()
        else:
            self.host.exit()

    async def _look(self) -> None:
        from ssc_monitor.sources.remote import find

        try:
            self._list.show(await find())
        except MonitorError as error:
            self._list.show((), visible(str(error), 300))


class _Choices(Pane):
    def __init__(self, choices: Sequence[Found]) -> None:
        super().__init__(id="choices")
        self._choices = choices
        self._problem = ""
        self._at = 0

    def show(self, choices: Sequence[Found], problem: str = "") -> None:
        """Show others; the cursor stays on the same pool, if it is there."""
        before = self.selected
        self._choices, self._problem = choices, problem
        paths = [found.path for found in choices]
        self._at = paths.index(before.path) if before and before.path in paths else 0
        self.repaint()

    @property
    def selected(self) -> Found | None:
        """The pool under the cursor."""
        return self._choices[self._at] if self._choices else None

    def move(self, lines: int) -> None:
        self._at = max(0, min(self._at + lines, len(self._choices) - 1))

    def first(self) -> None:
        self.move(-len(self._choices))

    def last(self) -> None:
        self.move(len(self._choices))

    def point(self, y: int) -> bool:
        if not 1 <= y <= len(self._choices):
            return False
        self._at = y - 1
        return True

    def title(self) -> Sequence[Span]:
        return [("Pools", "title"), (f" {len(self._choices)}", "plain")]

    def thumb(self) -> tuple[int, int, int]:
        return self._top(), self.inner_height - 1, len(self._choices)

    def _top(self) -> int:
        return max(0, self._at - self.inner_height + 2)

    def body(self, width: int, height: int) -> list[Line]:
        if self._problem:
            return [BLANK, Line(((f"  {self._problem}", "bad"),))]
        if not self._choices:
            return [BLANK, *(Line(((f"  {text}", "plain"),)) for text in NONE)]
        name, program = max(10, width // 4), max(10, width // 4)
        head = f"  {fit('POOL', name)} {'PID':>8} {fit('PROGRAM', program)} LEVEL"
        lines = [Line(((head, "muted"),))]
        top = self._top()
        for row, found in enumerate(self._choices[top : top + height - 1], top):
            lines.append(self._line(found, name, program, row == self._at))
        return lines

    def _line(self, found: Found, name: int, program: int, here: bool) -> Line:
        hello = found.hello
        spans: list[Span] = [("▸ " if here else "  ", "title")]
        if hello is None:
            path = visible(found.path.name, 80)
            spans.extend([(f"{path}  ", "muted"), (found.problem, "warn")])
        else:
            style: StyleName = "good" if hello.level != "stats" else "plain"
            spans.extend(
                [
                    (fit(visible(hello.pool), name), "strong" if here else "plain"),
                    (f" {hello.pid:>8} ", "muted"),
                    (fit(visible(hello.program), program), "plain"),
                    (f" {fit(visible(hello.level), 8)}", style),
                ]
            )
        return Line(tuple(spans), "cursor" if here else "")
