"""What is told of a word that is no command, but resembles one."""

import difflib

from ssc_monitor.commands import COMMANDS

__all__ = ["hint"]

_RENAMED = {"snapshot": "top --once"}


def hint(word: str) -> str:
    """The end of a sentence that says what may have been meant; or nothing."""
    if word in _RENAMED:
        return f"; did you mean ssc-monitor {_RENAMED[word]}?"
    near = difflib.get_close_matches(word, COMMANDS, 1)
    return f"; did you mean ssc-monitor {near[0]}?" if near else ""
