"""Test the pool with the Autobahn suite: ./dev autobahn [--quick]

Both directions, on asyncio and on uvloop. Exit code 0 if nothing failed beyond what is
written in `cases.py`, 1 if something did or too few cases ran, 3 if the suite can't be
run on this machine.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence

from tests.autobahn import running, suite
from tests.autobahn.cases import EXPECTED_FAILURES, FULL, QUICK, CaseSet
from tests.autobahn.report import Report

NOT_RUN = 3


def say(text: str) -> None:
    sys.stdout.write(f"autobahn: {text}\n")
    sys.stdout.flush()


def judge(name: str, report: Report, cases: CaseSet, seconds: float) -> bool:
    """Say how one run went; tells whether that will do."""
    faults = report.faults(cases.count, EXPECTED_FAILURES)
    expected = [case for case in report.failures if case in EXPECTED_FAILURES]
    known = f" (expected: {', '.join(expected)})" if expected else ""
    say(f"{name}: {report.summary()}{known}; {seconds:.0f} s")
    for fault in faults:
        say(f"{name}: {fault}")
    return not faults


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("dev autobahn", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="325 of the 517 cases")
    parser.add_argument("--side", choices=running.SIDES, help="only this direction")
    parser.add_argument("--loop", choices=running.LOOPS, help="only this event loop")
    chosen = parser.parse_args(arguments)
    try:
        suite.installed()
    except suite.Missing as error:
        say(f"NOT RUN: {error}")
        return NOT_RUN
    cases = QUICK if chosen.quick else FULL
    good = True
    for side in [chosen.side] if chosen.side else running.SIDES:
        for loop in [chosen.loop] if chosen.loop else running.LOOPS:
            begun = time.monotonic()
            report = asyncio.run(running.run(side, loop, cases))
            name = f"{side} on {loop}"
            if not judge(name, report, cases, time.monotonic() - begun):
                good = False
                say(f"{name}: see {running.reports_of(side, loop, cases)}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
