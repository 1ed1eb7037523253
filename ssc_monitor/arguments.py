"""The command line's grammar; what its help says is in `manual`."""

import argparse
import difflib
import re
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import NoReturn

from ssc_monitor import manual

__all__ = ["COMMANDS", "SORTS", "hint", "parse"]

MAX_FPS = 60
MAX_PREVIEW_BYTES = 4096
SORTS: tuple[str, ...] = (
    *("traffic", "in/s", "out/s", "bytes/s", "in", "out", "queued"),
    *("rtt", "last", "state", "kind", "id"),
)
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 section 5.6.2
_VALUE = re.compile(r"[\t\x20-\x7e]*")


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; `command` of the result is one of `COMMANDS`, or "watch".

    Raises:
        SystemExit: With 0 if help or the version was asked for, with 2 if they can't be
            understood.
    """
    if argv and argv[0] in COMMANDS:
        parser = COMMANDS[argv[0]]()
        # Of "send ID --hex TEXT" the words are one list.
        mixed = argv[0] == "send"
        read = parser.parse_intermixed_args if mixed else parser.parse_args
        arguments = read(argv[1:])
        arguments.command = argv[0]
        return arguments
    parser = _watch(hint(argv[0]) if argv else "")
    arguments = parser.parse_args(argv)
    if arguments.target in COMMANDS and "--" not in argv:
        parser.error(f"put the command first: ssc-monitor {arguments.target} ...")
    arguments.command = "watch"
    return arguments


def hint(word: str) -> str:
    """What is told besides where a word is no command but resembles one; or nothing."""
    if word in _RENAMED:
        return f"; did you mean ssc-monitor {_RENAMED[word]}?"
    near = difflib.get_close_matches(word, COMMANDS, 1)
    return f"; did you mean ssc-monitor {near[0]}?" if near else ""


def _watch(hint: str) -> argparse.ArgumentParser:
    end = _codes(
        "the dashboard was left or its terminal closed, or the look was printed",
        "there is no such pool, or it can't be attached to",
        interrupted="Ctrl-C outside of the dashboard, where it is a key, as q is",
    )
    parser = _parser(
        "ssc-monitor", manual.ABOUT, manual.EXAMPLES + manual.END + "\n" + end, hint
    )
    parser.usage = (
        "ssc-monitor [TARGET] [--fps N] [--theme NAME] [--ascii]\n"
        "       ssc-monitor {ls,top,tail,record,replay,send,connect} ...\n"
        "       ssc-monitor --help | --version"
    )
    parser.add_argument("target", nargs="?", metavar="TARGET", help=manual.TARGET)
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
    parser = _parser("ssc-monitor ls", manual.LS, end)
    parser.add_argument("--json", action="store_true", help="JSON lines, not a table")
    return parser


def _top() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor top --once
  ssc-monitor top feeds --sort queued --interval 5
  ssc-monitor top --json -n 60 | jq -c '[.time, .messages_in_per_s]'

"""
    end = _codes(
        "it looked at every pool, as often as asked for, or nobody reads it any more",
        "there is no such pool, or one can't be attached to, or was lost",
    )
    parser = _parser("ssc-monitor top", manual.TOP, examples + "\n" + end)
    parser.add_argument(
        "target",
        nargs="?",
        metavar="TARGET",
        help="a process ID, a pool's name, or a socket's path; all pools by default",
    )
    often = parser.add_mutually_exclusive_group()
    often.add_argument("--once", action="store_true", help="one look: -n 1")
    often.add_argument(
        "-n",
        type=_whole(1),
        metavar="N",
        dest="looks",
        help="end after N looks (default: go on until Ctrl-C)",
    )
    parser.add_argument(
        "--interval",
        type=_seconds,
        default=1.0,
        metavar="TIME",
        help="from one look to the next: 0.5, 10s, 1m (default: 1s)",
    )
    parser.add_argument(
        "--sort",
        type=str.lower,
        choices=SORTS,
        default=SORTS[0],
        metavar="COLUMN",
        help=f"one of {', '.join(SORTS)} (default: traffic, the busiest on top)",
    )
    parser.add_argument(
        "--rows",
        type=_whole(0),
        default=20,
        metavar="N",
        help="show N sockets of each pool at most (default: 20)",
    )
    parser.add_argument("--json", action="store_true", help="JSON lines, not text")
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
    parser = _parser("ssc-monitor tail", manual.TAIL, examples + "\n" + end)
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
    parser = _parser("ssc-monitor record", manual.RECORD, examples + "\n" + end)
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
    parser = _parser("ssc-monitor replay", manual.REPLAY, examples + "\n" + end)
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


def _connect() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor connect wss://example.org/feed
  ssc-monitor connect --header 'Authorization: Bearer TOKEN' wss://example.org/private
  ssc-monitor connect wss://example.org/feed --send '{"op":"sub","ch":"btc"}' --json
  echo ping | ssc-monitor connect wss://example.org/echo --filter dir:in -n 1 --json

"""
    end = _codes(
        "the dashboard was left, as many as -n says were printed, nobody reads them,\n"
        "       or every connection ended with a clean close: 1000, 1001 or no code",
        "a connection couldn't be opened, was lost, or was closed with another code",
        interrupted="Ctrl-C without the dashboard, where it is a key that ends, as q is",
    )
    parser = _parser("ssc-monitor connect", manual.CONNECT, examples + "\n" + end)
    parser.add_argument(
        "urls", nargs="+", metavar="URL", help="a ws:// or wss:// URL to dial"
    )
    _repeated(
        parser,
        "--header",
        "K:V",
        "headers",
        "send it with each opening request",
        _header,
    )
    _repeated(parser, "--subprotocol", "P", "subprotocols", "offer it to the servers")
    _repeated(parser, "--send", "TEXT", "sends", "send it whenever a connection opens")
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
    _app_options(parser)
    _tail_options(parser)
    return parser


def _send() -> argparse.ArgumentParser:
    examples = """\
examples:
  ssc-monitor send alice 'see you at 5'
  ssc-monitor send --target feeds --json wss://a.example/feed '{"op":"subscribe"}'
  ssc-monitor send --all 'back in a minute'
  xxd -p frame.bin | ssc-monitor send --tag room --hex -

"""
    end = _codes(
        "at least one socket queued it",
        "nobody queued it, there is no such pool or socket, the pool may only be\n"
        "       watched, or the link to it was lost",
    )
    parser = _parser("ssc-monitor send", manual.SEND, examples + "\n" + end)
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
    parser.add_argument(
        "--target", metavar="T", help="a process ID, a pool's name, or a socket's path"
    )
    return parser


COMMANDS: dict[str, Callable[[], argparse.ArgumentParser]] = {
    "ls": _ls,
    "top": _top,
    "tail": _tail,
    "record": _record,
    "replay": _replay,
    "send": _send,
    "connect": _connect,
}


_RENAMED = {"snapshot": "top --once"}


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are fit for a terminal, and tell something besides."""

    hint = ""

    def error(self, message: str) -> NoReturn:
        from ssc_monitor.model.visible import visible  # help comes without the library

        super().error(visible(message, 8 * len(message)) + self.hint)


def _parser(
    name: str, about: str, end: str = "", hint: str = ""
) -> argparse.ArgumentParser:
    parser = _Parser(
        prog=name,
        description=about,
        epilog=end,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.hint = hint
    return parser


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


def _repeated(
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


def _app_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fps",
        type=_whole(1, MAX_FPS),
        metavar="N",
        help=f"repaint N times a second, 1 to {MAX_FPS} (default: 10)",
    )
    parser.add_argument(
        "--theme",
        metavar="NAME",
        help="colours: ssc-night (default), ssc-day, nord ...",
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
