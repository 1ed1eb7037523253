"""`ssc-monitor`, without the word of a command: the dashboard."""

import argparse
import sys
from importlib.metadata import version

from ssc_monitor.commands import COMMANDS
from ssc_monitor.commands.command import Command, exit_codes, new_parser
from ssc_monitor.commands.dashboard import add_looks, run_app
from ssc_monitor.commands.pools import find_some, source_of
from ssc_monitor.console import on_terminal, say

__all__ = ["WATCH", "make_parser"]

_LIST = "\n".join(
    f"  {name:<10} {command.summary}" for name, command in COMMANDS.items()
)

ABOUT = f"""\
Watch the WebSocket connections of a running program: a live dashboard of its
ssc-rx pool, in this terminal. It can't slow the program down, and acts on it (to send,
kick and ping) only where the program has allowed that.

Without a terminal (in a pipe, or with TERM=dumb) it prints one look instead, as
ssc-monitor top --once does.

commands:
{_LIST}

  ssc-monitor COMMAND --help tells more of each.
"""

EXAMPLES = """\
examples:
  ssc-monitor                      the only pool there is, or a list to choose from
  ssc-monitor 41233                the pool of process 41233
  ssc-monitor feeds --fps 4        a pool by its name, sparing a slow terminal
  ssc-monitor tail btc --json      messages that contain "btc", as JSON lines
  ssc-monitor connect wss://example.org/feed
"""

TARGET = """\
which pool: a process ID, a pool's name, or the path of its Unix socket. With
several pools and no TARGET you choose from a list"""

END = """
opening a pool to it:
  Pool(..., monitor="traffic")     in the program; or "stats" for numbers without
                                   payloads
  Pool(..., monitor="control")     may be acted on, too: send, kick and ping
  SSC_MONITOR=traffic python app.py     to watch without changing the program

  Only programs of your own user can be watched. To watch one on another machine:
  ssh -t HOST ssc-monitor

environment:
  SSC_MONITOR        in the watched program: "traffic", "stats" or "off"; what Pool()
                     is told itself wins
  XDG_RUNTIME_DIR    where the sockets of pools are found, in ssc-rx/ below it; without
                     it a directory of yours in the system's temporary one
  XDG_CONFIG_HOME    where ssc-monitor/config.toml is looked for: theme, fps, ascii and
                     [keys]; without it ~/.config
  PAGER              what | shows a message in; without it less
  NO_COLOR           if it is set, nothing is coloured
  TERM               "dumb" counts as no terminal
"""


def make_parser(hint: str = "") -> argparse.ArgumentParser:
    """The parser; `hint` is told at the end of its errors."""
    codes = exit_codes(
        "the dashboard was left or its terminal closed, or the look was printed",
        "there is no such pool, or it can't be attached to",
        interrupted="Ctrl-C outside of the dashboard, where it is a key, as q is",
    )
    parser = new_parser("ssc-monitor", ABOUT, EXAMPLES + END + codes, hint)
    parser.usage = (
        "ssc-monitor [TARGET] [--fps N] [--theme NAME] [--ascii]\n"
        f"       ssc-monitor {{{','.join(COMMANDS)}}} ...\n"
        "       ssc-monitor --help | --version"
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help=TARGET)
    add_looks(parser)
    parser.add_argument(
        "--version",
        action="version",
        version=f"ssc-monitor {version('ssc-rx')}",
        help="print the version",
    )
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    if not on_terminal():
        return await _look_once(arguments.target)
    found = await find_some(arguments.target)
    if len(found) > 1:
        return await run_app(arguments, None, choices=found)
    return await run_app(arguments, source_of(found[0]))


async def _look_once(target: str | None) -> int:
    from ssc_monitor.top import TopOptions, top

    found = await find_some(target)
    return await top([one.path for one in found], TopOptions(), sys.stdout, say)


WATCH = Command("watch", "", make_parser, _run, fast_loop=True)
