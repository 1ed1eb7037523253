"""One command of `ssc-monitor`, and what the parsers of several have in common."""

import argparse
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, NoReturn

from ssc_monitor.commands.values import MAX_PREVIEW_BYTES, whole

__all__ = [
    "Command",
    "add_filter",
    "add_preview",
    "add_reattach",
    "add_target",
    "exit_codes",
    "new_parser",
]


class Command(NamedTuple):
    """A word after `ssc-monitor`, and what it does.

    Attributes:
        name: The word.
        summary: What it does, in the list of all.
        make_parser: Makes the parser of what comes after it.
        run: Carries it out; returns the exit code.
        fast_loop: Whether it is worth a fast event loop.
        intermixed: Whether options may stand among its words, which are one list.
    """

    name: str
    summary: str
    make_parser: Callable[[], argparse.ArgumentParser]
    run: Callable[[argparse.Namespace], Coroutine[Any, Any, int]]
    fast_loop: bool = False
    intermixed: bool = False


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are fit for a terminal, and tell something besides."""

    hint = ""

    def error(self, message: str) -> NoReturn:
        from ssc_monitor.model.visible import visible  # help comes without the library

        super().error(visible(message, 8 * len(message)) + self.hint)


def new_parser(
    name: str, about: str, end: str, hint: str = ""
) -> argparse.ArgumentParser:
    """A parser without options.

    Args:
        name: Of the command, as it is typed.
        about: What its help begins with.
        end: What its help ends with: examples, exit codes.
        hint: Told at the end of its errors.
    """
    parser = _Parser(
        prog=name,
        description=about,
        epilog=end,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.hint = hint
    return parser


def exit_codes(well: str, failed: str, interrupted: str = "Ctrl-C") -> str:
    """The part of a help that says when which code is returned."""
    return f"""
exit codes:
  0    {well}
  1    {failed};
       or the output can't be written, as to a full disk
  2    the arguments can't be understood
  130  {interrupted}
  143  SIGTERM
"""


def add_target(parser: argparse.ArgumentParser) -> None:
    """Which pool, for a command whose words are something else."""
    parser.add_argument(
        "--target", metavar="T", help="a process ID, a pool's name, or a socket's path"
    )


def add_filter(
    parser: argparse.ArgumentParser, help: str = "terms; all messages by default"
) -> None:
    """Which messages, in its words."""
    parser.add_argument("filter", nargs="*", metavar="FILTER", help=help)


def add_reattach(parser: argparse.ArgumentParser) -> None:
    """What to do when the program is started anew."""
    parser.add_argument(
        "--reattach",
        action="store_true",
        help="go on when the program was started anew, instead of ending with 1",
    )


def add_preview(parser: argparse.ArgumentParser, default: int, told: str) -> None:
    """How much of each payload."""
    parser.add_argument(
        "--preview",
        type=whole(0, MAX_PREVIEW_BYTES),
        default=default,
        metavar="BYTES",
        help=f"of each payload, up to {MAX_PREVIEW_BYTES} (default: {told})",
    )
