"""Shows something in the user's pager, while the app leaves the terminal to it."""

import asyncio
import os
import shlex
import signal
from collections.abc import Mapping
from types import FrameType
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from ssc_rx.errors import SscError

if TYPE_CHECKING:
    from ssc_monitor.app import MonitorApp

__all__ = ["PagerError", "page", "pager"]

DEFAULT = "less"


class PagerError(SscError, ValueError):
    """Why nothing can be shown in a pager."""


def pager(environment: Mapping[str, str]) -> list[str]:
    """The pager and its arguments, as `PAGER` says."""
    try:
        return shlex.split(environment.get("PAGER", "")) or [DEFAULT]
    except ValueError as error:
        raise PagerError(f"PAGER can't be understood: {error}") from error


def _nothing(_signal: int, _frame: FrameType | None) -> None:
    pass


async def page(app: "MonitorApp", data: bytes) -> None:
    """Show bytes, and come back when the user is done; the pool is read on meanwhile.

    less gets none of the user's options: with -R it would hand escape sequences through.

    Raises:
        PagerError: If there is no pager, or no terminal to leave to it.
    """
    argv = pager(os.environ)
    environment = {**os.environ, "LESS": "", "LESSSECURE": "1"}
    try:
        with app.suspend():
            # Ctrl-C is the pager's, and reaches all that run in the terminal.
            before = signal.signal(signal.SIGINT, _nothing)
            app.away = True
            try:
                with app.batch_update():
                    process = await asyncio.create_subprocess_exec(
                        *argv, stdin=asyncio.subprocess.PIPE, env=environment
                    )
                    await process.communicate(data)
            finally:
                app.away = False
                signal.signal(signal.SIGINT, before)
    except SuspendNotSupported:
        raise PagerError("there is no terminal here to show a pager in") from None
    except OSError as error:
        raise PagerError(
            f"{argv[0]} can't be started: {error.strerror}; set PAGER to a program"
        ) from error
