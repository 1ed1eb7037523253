"""What is typed as `ssc-monitor send`: a message through a pool."""

import argparse
import sys
from typing import TYPE_CHECKING

from ssc_monitor.commands.command import Command, add_target, exit_codes, new_parser
from ssc_monitor.commands.pools import find_one, source_of
from ssc_monitor.console import say
from ssc_monitor.refusal import FAILED, MISUSED, Refusal

if TYPE_CHECKING:
    from ssc_monitor.model.draft import Format

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
Send one message through a pool: to the socket of an ID, to the group of a tag, or to
every socket. The pool has to be open to that: Pool(..., monitor="control"). It says, on
standard output, how many sockets queued the message, how many had no room, and how many
weren't open. Queued is not delivered: the pool sends it as it sends its own.

ID is what ssc-monitor shows, exactly; of a URL without password and query. TEXT goes as
it is, in a TEXT message of UTF-8; "-" reads it from standard input, whose last line
break isn't sent. At most 2 MiB, and what the pool's max_message_size allows. Put "--"
before a TEXT that begins with "-".

The program logs who sent how much to whom, not the message, and tells it as an event
(MonitorActed).
"""

EXAMPLES = """\
examples:
  ssc-monitor send alice 'see you at 5'
  ssc-monitor send --target feeds --json wss://a.example/feed '{"op":"subscribe"}'
  ssc-monitor send --all 'back in a minute'
  xxd -p frame.bin | ssc-monitor send --tag room --hex -
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "at least one socket queued it",
        "nobody queued it, there is no such pool or socket, the pool may only be\n"
        "       watched, or the link to it was lost",
    )
    parser = new_parser("ssc-monitor send", ABOUT, EXAMPLES + codes)
    parser.usage = (
        "ssc-monitor send [--target T] [--json | --hex] ID TEXT\n"
        "       ssc-monitor send [--target T] [--json | --hex] (--all | --tag TAG) TEXT"
    )
    parser.add_argument("words", nargs="+", metavar="ID TEXT", help=argparse.SUPPRESS)
    whom = parser.add_mutually_exclusive_group()
    whom.add_argument("--all", action="store_true", help="to every socket")
    whom.add_argument("--tag", metavar="TAG", help="to the sockets that bear this tag")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help="send TEXT only if it is JSON"
    )
    form.add_argument(
        "--hex", action="store_true", help="TEXT is hex digits: send BINARY"
    )
    add_target(parser)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    from ssc_monitor.model.draft import DraftError
    from ssc_monitor.send import Recipient, outgoing, read_whole, send

    *id, text = arguments.words
    wanted = 0 if arguments.all or arguments.tag is not None else 1
    if len(id) != wanted:
        usage = "ID TEXT" if wanted else "TEXT alone with --all and --tag"
        raise Refusal(f"give {usage}; quote a TEXT that has spaces", MISUSED)
    to = Recipient(id[0] if id else None, arguments.tag)
    form: Format = "JSON" if arguments.json else "hex" if arguments.hex else "text"
    found = await find_one(arguments.target)
    source_of(found)  # says why, if it can't be attached to
    try:
        typed = await read_whole(sys.stdin.buffer) if text == "-" else text
        message = outgoing(typed, form)
    except DraftError as error:
        raise Refusal(str(error), MISUSED) from None
    return 0 if await send(found.path, message, to, sys.stdout, say) else FAILED


COMMAND = Command(
    "send",
    "send a message through a pool that allows it",
    _parser,
    _run,
    intermixed=True,
)
