"""The JSON file: everything, down to the single run."""

import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.rows import UNITS, Table
from benchmarks.verdict import Line

__all__ = ["write_json"]


def write_json(
    path: Path,
    tables: list[tuple[Table, list[Line]]],
    machine: dict[str, object],
    parameters: dict[str, object],
) -> None:
    """Write what was found; `compare` reads it again."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {
        "machine": machine,
        "parameters": parameters,
        "rows": [_facts(table, line) for table, lines in tables for line in lines],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")


def _facts(table: Table, line: Line) -> dict[str, object]:
    row = line.row
    facts: dict[str, object] = {
        "name": row.name,
        "loop": line.loop,
        "table": table.name,
        "contender": row.contender.label,
        "baseline": row.baseline.label if row.baseline else None,
        "bar": asdict(row.bar),
        "measure": row.measure,
        "unit": UNITS[row.measure],
        "status": line.status,
        "failure": line.failure,
        "differences": line.differences,
        "rounds": [asdict(round_) for round_ in line.rounds],
    }
    if line.valid:
        facts |= {
            "figures": line.figures,
            "figure": asdict(line.figure),
            "contender_median": line.contender,
            "baseline_median": line.baseline,
        }
    return facts
