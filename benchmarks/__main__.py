"""`python -m benchmarks`: measure all rows, print a table, write a JSON file."""

import argparse
import asyncio
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import app, tap
from benchmarks.job import LoopName
from benchmarks.loops import uvloop_installed
from benchmarks.machine import cores, machine_facts
from benchmarks.report import table, write_json
from benchmarks.result import Failed, Result
from benchmarks.rows import Row, rows_for
from benchmarks.run import run
from benchmarks.verdict import Line, Round

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, QUICK_ROUNDS = 7, 3
TAP, APP = "tap", "app"
"""What `--only` calls the cost of the monitor, and that of the dashboard: no rows."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="fewer messages: under two minutes")
    add("--loop", choices=("asyncio", "uvloop", "both"), default="both")
    add("--only", nargs="+", default=[], metavar="NAME", help="rows that begin so")
    add("--json", type=Path, default=ROOT / ".bench" / "latest.json", metavar="FILE")
    add("--rounds", type=int, metavar="N", help=f"{ROUNDS}; --quick: {QUICK_ROUNDS}")
    arguments = parser.parse_args()
    if arguments.rounds is None:
        arguments.rounds = QUICK_ROUNDS if arguments.quick else ROUNDS
    if arguments.rounds < 1:
        parser.error("--rounds must be 1 or more")
    if arguments.loop == "uvloop" and not uvloop_installed():
        parser.error("uvloop is not installed: pip install uvloop")
    arguments.tap = not arguments.only or TAP in arguments.only
    arguments.app = APP in arguments.only or not (arguments.only or arguments.quick)
    only = [name for name in arguments.only if name not in (TAP, APP)]
    try:
        wanted = only or not arguments.only
        arguments.rows = rows_for(quick=arguments.quick, only=only) if wanted else []
    except ValueError as error:
        parser.error(str(error))
    return arguments


def _loops(choice: str) -> list[LoopName]:
    match choice:
        case "asyncio":
            return ["asyncio"]
        case "uvloop":
            return ["uvloop"]
        case _ if uvloop_installed():
            return ["asyncio", "uvloop"]
        case _:
            _say("uvloop is not installed: measured on asyncio only\n")
            return ["asyncio"]


def _say(text: str) -> None:
    print(text, end="", file=sys.stderr, flush=True)


async def _line(row: Row, loop: LoopName, rounds: int) -> Line:
    line = Line(row, loop)
    try:
        for n in range(rounds):
            found = await _round(row, loop, pool_first=n % 2 == 0)
            line.rounds.append(found)
            _say(f" {found.ratio:.2f}")
        _say(f": {line.status}\n")
    except Failed as failure:
        line.failure = str(failure)
        _say(f" failed: {failure}\n")
    return line


async def _round(row: Row, loop: LoopName, *, pool_first: bool) -> Round:
    async def pool() -> Result:
        return await run(row.job(row.contender, loop, cores()))

    async def baseline() -> Result:
        return await run(row.job(row.baseline, loop, cores()))

    if pool_first:
        first = await pool()
        return Round(first, await baseline())
    first = await baseline()
    return Round(await pool(), first)


async def _measure(rows: list[Row], loops: list[LoopName], rounds: int) -> list[Line]:
    lines: list[Line] = []
    for row in rows:
        for loop in loops:
            _say(f"{len(lines) + 1}/{len(rows) * len(loops)} {row.name} on {loop}:")
            lines.append(await _line(row, loop, rounds))
    return lines


def main() -> int:
    """Returns 0 if every row could be measured, whatever the figures say."""
    arguments = _arguments()
    machine = machine_facts(cores())  # before it is busy with this
    began = time.monotonic()
    try:
        lines = asyncio.run(
            _measure(arguments.rows, _loops(arguments.loop), arguments.rounds)
        )
    except KeyboardInterrupt:
        _say("\nstopped\n")
        return 130
    parameters: dict[str, object] = {
        "quick": arguments.quick,
        "loop": arguments.loop,
        "only": arguments.only,
        "rounds": arguments.rounds,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "took_s": time.monotonic() - began,
    }
    write_json(arguments.json, lines, machine, parameters)
    if lines:
        print(table(lines))
    if arguments.tap:
        print(tap.report(asyncio.run(tap.measure())))
    if arguments.app:
        print(app.report(app.measure()))
    _say(f"{time.monotonic() - began:.0f} s; every run is in {arguments.json}\n")
    return int(any(line.status in ("failed", "load-bound") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
