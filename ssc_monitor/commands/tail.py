"""What is typed as `ssc-monitor tail`: messages and events as they come."""

import argparse
import sys

from ssc_monitor.commands.command import (
    Command,
    add_filter,
    add_reattach,
    add_target,
    exit_codes,
    new_parser,
)
from ssc_monitor.commands.pools import find_one, source_of
from ssc_monitor.commands.printing import add_printing, tail_options
from ssc_monitor.console import say

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
Print the messages of a pool as they come, and what happens to its sockets, one a line.

Messages are samples: at most 2,000 a second, fairly from all sockets. When it ends, by
Ctrl-C and SIGTERM too, a line on standard error says how many there were: seen, those
that matched, sent, sampled out to keep the rate, and dropped as this reader was too slow.
When whoever reads its output leaves, as in "| head", it ends without a word.
Needs a pool with monitor="traffic"; a pool with "stats" has events only.

FILTER is one or more terms, which all have to hold; with a FILTER, events are left out:
  btc             in the ID or in the payload, whatever the case; "quoted words"
  !term           not so
  dir:in          or dir:out
  type:text|ping  | separates alternatives; text, binary, ping, pong
  id:stream*      in the ID only; * stands for anything
  kind:server     or kind:client
  state:open      of its socket
  size>1k rate>100    bytes of the payload; messages per second of its socket
  /re/            a regular expression, in the part of the payload that is shown
  json:s=BTC      a value in a JSON payload
Quote the filter, so that your shell leaves it alone.

With --json one JSON object a line, in ASCII. A message has
  "time"       UNIX seconds at which it was read, or accepted for writing
  "id"         its socket's ID, without credentials
  "direction"  "in" or "out"
  "type"       "text", "binary", "ping" or "pong"
  "size"       bytes of the whole payload
  "text"       the payload of a text message; of any other instead
  "base64"
  "cut"        whether that is only the payload's beginning: see --preview
  "missing"    how many more matched just before it and were not sampled
and an event "time", "id" (empty for the pool), "event" (such as "SocketClosed") and
"facts", an object that depends on the event: see docs/monitor/json.md. Keys may be
added later.
"""

EXAMPLES = """\
examples:
  ssc-monitor tail
  ssc-monitor tail --target feeds 'btc !dir:out size>1k'
  ssc-monitor tail type:text --json | jq -r .text
  ssc-monitor tail -n 1 'id:*trades*'
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "as many as -n says were printed, or nobody reads them any more",
        "there is no such pool, it shows no messages, or the link to it was lost",
    )
    parser = new_parser("ssc-monitor tail", ABOUT, EXAMPLES + codes)
    add_filter(parser, "terms as above; all by default")
    add_target(parser)
    add_reattach(parser)
    add_printing(parser)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    from ssc_monitor.tail import tail

    options = tail_options(arguments)
    found = await find_one(arguments.target)
    return await tail(source_of(found), options, sys.stdout, say)


COMMAND = Command("tail", "print messages and events as they come", _parser, _run)
