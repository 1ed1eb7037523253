"""What is typed as `ssc-monitor connect`: feeds dialled from here."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from ssc_monitor.commands.command import Command, exit_codes, new_parser
from ssc_monitor.commands.dashboard import add_looks, run_app
from ssc_monitor.commands.printing import add_printing, is_printing, tail_options
from ssc_monitor.commands.values import header
from ssc_monitor.console import on_terminal, say
from ssc_monitor.refusal import MISUSED, Refusal

if TYPE_CHECKING:
    from ssc_monitor.sources.local import LocalSource

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
Dial WebSocket servers from here and watch what they send, without a program of yours: on
the screens of the dashboard; or, without a terminal, with --json, --text, --filter or -n,
printed line by line as ssc-monitor tail prints.

On the screens a connection that can't be had, or drops, is dialled again, after a pause
that grows to half a minute. A server that refuses for good (HTTP 401, 404 ...) is given
up: the dashboard says so and why, and stays.

When it prints, it ends with its connections: standard error says how each ended, and so
does the exit code. With --reconnect it dials again, as the screens do, and ends with 1
when nothing is left to dial.

What is piped into it is sent to every server, a text message a line, once the connection
is open and what --send says was sent; its end doesn't end the connections. (In a loop
that reads its own input, give it </dev/null.)

While it runs, it is a pool like any other: ssc-monitor ls lists it.
"""

EXAMPLES = """\
examples:
  ssc-monitor connect wss://example.org/feed
  ssc-monitor connect --header 'Authorization: Bearer TOKEN' wss://example.org/private
  ssc-monitor connect wss://example.org/feed --send '{"op":"sub","ch":"btc"}' --json
  echo ping | ssc-monitor connect wss://example.org/echo --filter dir:in -n 1 --json
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "the dashboard was left, as many as -n says were printed, nobody reads them,\n"
        "       or every connection ended with a clean close: 1000, 1001 or no code",
        "a connection couldn't be opened, was lost, or was closed with another code",
        interrupted="Ctrl-C without the dashboard, where it is a key that ends, as q is",
    )
    parser = new_parser("ssc-monitor connect", ABOUT, EXAMPLES + codes)
    parser.add_argument(
        "urls", nargs="+", metavar="URL", help="a ws:// or wss:// URL to dial"
    )
    _add_repeated(
        parser,
        "--header",
        "K:V",
        "headers",
        "send it with each opening request",
        header,
    )
    _add_repeated(
        parser, "--subprotocol", "P", "subprotocols", "offer it to the servers"
    )
    _add_repeated(
        parser, "--send", "TEXT", "sends", "send it whenever a connection opens"
    )
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="FILTER",
        help="print only messages that match, as ssc-monitor tail does",
    )
    parser.add_argument(
        "--name",
        default="connect",
        metavar="NAME",
        help="the name of its pool, for other viewers (default: connect)",
    )
    parser.add_argument(
        "--reconnect",
        action="store_true",
        help="when it prints: dial again what can't be opened or drops",
    )
    add_looks(parser)
    add_printing(parser)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    import asyncio

    from ssc_monitor.sources.local import LocalSource
    from ssc_rx.errors import SscError

    options = tail_options(arguments)
    headers: dict[str, str] = dict(arguments.headers)
    if len({name.lower() for name in headers}) < len(arguments.headers):
        raise Refusal("a --header is given twice", MISUSED)
    screen = on_terminal() and not is_printing(arguments)
    try:
        source = LocalSource(
            arguments.urls,
            headers,
            subprotocols=arguments.subprotocols,
            greetings=arguments.sends,
            name=arguments.name,
            again=screen or arguments.reconnect,
        )
    except SscError as error:
        raise Refusal(str(error), MISUSED) from None
    if screen:
        return await run_app(arguments, source)
    from ssc_monitor.tail import tail

    sending = asyncio.create_task(_send_lines(source), name="ssc-monitor sends lines")
    try:
        code = await tail(source, options, sys.stdout, say)
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    return 0 if source.ended_well else code


async def _send_lines(source: "LocalSource") -> None:
    """Send what is piped into standard input, a text a line."""
    from ssc_monitor.stdin import is_piped, piped_lines

    if not is_piped():
        return
    number = 0
    try:
        async for line in piped_lines(sys.stdin.buffer):
            number += 1
            try:
                await source.send(line.decode())
            except UnicodeDecodeError:
                say(f"line {number:,} of standard input is no UTF-8: it isn't sent")
    except ValueError as error:
        say(f"nothing more of standard input is sent: {error}")


def _add_repeated(
    parser: argparse.ArgumentParser,
    option: str,
    metavar: str,
    dest: str,
    help: str,
    type: Callable[[str], object] = str,
) -> None:
    parser.add_argument(
        option,
        action="append",
        default=[],
        type=type,
        metavar=metavar,
        dest=dest,
        help=f"{help}; may be given several times",
    )


COMMAND = Command(
    "connect",
    "dial any WebSocket feed from here, and watch it",
    _parser,
    _run,
    fast_loop=True,
)
