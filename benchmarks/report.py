"""What people and programs get to see: a table, and a JSON file."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from benchmarks.job import LoopName
from benchmarks.verdict import Line

__all__ = ["growths", "table", "write_json"]

HEADER = (
    f"{'row':<15} {'loop':<8} {'pool':>7} {'baseline':>11}   "
    f"{'ratio (quartiles)':<20} {'load':>5}  {'bar':>4}"
)
LEGEND = (
    "pool, baseline: CPU microseconds per message; ratio: baseline / pool, above 1 the "
    "pool\nis cheaper; load: share of its core that the load used, at most. The baseline "
    "is\nwebsockets alone; in the watched rows the same pool without a viewer"
)


def table(lines: list[Line]) -> str:
    """The report for a terminal."""
    rows = [_row(line) for line in lines]
    parts = [HEADER, "-" * len(HEADER), *rows, "", LEGEND]
    parts += [
        f"dispatch of pool.write on {loop}: {few:.2f} µs with {n} sockets, {many:.2f} µs "
        f"with {m:,}; growth {many / few:.2f}"
        for loop, n, m, few, many in growths(lines)
    ]
    return "\n".join(parts)


def _row(line: Line) -> str:
    name = f"{line.row.name:<15} {line.loop:<8}"
    if not line.rounds or line.failure:
        return f"{name} failed: {line.failure}"
    ratio = line.ratio
    spread = f"{ratio.median:.2f} ({ratio.lower:.2f} to {ratio.upper:.2f})"
    return (
        f"{name} {line.pool_us:>7.2f} {line.baseline_us:>11.2f}   {spread:<20} "
        f"{line.load_use:>5.0%}  {line.row.bar:>4} {line.status}"
    )


def growths(lines: list[Line]) -> Iterator[tuple[LoopName, int, int, float, float]]:
    """What a write by ID costs in dispatch alone, with few and with many sockets.

    Yields the loop, both numbers of sockets, and both costs in microseconds.
    """
    writes = [line for line in lines if line.row.kind == "write" and not line.failure]
    for few in writes:
        for many in writes:
            if few.loop == many.loop and few.row.sockets < many.row.sockets:
                n, m = few.row.sockets, many.row.sockets
                yield few.loop, n, m, few.dispatch_us, many.dispatch_us


def write_json(
    path: Path,
    lines: list[Line],
    machine: dict[str, object],
    parameters: dict[str, object],
) -> None:
    """Write everything, down to the single run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": machine,
        "parameters": parameters,
        "rows": [_facts(line) for line in lines],
        "dispatch_growth": [
            {
                "loop": loop,
                "sockets": [n, m],
                "dispatch_us": [few, many],
                "growth": many / few,
            }
            for loop, n, m, few, many in growths(lines)
        ],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


def _facts(line: Line) -> dict[str, object]:
    facts: dict[str, object] = {
        "row": asdict(line.row),
        "loop": line.loop,
        "status": line.status,
        "failure": line.failure,
        "rounds": [{"ratio": r.ratio, **asdict(r)} for r in line.rounds],
    }
    if line.rounds:
        facts |= {
            "ratio": asdict(line.ratio),
            "pool_us": line.pool_us,
            "baseline_us": line.baseline_us,
        }
    return facts
