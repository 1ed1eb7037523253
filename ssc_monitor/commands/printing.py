"""What `tail`, and the commands that can print as it does, are told."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ssc_monitor.commands.command import add_preview
from ssc_monitor.commands.values import whole
from ssc_monitor.refusal import MISUSED, Refusal

if TYPE_CHECKING:
    from ssc_monitor.model.filter import Filter
    from ssc_monitor.tail import TailOptions

__all__ = ["add_printing", "filter_of", "is_printing", "tail_options"]


def add_printing(parser: argparse.ArgumentParser) -> None:
    """The options of what is printed."""
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON lines")
    form.add_argument("--text", action="store_true", help="print text (default)")
    parser.add_argument(
        "-n",
        type=whole(1),
        metavar="N",
        dest="limit",
        help="end after N messages and events",
    )
    add_preview(parser, 1024, "1024")


def is_printing(arguments: argparse.Namespace) -> bool:
    """Whether something is asked for that only printing does."""
    limited = arguments.limit is not None
    return arguments.json or arguments.text or limited or bool(arguments.filter)


def tail_options(arguments: argparse.Namespace) -> "TailOptions":
    """What to print."""
    from ssc_monitor.tail import TailOptions

    return TailOptions(
        filter=filter_of(arguments.filter),
        json=arguments.json,
        limit=arguments.limit,
        preview=arguments.preview,
        reattach=getattr(arguments, "reattach", False),
    )


def filter_of(terms: Sequence[str]) -> "Filter":
    """Terms, together."""
    from ssc_monitor.model.filter import Filter, FilterError

    try:
        return Filter.parse(" ".join(terms))
    except FilterError as error:
        raise Refusal(f"bad filter: {error}", MISUSED) from None
