"""Whether the terminal keeps up with what is written to it."""

import select
import sys

__all__ = ["has_room"]


def has_room() -> bool:
    """Whether the terminal has taken what was written so far, as far as one can know.

    Textual writes from a thread with a queue. A slow terminal (a link of 50 kB/s) would
    fill it, and every key would be answered seconds later: so nothing more is painted
    before the last is out.
    """
    terminal = sys.__stderr__  # where Textual writes
    try:
        if terminal is None or not terminal.isatty():
            return True
        return bool(select.select((), (terminal,), (), 0)[1])
    except (OSError, ValueError):
        return True
