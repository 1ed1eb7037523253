"""Long runs of the pool: ./dev soak [storm] [stalled] [cycles] [outage]

  storm    numbered messages both ways, while connections close and are killed
  stalled  broadcasts to many sockets, of which 1 % don't read
  cycles   connect, write, close: what the process holds must not grow
  outage   the server of many sockets goes away and comes back

The pool is in a process of its own; this one sends, kills and checks. Without names all
of them run. Exit code 0 if everything held, 1 if something did not.
"""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, get_args

import uvloop

from tests.mistreatment import Fault
from tests.soak.cycles import Rounds, cycles
from tests.soak.machine import allow_open_files
from tests.soak.outage import Away, outage
from tests.soak.running import LOOPS, Loop
from tests.soak.stalled import stalled
from tests.soak.stalled_costs import Crowd
from tests.soak.storm import storm
from tests.soak.storm_plan import Weather
from tests.soak.verdict import Verdict, say, verdict_of

__all__ = ["main"]

LEAST_EACH = 40
"""Messages for each socket of a storm: else there is nothing to end in the midst of."""
Chosen = argparse.Namespace
Run = Callable[[Chosen, Loop], Coroutine[Any, Any, Verdict]]


def _storm(chosen: Chosen, loop: Loop) -> Coroutine[Any, Any, Verdict]:
    return storm(
        Weather(
            loop=loop,
            seed=chosen.seed,
            messages=chosen.messages or (50_000 if chosen.quick else 1_000_000),
            sockets=chosen.sockets or (50 if chosen.quick else 200),
            plant=chosen.plant or "none",
            plant_on=chosen.plant_on,
        )
    )


def _stalled(chosen: Chosen, loop: Loop) -> Coroutine[Any, Any, Verdict]:
    sockets = chosen.sockets or (200 if chosen.quick else 2_000)
    return stalled(
        Crowd(
            loop=loop,
            sockets=sockets,
            stalled=max(1, sockets // 100),
            broadcasts=1_600,
            rounds=0 if chosen.quick else 5,
        )
    )


def _cycles(chosen: Chosen, loop: Loop) -> Coroutine[Any, Any, Verdict]:
    cycle_count = chosen.cycles or (2_000 if chosen.quick else 50_000)
    return cycles(
        Rounds(
            loop=loop,
            seed=chosen.seed,
            cycles=cycle_count,
            warm_up=min(5_000, cycle_count // 3),
            measures=9,
        )
    )


def _outage(chosen: Chosen, loop: Loop) -> Coroutine[Any, Any, Verdict]:
    if chosen.quick:
        away = Away(loop, chosen.seed, chosen.sockets or 100, 2.0, max_delay=1.0)
    else:
        away = Away(loop, chosen.seed, chosen.sockets or 500)
    return outage(away)


RUNS: dict[str, Run] = {
    "storm": _storm,
    "stalled": _stalled,
    "cycles": _cycles,
    "outage": _outage,
}


def _number(low: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        try:
            value = int(text.replace("_", "").replace(",", ""))
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number") from None
        if value < low:
            raise argparse.ArgumentTypeError(f"at least {low}, and not {value}")
        return value

    return number


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "dev soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "runs", nargs="*", metavar="RUN", help=f"{', '.join(RUNS)}; all by default"
    )
    number = parser.add_argument
    number("--messages", type=_number(1), help="of storm; 1,000,000 by default")
    number("--sockets", type=_number(2), help="of storm 200, stalled 2,000, outage 500")
    number("--cycles", type=_number(30), help="of cycles; 50,000 by default")
    number("--seed", type=_number(0), help="chooses what happens; printed first")
    parser.add_argument("--loop", choices=LOOPS, help="only this event loop")
    parser.add_argument("--quick", action="store_true", help="small: under a minute")
    parser.add_argument(
        "--plant",
        choices=[fault for fault in get_args(Fault) if fault != "none"],
        help="storm: mistreat one message in the pool's process; the run has to fail",
    )
    parser.add_argument(
        "--plant-on",
        choices=("write", "read"),
        default="write",
        help="when the pool writes that message, or reads it",
    )
    return parser


def _checked(arguments: Sequence[str]) -> Chosen:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    for run in chosen.runs:
        if run not in RUNS:
            parser.error(f"no run {run!r}; there are: {', '.join(RUNS)}")
    chosen.runs = chosen.runs or list(RUNS)
    only_of = {
        "messages": ("storm",),
        "plant": ("storm",),
        "cycles": ("cycles",),
        "sockets": ("storm", "stalled", "outage"),
    }
    for option, runs in only_of.items():
        if getattr(chosen, option) is not None and not set(runs) & set(chosen.runs):
            parser.error(f"--{option} is of {', '.join(runs)}")
    sockets = chosen.sockets or (50 if chosen.quick else 200)
    if chosen.messages and chosen.messages < LEAST_EACH * sockets:
        parser.error(f"--messages: at least {LEAST_EACH} for each of {sockets} sockets")
    if too_few := allow_open_files(chosen.sockets or 2_000):
        parser.error(too_few)
    if chosen.seed is None:
        chosen.seed = secrets.randbelow(1_000_000)
    return chosen


def main(arguments: Sequence[str]) -> int:
    """Do the runs that are asked for; 0 if all is well."""
    chosen = _checked(arguments)
    say(f"seed {chosen.seed}")
    good = True
    for name in chosen.runs:
        for loop in [chosen.loop] if chosen.loop else LOOPS:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                good = runner.run(verdict_of(RUNS[name](chosen, loop))).tell() and good
    return 0 if good else 1


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
