"""What is typed: a module for each word after `ssc-monitor`.

Each has what its help says, its parser, and the function that carries it out and returns
the exit code; what it does there is the dashboard's, or a module's of the same name one
package up. `COMMANDS` is the table of them; `watch` is what is done without such a word.

Only the standard library is imported at the top of these modules: help comes at once, and
only the dashboard imports Textual.
"""

from ssc_monitor.commands import connect, ls, record, replay, send, tail, top
from ssc_monitor.commands.command import Command

__all__ = ["COMMANDS"]

COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        *(ls.COMMAND, top.COMMAND, tail.COMMAND, record.COMMAND, replay.COMMAND),
        *(send.COMMAND, connect.COMMAND),
    )
}
"""By their names, in the order of the help."""
