"""A picture of each table: a bar for each case, whiskers at the quartiles."""

from dataclasses import dataclass
from html import escape
from pathlib import Path

from benchmarks.bar import Quartiles, quartiles
from benchmarks.case import Case
from benchmarks.job import LoopName
from benchmarks.rows import UNITS, Measure, Table
from benchmarks.verdict import Line

__all__ = ["Bars", "bars_of", "svg", "write_plots"]

WIDTH, LABELS, VALUES = 900, 360, 110
BAR, GAP, HEAD, GROUP, FOOT = 20, 8, 66, 34, 34
FONT = "font-family='system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif'"
INK, SOFT, PAPER, LINE = "#1f2430", "#697183", "#ffffff", "#e3e6ec"
OURS, OTHERS, LIMIT = "#0b7285", "#adb5bd", "#d9b26f"

MEASURED: dict[Measure, str] = {
    "cpu_us": "CPU microseconds per {}; shorter is better",
    "memory_kib": "KiB per idle socket; shorter is better",
    "lag_p99_ms": "milliseconds, 99th percentile; shorter is better",
    "growth_kib": "KiB more at the end; shorter is better",
}


@dataclass(frozen=True, slots=True)
class Bars:
    """One event loop's part of a picture.

    Attributes:
        loop: Which.
        bars: The cases, and what was found of each.
    """

    loop: LoopName
    bars: list[tuple[Case, Quartiles]]


def bars_of(lines: list[Line], measure: Measure) -> list[Bars]:
    """What is to be drawn of a table, the cheapest first."""
    found: dict[LoopName, dict[Case, Quartiles]] = {}
    for line in lines:
        if not line.valid or line.row.measure != measure:
            continue
        cases = found.setdefault(line.loop, {})
        value = line.row.value
        cases[line.row.contender] = quartiles([value(r.contender) for r in line.rounds])
        if line.row.baseline:
            others = [value(r.baseline) for r in line.rounds if r.baseline]
            cases[line.row.baseline] = quartiles(others)
    return [
        Bars(loop, sorted(cases.items(), key=lambda item: item[1].median))
        for loop, cases in found.items()
    ]


def svg(table: Table, measure: Measure, groups: list[Bars]) -> str:
    """The picture of what a table measures."""
    top = max(q.upper for group in groups for _, q in group.bars) or 1.0
    scale = (WIDTH - LABELS - VALUES) / top
    distinct = {c.contest for g in groups for c, _ in g.bars}
    parts: list[str] = [
        _text(24, 32, table.title, size=17, weight=600),
        _text(24, 52, MEASURED[measure].format(table.per), size=12, fill=SOFT),
    ]
    y = HEAD
    for group in groups:
        y += GROUP
        parts.append(
            _text(24, y - 12, f"on {group.loop}", size=12, weight=600, fill=SOFT)
        )
        parts.append(f"<path d='M24 {y - 5}H{WIDTH - 24}' stroke='{LINE}'/>")
        for case, found in group.bars:
            label = _label(case, full=len(distinct) > 1)
            parts += _bar(y, label, _colour(case), found, scale, UNITS[measure])
            y += BAR + GAP
    height = y + FOOT - 10
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {height}' "
        f"width='{WIDTH}' height='{height}' role='img' {FONT}>"
        f"<title>{escape(table.title)}</title>"
        f"<rect width='{WIDTH}' height='{height}' rx='8' fill='{PAPER}'/>"
        + "\n".join(parts)
        + "</svg>\n"
    )


def _label(case: Case, *, full: bool) -> str:
    if not full:
        return case.label
    how = {"accept": "accepted", "dial": "dialled"}.get(case.kind)
    size = how or f"{case.sockets:,} socket{'s' if case.sockets > 1 else ''}"
    each = f", {case.repeat} a turn" if case.repeat > 1 else ""
    each += f", {case.written} written" if case.written else ""
    return f"{case.label}; {size}{each}"


def _colour(case: Case) -> str:
    if case.side in ("pool", "watched"):
        return OURS
    return LIMIT if case.side == "raw" else OTHERS


def _bar(
    y: int, label: str, colour: str, found: Quartiles, scale: float, unit: str
) -> list[str]:
    middle = y + BAR / 2
    width = max(1.0, found.median * scale)
    lower, upper = (LABELS + x * scale for x in (found.lower, found.upper))
    weight = 600 if colour == OURS else 400
    parts = [
        _text(LABELS - 12, middle + 4.5, label, anchor="end", weight=weight),
        _rectangle(LABELS, y, width, colour),
        _text(
            max(LABELS + width, upper) + 8,
            *(middle + 4.5, f"{found.median:.2f} {unit}"),
            weight=weight,
        ),
    ]
    if upper - lower >= 1:  # else it would be a blot
        parts.append(_whisker(lower, upper, middle))
    return parts


def _rectangle(x: float, y: float, width: float, colour: str) -> str:
    return (
        f"<rect x='{x}' y='{y}' width='{width:.1f}' height='{BAR}' rx='3' "
        f"fill='{colour}'/>"
    )


def _whisker(lower: float, upper: float, y: float) -> str:
    ends = "".join(f"M{x:.1f} {y - 4}v8" for x in (lower, upper))
    return (
        f"<path d='M{lower:.1f} {y}H{upper:.1f}{ends}' stroke='{INK}' "
        "stroke-opacity='.55' fill='none'/>"
    )


def _text(
    x: float,
    y: float,
    text: str,
    *,
    size: int = 13,
    weight: int = 400,
    fill: str = INK,
    anchor: str = "start",
) -> str:
    return (
        f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' font-weight='{weight}' "
        f"fill='{fill}' text-anchor='{anchor}'>{escape(text)}</text>"
    )


def write_plots(folder: Path, tables: list[tuple[Table, list[Line]]]) -> list[Path]:
    """A file for each table, and for each thing that it measures."""
    written: list[Path] = []
    for table, lines in tables:
        for measure in dict.fromkeys(row.measure for row in table.rows):
            groups = bars_of(lines, measure)
            if not groups:
                continue
            more = "" if measure == "cpu_us" else f"-{measure.partition('_')[0]}"
            path = folder / f"{table.name}{more}.svg"
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(svg(table, measure, groups))
            written.append(path)
    return written
