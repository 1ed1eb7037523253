"""The command line: arguments, Ctrl-C and the exit code."""

import argparse
import math
import os
import sys

from examples.demo import __doc__ as about

INTERRUPTED = 130
HEADLESS_SECONDS = 10.0
SHORTEST_HEADLESS_SECONDS = 8.0
"""The flaky feed breaks after at most 5 seconds, and is back after at most 2 more."""


def main() -> int:
    """Run the demo; returns the exit code."""
    arguments = _parser().parse_args()
    seconds: float | None = arguments.seconds
    if arguments.headless:
        seconds = HEADLESS_SECONDS if seconds is None else seconds
        if seconds < SHORTEST_HEADLESS_SECONDS:
            _parser().error(
                f"--headless needs --seconds {SHORTEST_HEADLESS_SECONDS:g} or more: "
                "the flaky feed has to break and come back"
            )
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    code = 1
    try:
        # Imported here, so that Ctrl-C during the imports ends in silence as well.
        from examples.demo.event_loop import run
        from examples.demo.session import session

        code = run(session(headless=arguments.headless, seconds=seconds))
        sys.stdout.flush()
    except* KeyboardInterrupt:
        code = INTERRUPTED
    except* BrokenPipeError:
        # Whoever read the output left; Python would complain once more at its exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="demo",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=(about or "").partition("\n")[0],
        epilog=(
            "Everything listens on 127.0.0.1, at ports that are free. The table needs a\n"
            "terminal; without one, a line a second is printed. Ctrl-C ends the demo.\n\n"
            "exit code: 0 when it ended as it should (with --headless: when all checks\n"
            "are right), 1 when it did not, 2 for bad arguments, 130 when Ctrl-C came\n"
            "before the checks of --headless."
        ),
    )
    parser.add_argument(
        "--headless",
        action="store_true",
        help="no table: run, report, check, and exit 0 only if all is right",
    )
    parser.add_argument(
        "--seconds",
        type=_seconds,
        metavar="N",
        help=f"stop after N seconds (default: never; {HEADLESS_SECONDS:g} if headless)",
    )
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (0 < seconds < math.inf):
        raise argparse.ArgumentTypeError(f"{text!r} is no positive number of seconds")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
