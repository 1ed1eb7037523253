"""The IPython that runs this program, if one does: which cell runs, and its interrupts.

IPython is never imported by us: where it runs, it has been.
"""

import logging
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

from ssc_rx.logs import FOREIGN
from ssc_rx.wording import without_secrets

__all__ = [
    "cell_of_now",
    "in_ipython",
    "in_kernel",
    "on_cells",
    "shell",
    "spare",
    "tell_failure",
]

_REDELIVERY_S = 0.02
"""After which an interrupt goes to its cell: by then the others have had their value."""


def shell() -> Any | None:
    """IPython's shell object; `None` in a program without."""
    ipython = sys.modules.get("IPython")
    return None if ipython is None else ipython.get_ipython()


def in_ipython() -> bool:
    """Whether cells are typed, run, and run again: in a notebook or a terminal."""
    return shell() is not None


def in_kernel() -> bool:
    """Whether there is a front end that shows HTML, and an event loop that goes on."""
    return getattr(shell(), "kernel", None) is not None


def cell_of_now() -> str:
    """What tells the running cell from others: its ID if the front end has such.

    Else its text; "" outside of any.
    """
    ipython = shell()
    if ipython is None or not hasattr(ipython, "get_parent"):
        return ""
    parent: dict[str, Any] = ipython.get_parent() or {}
    cell = parent.get("metadata", {}).get("cellId")
    return str(cell or parent.get("content", {}).get("code", ""))


def on_cells(begins: Callable[[str], None], interrupted: Callable[[str], None]) -> None:
    """Call with the cell, as `cell_of_now`, when one begins, or was interrupted."""
    ipython = shell()
    if ipython is None:
        return

    def pre_run_cell(info: Any) -> None:
        begins(_cell(info))

    def post_run_cell(result: Any) -> None:
        error = getattr(result, "error_in_exec", None)
        # CancelledError is what a cell that awaits is interrupted with.
        if isinstance(error, BaseException) and not isinstance(error, Exception):
            interrupted(_cell(result.info))

    ipython.events.register("pre_run_cell", pre_run_cell)
    ipython.events.register("post_run_cell", post_run_cell)


def _cell(info: Any) -> str:
    return str(getattr(info, "cell_id", None) or getattr(info, "raw_cell", ""))


def spare(error: BaseException) -> bool:
    """Keep what a subscriber was interrupted with from ending the kernel.

    Out of the event loop, as in other programs, it would. A KeyboardInterrupt goes to
    the cell that runs, if one does. False where there is no kernel to be spared.
    """
    if not in_kernel():
        return False
    if isinstance(error, KeyboardInterrupt) and _on_main_thread():
        # The kernel has a handler for each case: a cell that blocks, one that awaits,
        # none. In a moment, as no subscriber may miss its value, nor we our place.
        again = threading.Timer(_REDELIVERY_S, _interrupt)
        again.daemon = True
        again.start()
    return True


def _interrupt() -> None:
    """What the front end's button does; a thread that sleeps is woken by it."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        signal.raise_signal(signal.SIGINT)


def _on_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def tell_failure(
    stream: str, where: str, error: BaseException, failures: int, ended: bool
) -> None:
    """Show in the cell that subscribed what its subscriber raised.

    To be called in its context. The first failure has its traceback, the 16th, 256th and
    so on a line; nothing if the log is shown there, as that has it all.
    """
    seldom = failures.bit_length() % 4 == 1
    if not in_ipython() or _log_is_shown() or not (seldom or ended):
        return
    what = f"A subscriber of {stream} failed{where}"
    if failures > 1:
        last = "".join(traceback.format_exception_only(error)).strip()
        text = f"{what}, {failures} times so far: {last}\n"
    else:
        then = "its pipeline has ended" if ended else "it goes on receiving"
        lines = traceback.format_exception(type(error), error, _own_part(error))
        text = f"{what}; {then}. All failures are in pool.events.\n{''.join(lines)}"
    sys.stderr.write(without_secrets(text))


def _own_part(error: BaseException) -> Any:
    """The traceback from the first frame on that is neither ours nor reactivex's."""
    part = error.__traceback__
    while part is not None:
        module = str(part.tb_frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] not in ("ssc_rx", "reactivex"):
            return part
        part = part.tb_next
    return error.__traceback__


def _log_is_shown() -> bool:
    """Whether our records come out at stdout or stderr."""
    logger: logging.Logger | None = FOREIGN
    while logger is not None:
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler) and not isinstance(
                handler, logging.FileHandler
            ):
                return True
        logger = logger.parent if logger.propagate else None
    return False
