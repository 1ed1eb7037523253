"""What is typed as `ssc-monitor replay`: a file, played again."""

import argparse
import sys

from ssc_monitor.commands.command import Command, add_filter, exit_codes, new_parser
from ssc_monitor.commands.dashboard import add_looks, run_app
from ssc_monitor.commands.printing import add_printing, is_printing, tail_options
from ssc_monitor.commands.values import speed
from ssc_monitor.console import on_terminal, say
from ssc_monitor.refusal import Refusal

__all__ = ["ABOUT", "COMMAND"]

ABOUT = """\
Play a recording: on the screens of the dashboard, in the time it took. With a FILTER, as
in ssc-monitor tail, with --json, --text or -n, or without a terminal, it is printed
instead, as ssc-monitor tail prints, as fast as can be. What a recording doesn't know is
empty: queues, latencies, payloads beyond what was recorded.

On the screens space pauses, left and right seek 10 s, comma and full stop a minute,
- and + change the speed, T goes to a time (1:30) or a share (45%).

A file that was cut off or is damaged is played up to there; standard error says where.
"""

EXAMPLES = """\
examples:
  ssc-monitor replay feed.jsonl.gz --speed 4
  ssc-monitor replay feed.jsonl.gz 'btc dir:in' --json | jq -r .text
"""


def _parser() -> argparse.ArgumentParser:
    codes = exit_codes(
        "it was played, or printed, to its end, or the dashboard was left",
        "it can't be read, is no recording, was cut off or is damaged",
    )
    parser = new_parser("ssc-monitor replay", ABOUT, EXAMPLES + codes)
    parser.add_argument("file", metavar="FILE", help="a recording")
    add_filter(parser)
    parser.add_argument(
        "--speed",
        type=speed,
        metavar="N",
        help="N times as fast (default: 1 on the screens, else without waiting)",
    )
    add_looks(parser)
    add_printing(parser)
    return parser


async def _run(arguments: argparse.Namespace) -> int:
    import math
    from pathlib import Path

    from ssc_monitor.sources.player import Player
    from ssc_monitor.sources.replay import ReplaySource
    from ssc_rx.recording import RecordingError

    screen = on_terminal() and not is_printing(arguments)
    speed = arguments.speed or (1.0 if screen else math.inf)
    path = Path(arguments.file)
    try:
        if screen:
            player = Player(path, speed)
            code = await run_app(arguments, player)
            if player.transport.damage is not None:
                say(f"{path}: {player.transport.damage}")
            return code
        source = ReplaySource(path, speed)
    except RecordingError as error:
        raise Refusal(str(error)) from None
    from ssc_monitor.tail import tail

    code = await tail(source, tail_options(arguments), sys.stdout, say)
    return 0 if source.played else code


COMMAND = Command(
    "replay",
    "play such a file again, on the same screens",
    _parser,
    _run,
    fast_loop=True,
)
