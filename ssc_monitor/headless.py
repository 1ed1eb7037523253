"""Plain output: the list of pools, and a look at a pool. As text or as JSON lines.

Everything here is harmless on a terminal: texts are visible, JSON is ASCII.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from ssc_monitor.lines import as_json
from ssc_monitor.look import Look, Traffic
from ssc_monitor.model import figures
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import cell_width, visible
from ssc_monitor.model.warnings.rule import Finding
from ssc_monitor.rows import TEXTS, sorted_rows, text_rows
from ssc_monitor.sources.source import Found
from ssc_rx.errors import counted
from ssc_rx.monitor.discovery import pid_of

__all__ = ["found_as_json", "found_as_text", "look_as_json", "look_as_text"]

LEAST_PER_S = 0.05


def found_as_text(found: Sequence[Found], now: float | None = None) -> str:
    """A table of monitors.

    Args:
        found: The monitors.
        now: UNIX seconds; by the system's clock by default.
    """
    now = time.time() if now is None else now
    rows: list[tuple[str, ...]] = [
        ("PID", "POOL", "PROGRAM", "LEVEL", "UP", "SSC-RX", "SOCKET")
    ]
    for one in found:
        path = visible(str(one.path))
        if (hello := one.hello) is None:
            text = one.problem if path in one.problem else f"{path}: {one.problem}"
            rows.append((str(pid_of(one.path) or "?"), *"?????", text))
            continue
        rows.append(
            (
                str(hello.pid),
                visible(hello.pool, 200),
                visible(hello.program, 200),
                visible(hello.level, 40),
                figures.duration(now - hello.started_at),
                visible(hello.version, 80),
                path,
            )
        )
    return _table(rows, right={0, 4})


def found_as_json(found: Sequence[Found]) -> str:
    """One object a line."""
    lines: list[str] = []
    for one in found:
        record: dict[str, Any] = {"path": str(one.path)}
        if one.hello is None:
            record |= {"problem": one.problem}
        else:
            record |= msgspec.structs.asdict(one.hello)
            record.pop("capabilities")
        lines.append(as_json(record))
    return "\n".join(lines)


def look_as_text(
    look: Look, rows: int, sort: str = "traffic", width: int | None = None
) -> str:
    """Who, how much, and some sockets.

    Args:
        look: What was seen.
        rows: How many sockets at most.
        sort: By what, of `rows.SORTS`.
        width: Cells there are for it; a narrow table does without some columns.
    """
    shown = sorted_rows(look, sort)[:rows]
    lines = [_who(look), _truth(look), *map(warning_as_text, look.warnings[-rows:])]
    if shown:
        table = text_rows(shown, look.time, width)
        right = {n for n, title in enumerate(table[0]) if title not in TEXTS}
        lines += ["", _table(table, right)]
    if more := len(look.sockets) - len(shown):
        lines += [f"and {counted(more, 'more socket')}"]
    return "\n".join(lines)


def look_as_json(look: Look, rows: int, sort: str = "traffic") -> str:
    """One object in one line.

    Args:
        look: What was seen.
        rows: How many sockets at most.
        sort: By what, of `rows.SORTS`.
    """
    hello = msgspec.structs.asdict(look.hello)
    del hello["time"], hello["capabilities"], hello["interval"]
    return as_json(
        {
            "time": look.time,
            "path": str(look.path),
            **hello,
            **msgspec.structs.asdict(look.row),
            "timed": [msgspec.structs.asdict(row) for row in look.row.timed],
            "unaccounted": look.unaccounted,
            **_rates(look.traffic),
            "overdue": look.overdue,
            "warnings": [_warning(finding) for finding in look.warnings],
            "rows": [_socket(*row) for row in sorted_rows(look, sort)[:rows]],
        }
    )


def warning_as_text(finding: Finding) -> str:
    """A warning, and what to do, in one line."""
    return f"! {finding.id or 'pool'}: {finding.text} ({finding.advice})"


def _warning(finding: Finding) -> dict[str, Any]:
    return {
        "warning": finding.rule,
        "id": finding.raw_id,
        "text": finding.text,
        "advice": finding.advice,
        "since": finding.since,
    }


def _who(look: Look) -> str:
    hello, row = look.hello, look.row
    overdue = "  SILENT: is its event loop blocked?" if look.overdue else ""
    return (
        f"{hello.pool}  {hello.program}  pid {hello.pid}  {visible(row.state, 16)}  "
        f"up {figures.duration(look.time - hello.started_at)}  "
        f"{hello.level}  ssc-rx {hello.version}{overdue}"
    )


def _truth(look: Look) -> str:
    row, traffic = look.row, look.traffic
    return (
        f"{counted(row.sockets, 'socket')}, {figures.count(row.open_sockets)} open   "
        f"in {_per_s(traffic.messages_in, traffic.bytes_in)}   "
        f"out {_per_s(traffic.messages_out, traffic.bytes_out)}   "
        f"queued {figures.count(row.queued)}   refused {figures.count(row.refused)}   "
        f"failed {figures.count(sum(row.failed.values()))}   "
        f"{_books(look)}"
        f"lag {figures.latency(row.lag)}   "
        f"{counted(max(0, row.viewers - 1), 'other viewer')}"
    )


def _books(look: Look) -> str:
    """Whether what was accepted is accounted for."""
    if look.unaccounted is None:
        return ""
    if look.unaccounted:
        return f"unaccounted {figures.count(look.unaccounted)}   "
    return "books close   "


def _socket(socket: SocketView, traffic: Traffic) -> dict[str, Any]:
    return {
        "id": socket.raw_id,
        "kind": socket.kind,
        "state": socket.state,
        "generation": socket.generation,
        "messages_in": socket.messages_in,
        "bytes_in": socket.bytes_in,
        "messages_out": socket.messages_out,
        "bytes_out": socket.bytes_out,
        "refused": socket.refused,
        "queued": socket.queued,
        "queued_bytes": socket.queued_bytes,
        "failed": socket.failed,
        "dropped": socket.dropped,
        "latency": socket.latency,
        "opened_at": socket.opened_at,
        "last_received": socket.last_received,
        **_rates(traffic),
    }


def _rates(traffic: Traffic) -> dict[str, float]:
    return {
        "messages_in_per_s": round(traffic.messages_in, 3),
        "bytes_in_per_s": round(traffic.bytes_in, 3),
        "messages_out_per_s": round(traffic.messages_out, 3),
        "bytes_out_per_s": round(traffic.bytes_out, 3),
    }


def _per_s(messages: float, bytes: float) -> str:
    # "–/s" would be odd in a sentence.
    per_s = figures.rate(messages) if messages >= LEAST_PER_S else "0"
    return f"{per_s}/s {figures.size(bytes)}/s"


def _table(rows: Iterable[tuple[str, ...]], right: set[int]) -> str:
    """Columns as wide as they need to be; the last one is not padded."""
    rows = list(rows)
    widths = [max(map(cell_width, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    for row in rows:
        cells: list[str] = []
        for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
            blank = " " * (width - cell_width(cell))
            if i == len(row) - 1:
                blank = ""
            cells.append(blank + cell if i in right else cell + blank)
        lines.append("  ".join(cells))
    return "\n".join(lines)
