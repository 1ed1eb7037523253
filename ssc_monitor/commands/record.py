"""What is typed as `ssc-monitor record`: messages and events into a file."""

import argparse
import sys

from ssc_monitor.commands.command import (
    Command,
    add_filter,
    add_preview,
    add_reattach,
    add_target,
    exit_codes,
    new_parser,
)
from ssc_monitor.commands.pools import find_one, source_of
from ssc_monitor.commands.printing import filter_of
from ssc_monitor.commands.values import MAX_PREVIEW_BYTES, seconds, size
from ssc_monitor.console import progress_of, say
from ssc_monitor.refusal import Refusal

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
Write the messages of a pool, and what happens to its sockets, to a file that
"ssc-monitor replay" and ssc_rx.recording.replay() play again: JSON lines, made with
mode 0600, compressed if its name ends with ".gz".

Messages are samples, at most 2,000 a second, fairly from all sockets, and of each
payload the first 4,096 bytes: what is missing is counted in the file. For all of them
the program itself records: ssc_rx.recording.record(pool, path). It ends after --for, at
--max-bytes, by Ctrl-C or SIGTERM, or when the link is lost; then a line on standard error
says how many there were. Needs a pool with monitor="traffic".

FILTER is as in ssc-monitor tail: with one, events are left out. On the dashboard R
records what is shown.
"""

EXAMPLES = """\
examples:
  ssc-monitor record -o feed.jsonl.gz --for 60s
  ssc-monitor record --target feeds btc dir:in -o btc.jsonl
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "as much as was asked for is in the file",
        "there is no such pool, it shows no messages, the link to it was lost,\n"
        "       or the file can't be made or written",
    )
    parser = new_parser("ssc-monitor record", ABOUT, EXAMPLES + codes)
    add_filter(parser)
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="the file to make"
    )
    add_target(parser)
    parser.add_argument(
        "--for",
        type=seconds,
        metavar="TIME",
        dest="seconds",
        help="end after so long: 90, 60s, 10m or 2h",
    )
    parser.add_argument(
        "--max-bytes",
        type=size,
        default=1024**3,
        metavar="N",
        help="end at so many, before compression: 500k, 20m, 1g (default: 1g)",
    )
    add_preview(parser, MAX_PREVIEW_BYTES, "all of these")
    parser.add_argument(
        "--overwrite", action="store_true", help="replace FILE if it is there"
    )
    add_reattach(parser)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from ssc_monitor.record import RecordOptions, record

    found = await find_one(arguments.target)
    source, hello = source_of(found), found.hello
    assert hello is not None
    for term in arguments.filter:
        if arguments.target is None and term in (hello.pool, str(hello.pid)):
            say(f"{term!r} is a FILTER here; the pool of that name is --target {term}")
    if hello.level == "stats":
        raise Refusal(
            f"the pool shows no messages: it has monitor={hello.level!r}, not 'traffic'"
        )
    options = RecordOptions(
        filter=filter_of(arguments.filter),
        preview=arguments.preview,
        reattach=arguments.reattach,
        path=Path(arguments.output),
        seconds=arguments.seconds,
        max_bytes=arguments.max_bytes,
        overwrite=arguments.overwrite,
    )
    return await record(source, hello, options, say, progress_of(sys.stderr))


COMMAND = Command(
    "record", "write messages and events to a file", _parser, _run, fast_loop=True
)
