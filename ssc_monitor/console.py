"""The process's own streams: what they can, and how something is told through them."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

__all__ = [
    "check_streams",
    "draws",
    "drop_output",
    "on_terminal",
    "progress_of",
    "say",
]

WEB_DRIVER = "textual.drivers.web_driver:WebDriver"
"""What textual-serve asks for; it speaks with the app through pipes."""


def check_streams() -> None:
    """What can't be encoded is escaped; a stream that was closed goes nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 - for good
        else:
            stream.reconfigure(errors="backslashreplace")


def drop_output() -> None:
    """What is still to be printed goes nowhere: Python would try again at its exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def on_terminal() -> bool:
    """Whether a dashboard can be shown."""
    if os.environ.get("TEXTUAL_DRIVER") == WEB_DRIVER:
        return True  # the terminal is a web page
    return sys.stdin is not None and sys.stdin.isatty() and draws(sys.stdout)


def draws(stream: "TextIO") -> bool:
    """Whether it is a terminal that can do more than scroll."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def progress_of(stream: "TextIO") -> Callable[[str], None]:
    """What tells how far it is, in a line of a terminal; elsewhere it is silent."""

    def tell(text: str) -> None:
        with suppress(OSError):
            stream.write(f"\r\x1b[K{text}")  # again and again in its place
            stream.flush()

    return tell if stream.isatty() else lambda _: None


def say(text: str) -> None:
    """Tell people something, on standard error."""
    from ssc_monitor.model.visible import visible  # help comes without the library

    lines = [visible(line) for line in f"ssc-monitor: {text}".splitlines()]
    with suppress(OSError):
        sys.stderr.write("\n".join(lines) + "\n")
        sys.stderr.flush()
