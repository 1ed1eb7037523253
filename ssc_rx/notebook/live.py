"""Displays that are painted again a few times a second: the engine of live views.

A tick does bounded work, however much comes in between: what a message costs is what the
view's own subscriber does. A view stops when its cell runs again or is interrupted, when
what it shows has ended, at `stop()`, and with the kernel. Its last state stays.
"""

import asyncio
import contextlib
import importlib
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Protocol

from ssc_rx.errors import InvalidOptionError, NotebookError
from ssc_rx.notebook.shell import cell_of_now, in_kernel, on_cells, shell

if TYPE_CHECKING:  # nothing is painted, most times that this is imported
    from ssc_rx.notebook.markup import Bundle

__all__ = ["LiveView", "Subject", "check_front_end", "check_hz"]

MIN_HZ, MAX_HZ = 0.2, 10.0
SHARE = 0.1
"""Of a core that painting may take: a view that is slow to paint is painted less often."""

_views: "set[LiveView]" = set()
_watched: set[int] = set()
"""The shells whose cells are watched."""


class Subject(Protocol):
    """What a view shows."""

    name: str

    def paint(self, *, running: bool) -> "Bundle":
        """It as it is now; `running` is whether it will be painted again."""
        ...

    @property
    def ended(self) -> bool:
        """Whether it won't change any more."""
        ...

    def close(self) -> None:
        """Let go of everything; the last call but one to paint it."""


class LiveView:
    """A display of something that goes on; `stop()` ends it, and its last state stays.

    Made by `pool.live()`, `stream.live_rate()` and `stream.tail()`.

    Args:
        subject: What it shows.
        hz: How often a second; checked, as is that there is a front end.

    Attributes:
        cell: What tells its cell from others.
        painted: How often it was painted.

    """

    def __init__(self, subject: Subject, hz: float) -> None:
        self._subject = subject
        self._period = 1 / hz
        self.cell = cell_of_now()
        self._context = copy_context()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped = False
        self.painted = 0
        self._last = subject.paint(running=True)
        self._handle = _display(self._last)
        _watch_cells()
        _views.add(self)
        self._schedule(self._period)

    @property
    def running(self) -> bool:
        """Whether it is painted again."""
        return not self._stopped

    def __repr__(self) -> str:
        state = "running" if self.running else "stopped"
        return f"<LiveView {self._subject.name} {state}, painted {self.painted} times>"

    def _ipython_display_(self) -> None:
        """Where it was made it is to be seen already; elsewhere, as it is now."""
        if cell_of_now() != self.cell:
            _display(self._last)

    def stop(self) -> None:
        """Paint it a last time, and no more; again does nothing."""
        if self._stopped:
            return
        self._stopped = True
        _views.discard(self)
        if self._timer is not None:
            self._timer.cancel()
        self._subject.close()
        self._paint()

    def _schedule(self, delay: float) -> None:
        self._timer = self._loop.call_later(delay, self._tick)

    def _tick(self) -> None:
        began = self._loop.time()
        try:
            if self._subject.ended:
                self.stop()
                return
            self._paint()
        except BaseException:
            # Out of a timer nobody would hear of it, and an interrupt would end the kernel.
            self._stopped = True
            _views.discard(self)
            self._subject.close()
            ipython = shell()
            if ipython is not None:
                self._context.run(ipython.showtraceback)
            return
        took = self._loop.time() - began
        self._schedule(max(self._period, took / SHARE))

    def _paint(self) -> None:
        painted = self._subject.paint(running=self.running)
        self.painted += 1
        if painted != self._last:  # what is idle says nothing
            self._last = painted
            # A front end finds the display by its ID. Sent as of no cell in particular,
            # so of the one that runs: nbclient hears of no other.
            Context().run(self._handle.update, painted, raw=True)


def check_hz(hz: float) -> None:
    """Let a rate through at which a view can be painted."""
    number = isinstance(hz, (int, float)) and not isinstance(hz, bool)
    if not number or not MIN_HZ <= hz <= MAX_HZ:
        raise InvalidOptionError(
            f"hz must be from {MIN_HZ} to {MAX_HZ:.0f} paintings a second, not {hz!r}"
        )


def check_front_end(name: str) -> None:
    """Let pass where there is a kernel, whose loop runs in this thread."""
    if not in_kernel():
        raise NotebookError(
            f"a live view of {name} needs a Jupyter notebook, whose output can be painted "
            "again; here, print(pool.stats()), stream.subscribe(print), or attach "
            "ssc-monitor: Pool(monitor='stats')"
        )
    with contextlib.suppress(RuntimeError):
        asyncio.get_running_loop()
        return
    raise NotebookError(
        f"a live view of {name} is made in a cell, on the kernel's event loop, and not in "
        "a thread"
    )


def _display(painted: "Bundle") -> Any:
    display: Any = importlib.import_module("IPython.display")
    return display.display(painted, raw=True, display_id=True)


def _watch_cells() -> None:
    ipython = shell()
    if id(ipython) not in _watched:
        _watched.add(id(ipython))
        on_cells(_stop_views_of, _stop_views_of)


def _stop_views_of(cell: str) -> None:
    for view in list(_views):
        if view.cell == cell:
            view.stop()
