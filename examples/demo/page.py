"""What the terminal shows: totals, the sockets' table, the last events."""

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from examples.demo.figures import count, per_second, plain, size
from examples.demo.happenings import Happenings
from examples.demo.rates import Rates
from examples.demo.table import SocketTable
from ssc_rx import PoolStats

__all__ = ["Page", "line"]

STATE_STYLES = {
    "new": "cyan",
    "running": "green",
    "stopping": "yellow",
    "stopped": "red",
}
MOST_EVENTS = 16
FIXED_LINES = 7
"""Of the page: two of totals, two rules, the table's head, the help, the last line."""


class Page:
    """Draws a pool.

    Args:
        happenings: Its events.
        started_at: UNIX seconds at which the demo began.
    """

    def __init__(self, happenings: Happenings, started_at: float) -> None:
        self._happenings = happenings
        self._started_at = started_at
        self._table = SocketTable()

    def draw(self, rates: Rates, width: int, height: int) -> RenderableType:
        """The page for a terminal of this size."""
        stats = rates.now
        table = self._table.draw(rates, width)
        free = height - FIXED_LINES - table.row_count
        events = self._happenings.last(min(MOST_EVENTS, max(0, free)))
        return Group(
            self._totals(rates),
            _accounting(stats),
            Rule(style="dim"),
            table,
            Rule(style="dim"),
            *events,
            Text(" Ctrl-C ends the demo", "dim") if free >= 0 else "",
        )

    def _totals(self, rates: Rates) -> Text:
        stats, rate = rates.now, rates.pool()
        return _one_line(
            (f"{plain(stats.name, 16)} ", "bold"),
            (f"● {stats.state}", STATE_STYLES[stats.state]),
            ("   open ", "dim"),
            (f"{stats.open_sockets}", "bold"),
            ("   in ", "dim"),
            (f"{per_second(rate.messages_in)}/s", "bold"),
            (f" {size(rate.bytes_in)}/s", "dim"),
            ("   out ", "dim"),
            (f"{per_second(rate.messages_out)}/s", "bold"),
            ("   up ", "dim"),
            (f"{stats.time - self._started_at:.0f} s", ""),
        )


def line(rates: Rates, started_at: float) -> str:
    """The page in one line, for whoever has no terminal."""
    stats, rate = rates.now, rates.pool()
    return (
        f"{stats.time - started_at:5.1f} s  {stats.open_sockets} open  "
        f"{per_second(rate.messages_in):>7}/s in  "
        f"{per_second(rate.messages_out):>5}/s out  {_accounting(stats)}"
    )


def _accounting(stats: PoolStats) -> Text:
    """Where every accepted write is."""
    parts = [
        ("accepted ", "dim"),
        (count(stats.accepted), ""),
        (" = handed over ", "dim"),
        (count(stats.messages_out), ""),
        (" + queued ", "dim"),
        (count(stats.queued), ""),
        (" + failed ", "dim"),
        (count(stats.failed_total), "red" if stats.failed_total else ""),
        (" ✓", "green") if stats.balanced else (" ✗", "bold red"),
    ]
    if stats.refused:
        parts += [("   refused ", "dim"), (count(stats.refused), "red")]
    return _one_line(*parts)


def _one_line(*parts: tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
