"""The one timer, the flush list, the tasks and the door for other threads.

Nobody else in the library touches the event loop's clock or starts a task.
"""

import asyncio
import contextlib
import heapq
import itertools
import math
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ssc_rx.logs import about, logger_of
from ssc_rx.ports import Driven, Flushable
from ssc_rx.transports.clock import clock_of

__all__ = ["Driver"]

T = TypeVar("T")
logger = logger_of(__name__)

LATE_S = 0.1
"""A timer that fires later than this finds the loop behind: it reads before it judges."""
_CANCELLATION_S = 0.5
MAX_HOPS = 10_000
"""Calls from other threads that may wait for the loop."""


class Driver:
    """Runs what has a deadline or something to flush, on one event loop.

    Attributes:
        loop: The event loop.
        pool: The name of the pool that it drives.
        now: Loop time in seconds.
        refused_hops: Calls from other threads that were not taken.
        turn: A number that tells this turn from others, while `turn_is_told`.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        hops_refused: Callable[[int], None] = lambda n: None,
        *,
        pool: str = "",
    ) -> None:
        self.loop = loop
        self.pool = pool
        self.now = clock_of(loop)
        # Anchored once: UNIX time that never runs backwards.
        self.wall_offset = time.time() - self.now()
        self._flushes: list[Flushable] = []
        self._deadlines: list[tuple[float, int, Driven]] = []
        self._sequence = itertools.count()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for = math.inf
        self._stale = 0
        self._late = False
        self._closing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._door = threading.Lock()
        self._hops = 0
        self._untold_hops = 0
        self.refused_hops = 0
        self.turn = 0
        self.turn_is_told = False
        self._hops_refused = hops_refused

    def wall(self) -> float:
        """UNIX time in seconds."""
        return self.now() + self.wall_offset

    # Flushes

    def flush_soon(self, sending: Flushable) -> bool:
        """Call `sending.flush()` once, at the end of this turn; False without a loop."""
        if not self._flushes:
            try:
                self.loop.call_soon(self._flush_all)
            except RuntimeError:  # it was closed
                return False
        self._flushes.append(sending)
        return True

    def tell_turn(self) -> bool:
        """Let `turn` be another number after this turn; False without a loop."""
        try:
            self.loop.call_soon(self._end_turn)
        except RuntimeError:  # it was closed
            return False
        self.turn_is_told = True
        return True

    def _end_turn(self) -> None:
        self.turn_is_told = False
        self.turn += 1

    def _flush_all(self) -> None:
        flushes, self._flushes = self._flushes, []
        for sending in flushes:
            try:
                sending.flush()
            except Exception as error:
                self._broke(sending, error)

    def _broke(self, driven: Flushable, error: Exception) -> None:
        """One that raises must not keep the others from their turn."""
        extra = about(self.pool, getattr(driven, "id", ""))
        logger.error("a transport raised", exc_info=error, extra=extra)
        driven.broke(error)

    # Deadlines

    def schedule(self, driven: Driven, due: float) -> None:
        """Call `driven.on_due` at loop time `due` instead of when it was due before."""
        if driven.due != math.inf:
            self._stale += 1
            if self._stale > 100 and self._stale > len(self._deadlines) // 2:
                self._forget_stale()
        driven.due = due
        if due == math.inf:
            return
        heapq.heappush(self._deadlines, (due, next(self._sequence), driven))
        if due < self._armed_for:
            self._arm(due)

    def _forget_stale(self) -> None:
        """Drop what was scheduled anew or never; it would keep dead sockets alive."""
        deadlines = self._deadlines
        deadlines[:] = [entry for entry in deadlines if entry[2].due == entry[0]]
        heapq.heapify(deadlines)
        self._stale = 0

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._armed_for = when
        self._timer = self.loop.call_at(when, self._on_timer, when)

    def _on_timer(self, when: float) -> None:
        now = self.now()
        if now - when > LATE_S and not self._late:
            # The loop was blocked. What arrived meanwhile is still unread (uvloop runs
            # timers before it polls): read first, once, or living peers look dead.
            self._late = True
            self._arm(now)
            return
        self._late = False
        self._timer = None
        self._armed_for = math.inf
        deadlines = self._deadlines
        while deadlines and deadlines[0][0] <= now:
            due, _, driven = heapq.heappop(deadlines)
            if driven.due != due:  # it was scheduled anew
                self._stale -= 1
                continue
            driven.due = math.inf
            try:
                driven.on_due(now)
            except Exception as error:
                self._broke(driven, error)
        if deadlines and deadlines[0][0] < self._armed_for:
            self._arm(deadlines[0][0])

    # Tasks and turns

    def soon(self, callback: Callable[..., object], *args: Any) -> None:
        """Call in a later turn of the loop."""
        self.loop.call_soon(callback, *args)

    def soon_threadsafe(self, callback: Callable[[], object]) -> None:
        """Call in a later turn of the loop, if it still runs; from any thread.

        Takes no lock and counts nothing, so that it may be called by the collector of
        garbage, at any moment.
        """
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(callback)

    def spawn(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start a task that the driver owns until it ends."""
        task = self.loop.create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def sleep(self, seconds: float) -> None:
        """Let time pass, in such a task."""
        await asyncio.sleep(seconds)

    def close(self, then: Callable[[], None], grace: float) -> None:
        """Stop the timer, end the tasks that are left, and call `then`.

        They have `grace` seconds to end by themselves, and are cancelled then.
        """
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._deadlines.clear()
        self._closing = self.loop.create_task(
            self._close(then, grace), name="ssc-rx closes"
        )

    async def _close(self, then: Callable[[], None], grace: float) -> None:
        left = set(self._tasks)
        if left:
            _, left = await asyncio.wait(left, timeout=grace)
        for task in left:
            task.cancel()
        if left:  # one that ignores this is its author's affair
            await asyncio.wait(left, timeout=_CANCELLATION_S)
        then()

    # Other threads

    def hop(self, callback: Callable[..., object], *args: Any) -> bool:
        """Call on the loop's thread; from any thread. False when too much waits."""
        with self._door:
            if self._hops >= MAX_HOPS or self.loop.is_closed():
                self.refused_hops += 1
                self._untold_hops += 1
                return False
            self._hops += 1
        try:
            self.loop.call_soon_threadsafe(self._land, callback, args)
        except RuntimeError:  # the loop was closed this very moment
            return False
        return True

    def _land(self, callback: Callable[..., object], args: tuple[Any, ...]) -> None:
        with self._door:
            self._hops -= 1
            refused, self._untold_hops = self._untold_hops, 0
        if refused:
            self._hops_refused(refused)
        callback(*args)
