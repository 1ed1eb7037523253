"""What is typed as `ssc-monitor ls`: which pools can be watched."""

import argparse
import sys

from ssc_monitor.commands.command import Command, exit_codes, new_parser
from ssc_monitor.commands.pools import find_some

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
List the pools of this user that can be watched, oldest first.

With --json one JSON object a line, with the keys "path" (of its Unix socket), "pid",
"pool", "program", "level" ("stats", "traffic" or "control"), "version" (of ssc-rx),
"protocol", "started_at" and "time" (UNIX seconds, by the program's clock) and "interval"
(seconds between two looks at the counters). A pool that can't be attached to has "path"
and "problem" instead. docs/monitor/json.md tells of each.
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes("all were listed", "there is none, or they can't be looked for")
    parser = new_parser("ssc-monitor ls", ABOUT, codes)
    parser.add_argument("--json", action="store_true", help="JSON lines, not a table")
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    from ssc_monitor.headless import found_as_json, found_as_text

    found = await find_some(None)
    text = (found_as_json if arguments.json else found_as_text)(found)
    sys.stdout.write(text + "\n")
    return 0


COMMAND = Command("ls", "list the pools that can be watched", _parser, _run)
