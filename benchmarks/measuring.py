"""Runs the cases of a table in turn, round after round."""

import sys
from dataclasses import dataclass, field

from benchmarks.case import Case
from benchmarks.job import LoopName
from benchmarks.machine import cores
from benchmarks.result import Failed, NotInstalled, Result
from benchmarks.rows import Row, Table
from benchmarks.run import run
from benchmarks.verdict import Line, Round

__all__ = ["measure", "say"]


def say(text: str) -> None:
    """Tell whoever waits."""
    print(text, end="", file=sys.stderr, flush=True)


@dataclass(slots=True)
class _Runs:
    """Of one case on one loop: a result for each round, until one failed."""

    results: list[Result] = field(default_factory=list[Result])
    failure: str = ""
    installed: bool = True


async def measure(table: Table, loop: LoopName, rounds: int) -> list[Line]:
    """All rounds of a table on one loop; a line for each row.

    Every round runs each case once, beginning with another one: what the machine does
    meanwhile hits all alike.
    """
    runs = {case: _Runs() for case in table.cases}
    cases = table.cases
    for n in range(rounds):
        say(f"{table.name} on {loop}, round {n + 1} of {rounds}:")
        first = n % len(cases)
        for case in cases[first:] + cases[:first]:
            if not runs[case].failure:
                await _run(case, loop, runs[case])
        say("\n")
    return [_line(row, loop, runs) for row in table.rows]


async def _run(case: Case, loop: LoopName, runs: _Runs) -> None:
    try:
        result = await run(case.job(loop, cores()))
    except Failed as failure:
        runs.failure = f"{case.label}, {case.sockets:,} sockets: {failure}"
        runs.installed = not isinstance(failure, NotInstalled)
        say(f" failed ({runs.failure})")
    else:
        runs.results.append(result)
        say(".")


def _line(row: Row, loop: LoopName, runs: dict[Case, _Runs]) -> Line:
    line = Line(row, loop)
    for case in row.cases:
        if runs[case].failure:
            line.failure = runs[case].failure
            line.installed = runs[case].installed
            return line
    baselines = runs[row.baseline].results if row.baseline else None
    for n, contender in enumerate(runs[row.contender].results):
        line.rounds.append(Round(contender, baselines[n] if baselines else None))
    return line
