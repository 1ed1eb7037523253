"""What a change did: the figures of this run next to those of a file from before."""

import json
from pathlib import Path
from typing import Any

from benchmarks.bar import Quartiles
from benchmarks.report import shown
from benchmarks.verdict import Line

__all__ = ["comparison", "effect", "figures_in"]

Key = tuple[str, str]


def figures_in(path: Path) -> dict[Key, Quartiles]:
    """The figures of a file that was written before, by row and loop.

    Raises:
        ValueError: If it isn't such a file.
    """
    try:
        rows: list[dict[str, Any]] = json.loads(path.read_text())["rows"]
        return {
            (row["name"], row["loop"]): Quartiles(**row["figure"])
            for row in rows
            if "figure" in row
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is not a file of ./dev bench: {error!r}") from error


def effect(before: Quartiles, after: Quartiles, *, more_is_better: bool) -> str:
    """What may be said: nothing, if the quartiles overlap."""
    if after.lower > before.upper:
        return "better" if more_is_better else "worse"
    if after.upper < before.lower:
        return "worse" if more_is_better else "better"
    return "no change shown"


def comparison(before: dict[Key, Quartiles], lines: list[Line]) -> str:
    """A line for each row that both have."""
    found: list[str] = []
    for line in lines:
        was = before.get((line.row.name, line.loop))
        if was is None or not line.valid:
            continue
        more_is_better = line.row.bar.sense == "at least"
        now = line.figure
        change = (now.median / was.median - 1) * 100 if was.median else 0.0
        found.append(
            f"{line.row.name:<32} {line.loop:<8} {shown(was):<24} {shown(now):<24} "
            f"{change:>+6.0f} %  {effect(was, now, more_is_better=more_is_better)}"
        )
    if not found:
        return "nothing to compare: no row is in both"
    head = f"{'row':<32} {'loop':<8} {'before':<24} {'after':<24} {'change':>8}"
    return "\n".join([head, "-" * len(head), *found])
