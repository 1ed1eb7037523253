"""The table of a pool's sockets: one row each, from `pool.stats()` alone."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import JustifyMethod
from rich.table import Table
from rich.text import Text

from examples.demo.figures import count, latency, per_second, plain, size
from examples.demo.rates import Rate, Rates
from ssc_rx import SocketState, SocketStats

__all__ = ["SocketTable"]

STATE_STYLES = {
    SocketState.OPENING: "cyan",
    SocketState.OPEN: "green",
    SocketState.CLOSING: "yellow",
    SocketState.CLOSED: "red",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        title: Its head.
        width: Characters.
        rank: A narrow terminal goes without the highest ranks.
        side: Where its cells stand.
    """

    title: str
    width: int
    rank: int
    side: JustifyMethod = "right"


COLUMNS = (
    Column("socket", 13, 0, "left"),
    Column("kind", 6, 8, "left"),
    Column("state", 7, 1, "left"),
    Column("in/s", 7, 2),
    Column("out/s", 6, 3),
    Column("bytes in/s", 10, 7),
    Column("latency", 8, 5),
    Column("total", 9, 4),
    Column("queued", 6, 6),
)
IDLE = "dim"


class SocketTable:
    """Draws the table, and keeps the place of a feed that dropped until it is back."""

    def __init__(self) -> None:
        self._feeds: dict[str, SocketStats] = {}

    def draw(self, rates: Rates, width: int) -> Table:
        """The table of the last snapshot: feeds first, then who dialled us.

        Args:
            rates: Holds the snapshot, and those before it.
            width: Columns of the terminal.
        """
        shown = _that_fit(width)
        table = Table(
            box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold"
        )
        for column in shown:
            table.add_column(
                column.title, justify=column.side, width=column.width, no_wrap=True
            )
        for row in self._rows(rates):
            cells = dict(zip(COLUMNS, row, strict=True))
            table.add_row(*(cells[column] for column in shown))
        return table

    def _rows(self, rates: Rates) -> Iterator[list[Text]]:
        sockets = {socket.id: socket for socket in rates.now.sockets}
        self._feeds |= {s.id: s for s in sockets.values() if s.kind == "server"}
        for feed in self._feeds.values():
            yield _row(feed, rates.socket(feed)) if feed.id in sockets else _gone(feed)
        for id in sorted(sockets.keys() - self._feeds.keys()):
            yield _row(sockets[id], rates.socket(sockets[id]))


def _that_fit(width: int) -> list[Column]:
    shown = list(COLUMNS)
    while len(shown) > 1 and sum(column.width + 1 for column in shown) - 1 > width:
        shown.remove(max(shown, key=lambda column: column.rank))
    return shown


def _row(socket: SocketStats, rate: Rate) -> list[Text]:
    return [
        Text(plain(socket.id, 13)),
        Text(socket.kind, "blue" if socket.kind == "server" else "magenta"),
        Text(socket.state, STATE_STYLES[socket.state]),
        _flow(rate.messages_in, per_second(rate.messages_in)),
        _flow(rate.messages_out, per_second(rate.messages_out)),
        _flow(rate.bytes_in, size(rate.bytes_in)),
        _flow(socket.latency is not None, latency(socket.latency)),
        Text(count(socket.messages_in + socket.messages_out)),
        Text(count(socket.queued), "yellow" if socket.queued else IDLE),
    ]


def _gone(last: SocketStats) -> list[Text]:
    total = count(last.messages_in + last.messages_out)
    row = [Text(cell, IDLE) for cell in (plain(last.id, 13), last.kind)]
    row.append(Text("gone", STATE_STYLES[SocketState.CLOSED]))
    row += [Text(cell, IDLE) for cell in ("–", "–", "–", "–", total, "–")]
    return row


def _flow(value: float, text: str) -> Text:
    return Text(text) if value else Text("–", IDLE)
