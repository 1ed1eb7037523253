"""`python -m benchmarks`: measure all rows; tables, a JSON file, a picture of each."""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import app, columns, live, recording, tap
from benchmarks.bar import Quartiles
from benchmarks.compare import comparison, figures_in
from benchmarks.job import LoopName
from benchmarks.loops import uvloop_installed
from benchmarks.machine import cores, machine_facts
from benchmarks.measuring import measure, say
from benchmarks.plot import write_plots
from benchmarks.record import write_json
from benchmarks.report import LEGEND, settings_of, table
from benchmarks.rows import Table, named
from benchmarks.tables import QUICK, TABLES
from benchmarks.verdict import Line

ROOT = Path(__file__).resolve().parent.parent
ROUNDS, QUICK_ROUNDS = 7, 3
TAP, APP, COLUMNS, LIVE, RECORDING = "tap", "app", "columns", "live", "recording"
"""What `--only` calls the cost of the monitor, of the dashboard, of collecting, of a live
table, and of a recording: no rows."""
UNMEASURED = ("failed", "unequal", "not installed")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the command line asks for."""

    quick: bool
    only: list[str]
    loop: str
    rounds: int
    json: Path
    plots: Path
    before: dict[tuple[str, str], Quartiles] | None
    tables: list[Table]

    @property
    def tap(self) -> bool:
        return not self.only or TAP in self.only

    @property
    def columns(self) -> bool:
        return not self.only or COLUMNS in self.only

    @property
    def app(self) -> bool:
        return APP in self.only or not (self.only or self.quick)

    @property
    def live(self) -> bool:
        return LIVE in self.only or not (self.only or self.quick)

    @property
    def recording(self) -> bool:
        return RECORDING in self.only or not (self.only or self.quick)


def _wanted() -> _Wanted:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("--quick", action="store_true", help="fewer rows and messages: two minutes")
    add("--loop", choices=("asyncio", "uvloop", "both"), help="both; --quick: uvloop")
    add("--only", nargs="+", default=[], metavar="NAME", help="rows that begin so")
    add("--rounds", type=int, metavar="N", help=f"{ROUNDS}; --quick: {QUICK_ROUNDS}")
    add("--json", type=Path, default=ROOT / ".bench" / "latest.json", metavar="FILE")
    add("--plots", type=Path, default=ROOT / ".bench", metavar="FOLDER")
    add("--compare", type=Path, metavar="FILE", help="a JSON file from before")
    found = parser.parse_args()
    rounds = found.rounds or (QUICK_ROUNDS if found.quick else ROUNDS)
    loop = found.loop or ("uvloop" if found.quick and uvloop_installed() else "both")
    if rounds < 1:
        parser.error("--rounds must be 1 or more")
    if loop == "uvloop" and not uvloop_installed():
        parser.error("uvloop is not installed; ./dev bench needs '.[fast]'")
    beside = (TAP, APP, COLUMNS, LIVE, RECORDING)
    only = [name for name in found.only if name not in beside]
    try:
        tables = named(TABLES, only=only, quick=QUICK if found.quick else None)
        before = figures_in(found.compare) if found.compare else None
    except ValueError as error:
        parser.error(str(error))
    return _Wanted(
        quick=found.quick,
        only=found.only,
        loop=loop,
        rounds=rounds,
        json=found.json,
        plots=found.plots,
        before=before,
        tables=tables if only or not found.only else [],
    )


def _loops(choice: str) -> list[LoopName]:
    match choice:
        case "asyncio":
            return ["asyncio"]
        case "uvloop":
            return ["uvloop"]
        case _ if uvloop_installed():
            return ["uvloop", "asyncio"]
        case _:
            say("uvloop is not installed: measured on asyncio only\n")
            return ["asyncio"]


async def _measure(wanted: _Wanted) -> list[tuple[Table, list[Line]]]:
    found: list[tuple[Table, list[Line]]] = []
    loops = _loops(wanted.loop)
    for one in wanted.tables:
        lines: list[Line] = []
        for loop in loops[:1] if one.once else loops:
            lines += await measure(one, loop, 1 if one.once else wanted.rounds)
        print(table(one, lines), flush=True)
        found.append((one, lines))
    return found


def main() -> int:
    """Returns 0 if every row could be measured, whatever the figures say."""
    wanted = _wanted()
    machine = machine_facts(cores())  # before it is busy with this
    began = time.monotonic()
    try:
        found = asyncio.run(_measure(wanted))
    except KeyboardInterrupt:
        say("\nstopped\n")
        return 130
    parameters: dict[str, object] = {
        "quick": wanted.quick,
        "loop": wanted.loop,
        "only": wanted.only,
        "rounds": wanted.rounds,
        "ended": datetime.now(UTC).isoformat(timespec="seconds"),
        "took_s": time.monotonic() - began,
    }
    lines = [line for _, some in found for line in some]
    if found:
        write_json(wanted.json, found, machine, parameters)
        write_plots(wanted.plots, found)
        print(LEGEND, settings_of(lines), sep="\n")
    if wanted.before is not None:
        print("", comparison(wanted.before, lines), sep="\n")
    if wanted.tap:
        print("", tap.report(asyncio.run(tap.measure())), sep="\n")
    if wanted.columns:
        print("", columns.report(asyncio.run(columns.measure())), sep="\n")
    if wanted.live:
        print("", live.report(live.measure()), sep="\n")
    if wanted.recording:
        print("", recording.report(asyncio.run(recording.measure())), sep="\n")
    if wanted.app:
        print(app.report(app.measure()))
    say(f"{time.monotonic() - began:.0f} s; every run is in {wanted.json}\n")
    return int(any(line.status in UNMEASURED for line in lines))


if __name__ == "__main__":
    sys.exit(main())
