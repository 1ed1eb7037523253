"""The command line's grammar: which command, and what it is told."""

import argparse
from collections.abc import Sequence

from ssc_monitor.commands import COMMANDS, watch
from ssc_monitor.commands.hint import hint

__all__ = ["parse"]


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; `command` of the result is the `Command` to carry out.

    Raises:
        SystemExit: With 0 if help or the version was asked for, with 2 if they can't be
            understood.
    """
    if argv and argv[0] in COMMANDS:
        command = COMMANDS[argv[0]]
        parser = command.make_parser()
        mixed = command.intermixed
        read = parser.parse_intermixed_args if mixed else parser.parse_args
        arguments = read(argv[1:])
        arguments.command = command
        return arguments
    parser = watch.make_parser(hint(argv[0]) if argv else "")
    arguments = parser.parse_args(argv)
    if arguments.target in COMMANDS and "--" not in argv:
        parser.error(f"put the command first: ssc-monitor {arguments.target} ...")
    arguments.command = watch.WATCH
    return arguments
