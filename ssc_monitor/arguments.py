"""The command line's grammar, and all of its help."""

import argparse
import re
from collections.abc import Callable, Sequence
from importlib.metadata import version

__all__ = ["COMMANDS", "parse"]

MAX_FPS = 60
MAX_PREVIEW_BYTES = 4096
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e]*")

_ABOUT = """\
Watch the WebSocket connections of a running program: a live dashboard of its
ssc-rx pool, in this terminal. Read-only; it can't slow the program down.

Without a terminal (in a pipe, or with TERM=dumb) it prints one snapshot instead.

commands:
  ls                    list the pools that can be watched
  tail [FILTER...]      print messages and events as they come
  record [FILTER...] -o FILE    write them to a file
  replay FILE           play such a file again, on the same screens
  snapshot [TARGET]     print one look at a pool
  connect URL...        watch any WebSocket feed: dial it from here

  ssc-monitor COMMAND --help tells more of each.
"""

_TARGET = """\
which pool: a process ID, a pool's name, or the path of its Unix socket. With
several pools and no TARGET you choose from a list"""

_END = """\
opening a pool to it:
  Pool(..., monitor="traffic")     in the program; or "stats" for numbers without
                                   payloads
  SSC_MONITOR=traffic python app.py     the same, without changing the program

  Only programs of your own user can be watched. To watch one on another machine:
  ssh -t HOST ssc-monitor

environment:
  SSC_MONITOR        in the watched program: "traffic", "stats" or "off"; what Pool()
                     is told itself wins
  XDG_RUNTIME_DIR    where the sockets of pools are found, in ssc-rx/ below it; without
                     it a directory of yours in the system's temporary one
  NO_COLOR           if it is set, nothing is coloured
  TERM               "dumb" counts as no terminal

"""

_EXAMPLES = """\
examples:
  ssc-monitor                      the only pool there is, or a list to choose from
  ssc-monitor 41233                the pool of process 41233
  ssc-monitor feeds --fps 4        a pool by its name, sparing a slow terminal
  ssc-monitor tail btc --json      messages that contain "btc", as JSON lines
  ssc-monitor connect wss://example.org/feed

"""

_LS = """\
List the pools of this user that can be watched, oldest first.

With --json one JSON object a line, with the keys "path" (of its Unix socket), "pid",
"pool", "program", "level" ("traffic" or "stats"), "version" (that of ssc-rx), "protocol",
"started_at" and "time" (UNIX seconds, by the program's clock) and "interval" (seconds
between two looks at the counters). A pool that can't be attached to has "path" and
"problem" instead.
"""

_TAIL = """\
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
  id:stream*      in the ID only; * stands for anything, ? for one character
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
"facts", an object that depends on the event. Keys may be added later.
"""

_RECORD = """\
Write the messages of a pool, and what happens to its sockets, to a file that
"ssc-monitor replay" and ssc_rx.recording.replay() play again: JSON lines, made with
mode 0600, compressed if its name ends with ".gz".

Messages are samples, at most 2,000 a second, fairly from all sockets, and of each
payload the first 4,096 bytes: what is missing is counted in the file. For all of them
the program itself records: ssc_rx.recording.record(pool, path). It ends after --for, at
--max-bytes, by Ctrl-C or SIGTERM, or when the link is lost; then a line on standard error
says how many there were. Needs a pool with monitor="traffic".

FILTER is as in ssc-monitor tail: with one, events are left out.
"""

_REPLAY = """\
Play a recording: on the screens of the dashboard, in the time it took. With a FILTER, as
in ssc-monitor tail, with --json, --text or -n, or without a terminal, it is printed
instead, as ssc-monitor tail prints, as fast as can be. What a recording doesn't know is
empty: queues, latencies, payloads beyond what was recorded.

A file that was cut off or is damaged is played up to there; standard error says where.
"""

_SNAPSHOT = """\
Watch a pool for a second and print what was seen: who it is, its traffic, and its
busiest sockets. Without TARGET, of every pool there is.

With --json one JSON object a line: "time", "path" and who it is, as in
ssc-monitor ls --json, the pool's counters ("state", "sockets", "open_sockets",
"messages_in", "bytes_in", "messages_out", "bytes_out", "accepted", "refused", "queued",
"queued_bytes", "failed", "sockets_opened", "sockets_closed", "dials_failed",
"subscriber_failures", "payloads_invalid", "lag" and "viewers"), how fast it goes
("messages_in_per_s", "bytes_in_per_s" and the same with "out"), and "busiest", a list of
sockets with "id", "kind", "state", the same counters and the same speeds.
"""

_CONNECT = """\
Dial WebSocket servers from here and watch what they send: the dashboard, without a
program of yours. A connection that can't be had, or drops, is dialled again, after a
pause that grows to half a minute. A server that refuses for good (HTTP 401, 404 ...) is
given up: the dashboard says so and why, and stays. Without a terminal, or with --json,
--text or -n, it prints instead, like ssc-monitor tail; standard error says what was given
up, and when nothing is left to dial it ends with 1.

While it runs, it is a pool like any other: ssc-monitor ls lists it.
"""


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; `command` of the result is one of `COMMANDS`, or "watch".

    Raises:
        SystemExit: With 0 if help or the version was asked for, with 2 if they can't be
            understood.
    """
    if argv and argv[0] in COMMANDS:
        parser = COMMANDS[argv[0]]()
        arguments = parser.parse_args(argv[1:])
        arguments.command = argv[0]
        return arguments
    parser = _watch()
    arguments = parser.parse_args(argv)
    if arguments.target in COMMANDS and "--" not in argv:
        parser.error(f"put the command first: ssc-monitor {arguments.target} ...")
    arguments.command = "watch"
    return arguments


def _watch() -> argparse.ArgumentParser:
    end = _codes(
        "the dashboard was left or its terminal closed, or the snapshot was printed",
        "there is no such pool, or it can't be attached to",
        interrupted="Ctrl-C outside of the dashboard, where it is a key, as q is",
    )
    parser = _parser("ssc-monitor", _ABOUT, _EXAMPLES + _END + "\n" + end)
    parser.usage = (
        "ssc-monitor [TARGET] [--fps N] [--ascii]\n"
        "       ssc-monitor {ls,tail,record,replay,snapshot,connect} ...\n"
        "       ssc-monitor --help | --version"
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help=_TARGET)
    _app_options(parser)
    parser.add_argument(
        "--version",
        action="version",
        version=f"ssc-monitor {version('ssc-rx')}",
        help="print the version",
    )
    return parser


def _ls() -> argparse.ArgumentParser:
    end = _codes("all were listed", "there is none, or they can't be looked for")
    parser = _parser("ssc-monitor ls", _LS, end)
    parser.add_argument("--json", action="store_true", help="JSON lines, not a table")
    return parser


def _tail() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor tail
  ssc-monitor tail --target feeds 'btc !dir:out size>1k'
  ssc-monitor tail type:text --json | jq -r .text
  ssc-monitor tail -n 1 'id:*trades*'

"""
    end = _codes(
        "as many as -n says were printed, or nobody reads them any more",
        "there is no such pool, it shows no messages, or the link to it was lost",
    )
    parser = _parser("ssc-monitor tail", _TAIL, examples + "\n" + end)
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="terms as above; all by default"
    )
    parser.add_argument(
        "--target", metavar="T", help="a process ID, a pool's name, or a socket's path"
    )
    parser.add_argument(
        "--reattach",
        action="store_true",
        help="go on when the program was started anew, instead of ending with 1",
    )
    _tail_options(parser)
    return parser


def _record() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor record -o feed.jsonl.gz --for 60s
  ssc-monitor record --target feeds btc dir:in -o btc.jsonl

"""
    end = _codes(
        "as much as was asked for is in the file",
        "there is no such pool, it shows no messages, the link to it was lost,\n"
        "       or the file can't be made or written",
    )
    parser = _parser("ssc-monitor record", _RECORD, examples + "\n" + end)
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="terms; all messages by default"
    )
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="the file to make"
    )
    parser.add_argument(
        "--target", metavar="T", help="a process ID, a pool's name, or a socket's path"
    )
    parser.add_argument(
        "--for",
        type=_seconds,
        metavar="TIME",
        dest="seconds",
        help="end after so long: 90, 60s, 10m or 2h",
    )
    parser.add_argument(
        "--max-bytes",
        type=_bytes,
        default=1024**3,
        metavar="N",
        help="end at so many, before compression: 500k, 20m, 1g (default: 1g)",
    )
    parser.add_argument(
        "--preview",
        type=_whole(0, MAX_PREVIEW_BYTES),
        default=MAX_PREVIEW_BYTES,
        metavar="BYTES",
        help=f"of each payload, up to {MAX_PREVIEW_BYTES} (default: all of these)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace FILE if it is there"
    )
    parser.add_argument(
        "--reattach",
        action="store_true",
        help="go on when the program was started anew, instead of ending with 1",
    )
    return parser


def _replay() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor replay feed.jsonl.gz --speed 4
  ssc-monitor replay feed.jsonl.gz 'btc dir:in' --json | jq -r .text

"""
    end = _codes(
        "it was played, or printed, to its end, or the dashboard was left",
        "it can't be read, is no recording, was cut off or is damaged",
    )
    parser = _parser("ssc-monitor replay", _REPLAY, examples + "\n" + end)
    parser.add_argument("file", metavar="FILE", help="a recording")
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="terms; all messages by default"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        metavar="N",
        help="N times as fast (default: 1 on the screens, else without waiting)",
    )
    _app_options(parser)
    _tail_options(parser)
    return parser


def _snapshot() -> argparse.ArgumentParser:
    end = _codes(
        "every pool was looked at", "there is no such pool, or one can't be attached to"
    )
    parser = _parser("ssc-monitor snapshot", _SNAPSHOT, end)
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a process ID, a pool's name, or a socket's path",
    )
    parser.add_argument("--json", action="store_true", help="JSON lines, not text")
    parser.add_argument(
        "-n",
        type=_whole(0),
        default=20,
        metavar="N",
        dest="limit",
        help="show N sockets at most (default: 20)",
    )
    return parser


def _connect() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor connect wss://example.org/feed
  ssc-monitor connect --header 'Authorization: Bearer TOKEN' wss://example.org/private
  ssc-monitor connect wss://example.org/feed --json -n 100 > sample.jsonl
"""
    end = _codes(
        "the dashboard was left, as many as -n says were printed, or nobody reads them",
        "nothing is left to dial, or its own pool can't be watched",
        interrupted="Ctrl-C without the dashboard, where it is a key that ends, as q is",
    )
    parser = _parser("ssc-monitor connect", _CONNECT, examples + "\n" + end)
    parser.add_argument(
        "urls", nargs="+", metavar="URL", help="a ws:// or wss:// URL to dial"
    )
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        type=_header,
        metavar="K:V",
        dest="headers",
        help="send this with each opening request; may be given several times",
    )
    _app_options(parser)
    _tail_options(parser)
    return parser


COMMANDS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "ls": _ls,
    "tail": _tail,
    "record": _record,
    "replay": _replay,
    "snapshot": _snapshot,
    "connect": _connect,
}


def _parser(name: str, about: str, end: str = "") -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        prog=name,
        description=about,
        epilog=end,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _codes(well: str, failed: str, interrupted: str = "Ctrl-C") -> str:
    return f"""\
exit codes:
  0    {well}
  1    {failed};
       or the output can't be written, as to a full disk
  2    the arguments can't be understood
  130  {interrupted}
  143  SIGTERM
"""


def _app_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fps",
        type=_whole(1, MAX_FPS),
        default=10,
        metavar="N",
        help=f"repaint N times a second, 1 to {MAX_FPS} (default: 10)",
    )
    parser.add_argument(
        "--ascii", action="store_true", help="do without lines and blocks of Unicode"
    )


def _tail_options(parser: argparse.ArgumentParser) -> None:
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON lines")
    form.add_argument("--text", action="store_true", help="print text (default)")
    parser.add_argument(
        "-n",
        type=_whole(1),
        metavar="N",
        dest="limit",
        help="end after N messages and events",
    )
    parser.add_argument(
        "--preview",
        type=_whole(0, MAX_PREVIEW_BYTES),
        default=1024,
        metavar="BYTES",
        help=f"of each payload, up to {MAX_PREVIEW_BYTES} (default: 1024)",
    )


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    limits = f"{least} or more" if most is None else f"from {least} to {most}"

    def read(text: str) -> int:
        # int() takes underscores and the digits of all scripts.
        number = (
            int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1
        )
        if number < least or (most is not None and number > most):
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number {limits}")
        return number

    return read


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_SIZES = {"": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_AMOUNT = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)([a-z]?)", re.ASCII)


def _amount(text: str, units: dict[str, int], wanted: str) -> float:
    found = _AMOUNT.fullmatch(text.lower())
    if found is None or found[2] not in units or float(found[1]) <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no {wanted}")
    return float(found[1]) * units[found[2]]


def _seconds(text: str) -> float:
    return _amount(text, _UNITS, "time such as 90, 60s, 10m or 2h")


def _bytes(text: str) -> int:
    return max(1, int(_amount(text, _SIZES, "size such as 500k, 20m or 1g")))


def _speed(text: str) -> float:
    return _amount(text.removesuffix("x"), {"": 1}, "speed such as 2 or 0.5")


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
        # It may hold a credential: the error doesn't repeat it.
        raise argparse.ArgumentTypeError("give it as 'Name: value', in ASCII")
    return name, value
