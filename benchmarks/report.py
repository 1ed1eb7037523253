"""The tables for a terminal."""

from collections.abc import Iterator
from itertools import groupby

from benchmarks.bar import Quartiles
from benchmarks.case import Contest
from benchmarks.rows import UNITS, Table
from benchmarks.verdict import Line

__all__ = ["finishes", "settings_of", "shown", "table"]

HEADER = (
    f"{'row':<32} {'loop':<8} {'ssc-rx':>11} {'other':>11}   {'figure (quartiles)':<24} "
    f"{'load':>5} {'idle':>5} {'busy':>5}  {'floor':>7} {'goal':>7}"
)
LEGEND = """\
ssc-rx, other: CPU per message, or what the row measures; figure: other / ssc-rx, or, where
the bar says ≤, ssc-rx / other; load: share of its core that the load used, idle: share of
the time that a measured process had nothing to do, busy: in which it had, but another
program its CPU, all at most. A bar is shown if three quarters of the rounds reach it,
missed if three quarters don't."""


def table(table: Table, lines: list[Line]) -> str:
    """One table, with what has to be said about it."""
    parts = [table.title, HEADER, "-" * len(HEADER), *map(_row, lines)]
    for line in lines:
        name = f"{line.row.name} on {line.loop}"
        if line.failure:
            parts.append(f"  {name}: {line.failure}")
        elif line.differences:
            parts.append(f"  {name}: set differently, {'; '.join(line.differences)}")
        elif not line.valid:
            parts.append(f"  {name}: the load was, or may have been, the bottleneck")
    return "\n".join([*parts, *finishes(lines), ""])


def _row(line: Line) -> str:
    name = f"{line.row.name:<32} {line.loop:<8}"
    status = line.status
    if status in ("failed", "not installed"):
        return f"{name} {status}"
    figure = shown(line.figure) if line.valid else "–"
    sign = "≥" if line.row.bar.sense == "at least" else "≤"
    floor, goal = (_mark(sign, x) for x in (line.row.bar.floor, line.row.bar.goal))
    return (
        f"{name} {_value(line, line.contender):>11} {_value(line, line.baseline):>11}   "
        f"{figure:<24} {line.load_use:>5.0%} {line.idle:>5.0%} {line.queued:>5.0%}  "
        f"{floor:>7} {goal:>7}  {status}"
    )


def _value(line: Line, value: float | None) -> str:
    return "" if value is None else f"{value:.2f} {UNITS[line.row.measure]}"


def _mark(sign: str, mark: float | None) -> str:
    return "–" if mark is None else f"{sign}{mark:g}"


def shown(found: Quartiles) -> str:
    """A median and its quartiles."""
    return f"{found.median:.2f} ({found.lower:.2f} to {found.upper:.2f})"


def finishes(lines: list[Line]) -> Iterator[str]:
    """Who is ahead of whom on each loop, where three or more did the same work."""
    medians: dict[Contest, dict[str, dict[str, float]]] = {}
    for line in lines:
        if not line.valid or line.row.measure != "cpu_us":
            continue
        for case in line.row.cases:
            value = line.contender if case is line.row.contender else line.baseline
            of_contest = medians.setdefault(case.contest, {})
            of_contest.setdefault(line.loop, {})[case.label] = value or 0.0
    for contest, loops in medians.items():
        orders = {
            loop: sorted(found, key=found.__getitem__) for loop, found in loops.items()
        }
        if any(len(order) < 3 for order in orders.values()):
            continue
        for order, group in groupby(orders, key=orders.__getitem__):
            where = " and ".join(group)
            yield f"  {contest.sockets:,} sockets on {where}: {' < '.join(order)}"


def settings_of(lines: list[Line]) -> str:
    """How the sockets of all runs were set, in one line for each way."""
    ways: dict[str, None] = {}
    for line in lines:
        for round_ in line.rounds:
            for result in round_.results:
                ways[
                    "; ".join(
                        f"{name} {value}"
                        for name, value in result.settings.items()
                        if not name.endswith("connections")
                    )
                ] = None
    return "\n".join(f"sockets: {way}" for way in ways)
