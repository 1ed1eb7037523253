"""What is typed as `ssc-monitor top`: figures, once or again and again."""

import argparse
import sys

from ssc_monitor.commands.command import Command, exit_codes, new_parser
from ssc_monitor.commands.pools import find_some
from ssc_monitor.commands.values import seconds, whole
from ssc_monitor.console import draws, say

__all__ = ["ABOUT", "COMMAND", "SORTS"]

# Those of `rows`, which a test compares: help comes without the library.
SORTS: tuple[str, ...] = (
    *("traffic", "in/s", "out/s", "bytes/s", "in", "out", "queued"),
    *("rtt", "last", "state", "kind", "id"),
)

ABOUT = """\
Print who a pool is, how much goes through it, and its busiest sockets, each second anew
until Ctrl-C. Without TARGET, of every pool there is. On a terminal each look takes the
place of the one before; in a pipe they follow each other.

Speeds are those since the look before; the first look takes its time as well. A pool
that says nothing for five seconds longer is marked as silent: its event loop may be
blocked.

With --json one JSON object a line: "time", "path" and who it is, as in
ssc-monitor ls --json; the pool's counters ("messages_in", "queued", "failed" ...), how
fast it goes ("messages_in_per_s", "bytes_in_per_s" and the same with "out"), "overdue" if
it is silent, "warnings", and "rows": sockets with "id", "kind", "state", counters and
the same speeds. docs/monitor/json.md tells of each.
"""

EXAMPLES = """\
examples:
  ssc-monitor top --once
  ssc-monitor top feeds --sort queued --interval 5
  ssc-monitor top --json -n 60 | jq -c '[.time, .messages_in_per_s]'
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "it looked at every pool, as often as asked for, or nobody reads it any more",
        "there is no such pool, or one can't be attached to, or was lost",
    )
    parser = new_parser("ssc-monitor top", ABOUT, EXAMPLES + codes)
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a process ID, a pool's name, or a socket's path; all pools by default",
    )
    often = parser.add_mutually_exclusive_group()
    often.add_argument("--once", action="store_true", help="one look: -n 1")
    often.add_argument(
        "-n",
        type=whole(1),
        metavar="N",
        dest="looks",
        help="end after N looks (default: go on until Ctrl-C)",
    )
    parser.add_argument(
        "--interval",
        type=seconds,
        default=1.0,
        metavar="TIME",
        help="from one look to the next: 0.5, 10s, 1m (default: 1s)",
    )
    parser.add_argument(
        "--sort",
        type=str.lower,
        choices=SORTS,
        default=SORTS[0],
        metavar="COLUMN",
        help=f"one of {', '.join(SORTS)} (default: traffic, the busiest on top)",
    )
    parser.add_argument(
        "--rows",
        type=whole(0),
        default=20,
        metavar="N",
        help="show N sockets of each pool at most (default: 20)",
    )
    parser.add_argument("--json", action="store_true", help="JSON lines, not text")
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    from ssc_monitor.top import TopOptions, top

    looks = 1 if arguments.once else arguments.looks
    options = TopOptions(
        looks=looks,
        interval=arguments.interval,
        rows=arguments.rows,
        sort=arguments.sort,
        json=arguments.json,
        redraw=looks != 1 and not arguments.json and draws(sys.stdout),
    )
    found = await find_some(arguments.target)
    return await top([one.path for one in found], options, sys.stdout, say)


COMMAND = Command(
    "top",
    "print their figures and busiest sockets, once or again and again",
    _parser,
    _run,
)
