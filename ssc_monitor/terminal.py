"""Whether the terminal is still there, and keeps up with what is written to it."""

import select
import sys

__all__ = ["has_room", "hung_up"]


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


def hung_up() -> bool:
    """Whether the terminal has gone: its window was closed, or its line is broken.

    Textual's input thread would read the end of it for ever, as fast as it can.
    """
    terminal = sys.__stdin__
    try:
        if terminal is None or not hasattr(select, "poll"):
            return False
        poll = select.poll()
        poll.register(terminal, 0)  # what matters is reported without being asked for
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return False
