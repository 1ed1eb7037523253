"""`ssc-monitor`: reads what was typed, and runs that command to its end."""

import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any

from ssc_monitor.console import check_streams, drop_output, say
from ssc_monitor.refusal import FAILED, INTERRUPTED, TERMINATED, Refusal

# All else is imported where it is needed: help comes at once, only the dashboard imports
# Textual, and Ctrl-C during the imports ends in silence as well.
if TYPE_CHECKING:
    from argparse import Namespace
    from asyncio import AbstractEventLoop

    from ssc_monitor.commands.command import Command

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: The arguments; the process's by default.

    Returns:
        The exit code: 0, 1 (no such pool, or lost), 2 (bad arguments), 130 (Ctrl-C), 143
        (SIGTERM).
    """
    try:
        from ssc_monitor.arguments import parse

        check_streams()
        try:
            return _run(parse(sys.argv[1:] if argv is None else argv))
        finally:
            sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output left
        drop_output()
        return 0
    except OSError as error:  # such as a disk that is full
        drop_output()
        say(f"can't print: {error}")
        return FAILED


def _run(arguments: "Namespace") -> int:
    import asyncio

    from ssc_rx.monitor.discovery import MonitorError

    command: Command = arguments.command
    try:
        with asyncio.Runner(
            loop_factory=_fast_loop() if command.fast_loop else None
        ) as runner:
            return runner.run(_until_terminated(command.run(arguments)))
    except Refusal as refusal:
        say(str(refusal))
        return refusal.code
    except MonitorError as error:
        say(str(error))
        return FAILED


async def _until_terminated(command: "Coroutine[Any, Any, int]") -> int:
    """Run a command to its end; SIGTERM cancels it, a second one ends the process."""
    import asyncio
    import signal

    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    terminated = False

    def terminate() -> None:
        nonlocal terminated
        terminated = True
        loop.remove_signal_handler(signal.SIGTERM)
        task.cancel()

    loop.add_signal_handler(signal.SIGTERM, terminate)
    try:
        return await command
    except asyncio.CancelledError:
        if terminated:
            return TERMINATED
        raise


def _fast_loop() -> "Callable[[], AbstractEventLoop] | None":
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
