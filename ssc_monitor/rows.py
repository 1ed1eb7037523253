"""The sockets of a look: sorted, and as rows of text."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ssc_monitor.look import Look, Traffic
from ssc_monitor.model import figures
from ssc_monitor.model.sockets import SocketView

__all__ = ["SORTS", "TEXTS", "Seen", "sorted_rows", "text_rows"]

Seen = tuple[SocketView, Traffic]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table.

    Attributes:
        title: What is on top of it, and its name to sort by.
        value: What it is of, at a time; `None` if that isn't known.
        shown: The value as text.
        low_first: Whether the smallest value is to be on top.
    """

    title: str
    value: Callable[[SocketView, Traffic, float], Any]
    shown: Callable[[Any], str]
    low_first: bool = False


_COLUMNS = (
    _Column("IN/s", lambda s, t, now: t.messages_in, figures.rate),
    _Column("OUT/s", lambda s, t, now: t.messages_out, figures.rate),
    _Column("BYTES/s", lambda s, t, now: t.bytes, figures.rate),
    _Column("IN", lambda s, t, now: s.messages_in, figures.count),
    _Column("OUT", lambda s, t, now: s.messages_out, figures.count),
    _Column("QUEUED", lambda s, t, now: s.queued, figures.count),
    _Column("RTT", lambda s, t, now: s.latency, figures.latency),
    _Column("LAST", lambda s, t, now: _age(s, now), figures.ago, low_first=True),
    _Column("STATE", lambda s, t, now: s.state, str, low_first=True),
    _Column("KIND", lambda s, t, now: s.kind, str, low_first=True),
    _Column("ID", lambda s, t, now: s.id, str, low_first=True),
)
_TRAFFIC = _Column("traffic", lambda s, t, now: t.messages, str)
_ORDERS = {column.title.lower(): column for column in (_TRAFFIC, *_COLUMNS)}

TEXTS = ("STATE", "KIND", "ID")
"""The columns that are no numbers."""
_DROPPED = ("BYTES/s", "KIND", "RTT", "OUT", "IN", "OUT/s", "LAST", "QUEUED")
"""The columns that a narrow terminal does without, the first ones first."""
_ID_CELLS = 24
"""What is left to the IDs if something can be dropped for it."""

SORTS = tuple(_ORDERS)
"""What sockets can be sorted by: their traffic, or a column."""


def sorted_rows(look: Look, sort: str) -> list[Seen]:
    """All sockets, by one of `SORTS`; among equals, the one with most messages on top."""
    column = _ORDERS[sort]

    def order(seen: Seen) -> Any:
        socket, _ = seen
        value = column.value(*seen, look.time)
        if value is not None and not column.low_first:
            value = -value
        total = socket.messages_in + socket.messages_out
        return value is None, value, -total, socket.id

    return sorted(look.sockets, key=order)


def text_rows(
    seen: Sequence[Seen], now: float, width: int | None = None
) -> list[tuple[str, ...]]:
    """The titles, and a row for each socket.

    Args:
        seen: The sockets.
        now: UNIX seconds.
        width: Cells there are for them; columns are dropped until the IDs have room.
    """
    columns = {
        column.title: [column.shown(column.value(*row, now)) for row in seen]
        for column in _COLUMNS
    }
    for title in _DROPPED:
        if width is None or _left_of_ids(columns) + _ID_CELLS <= width:
            break
        del columns[title]
    return [tuple(columns), *zip(*columns.values(), strict=True)]


def _left_of_ids(columns: Mapping[str, list[str]]) -> int:
    """Cells of all columns but the IDs, with the gaps between them."""
    widths = (max(map(len, (title, *cells))) for title, cells in columns.items())
    *others, _ = widths
    return sum(others) + 2 * len(others)


def _age(socket: SocketView, now: float) -> float | None:
    last = socket.last_received
    return None if last is None else now - last
