"""A recording as people see it: a line of text, and a table of its IDs."""

from collections import Counter
from datetime import UTC, datetime
from itertools import islice

from ssc_rx.collecting.columns import Columns
from ssc_rx.notebook.markup import MAX_ROWS, Html, card, code, table
from ssc_rx.recording.lines import EndReason
from ssc_rx.wording import bare, counted

__all__ = ["html_table", "summary"]


def summary(
    columns: Columns, missed: int, end: EndReason | None, damage: str | None
) -> str:
    """In a line: how much of what it is, and what it is not."""
    facts = [
        f"{counted(len(columns), 'message')} of {counted(len(columns.names), 'ID')}",
        f"{_seconds(columns):,.3f} s",
        counted(sum(map(len, columns.payloads)), "byte"),
    ]
    if missed:
        facts.append(f"{missed:,} missed")
    if end == "max_bytes":
        facts.append("ended by max_bytes")
    if damage is not None:
        facts.append("cut off or damaged")
    return ", ".join(facts)


def html_table(columns: Columns, line: str) -> Html:
    """The same, above a table of its IDs."""
    messages = Counter(columns.codes)
    sizes, first, last = Counter[int](), dict[int, float](), dict[int, float]()
    for code_, size, at in zip(
        columns.codes, columns.sizes, columns.times, strict=True
    ):
        sizes[code_] += size
        first.setdefault(code_, at)
        last[code_] = at
    rows = [
        [
            code(bare(id)),
            messages[code_],
            sizes[code_],
            _clock(first[code_]),
            _clock(last[code_]),
        ]
        for code_, id in enumerate(islice(columns.names, MAX_ROWS))
    ]
    headings = ["id", "messages", "bytes", "first (UTC)", "last (UTC)"]
    below = table(headings, rows, total=len(columns.names))
    return card("Recording", "", line, below)


def _seconds(columns: Columns) -> float:
    times = columns.times
    return max(times) - min(times) if times else 0.0


def _clock(at: float) -> str:
    try:
        return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
    except (ValueError, OverflowError, OSError):  # a time that no calendar has
        return f"{at:g} s"
