"""An event loop whose time passes only when nothing is left to do."""

import asyncio
import contextvars
import selectors
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn, TypeVar

__all__ = ["StuckError", "VirtualTimeLoop", "run_virtual"]

T = TypeVar("T")


class StuckError(RuntimeError):
    """What was run isn't done, and won't be: names each task and where it waits."""


def run_virtual(main: Coroutine[Any, Any, T], *, limit_s: float = 172_800.0) -> T:
    """Run a coroutine in virtual time, as `asyncio.run` does in real time.

    `await asyncio.sleep(3600)` in it takes no time, and lets an hour's worth of timers
    fire, in order, each after all that could be done before it.

    Where a loop runs already, as in a notebook, it runs on a thread of its own, and this
    waits for it.

    Args:
        main: What to run; it must use no real sockets, see `VirtualTimeLoop`.
        limit_s: Virtual seconds it may take; two days by default.

    Returns:
        What it returns.

    Raises:
        StuckError: If it waits for what can't happen, or takes longer than `limit_s`.
    """

    def run() -> T:
        with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(limit_s)) as runner:
            return runner.run(main)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(1, "ssc-rx virtual time") as thread:
        return thread.submit(contextvars.copy_context().run, run).result()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Waiting takes no time: the clock jumps to the next timer. It begins at 0.

    For tests without sockets, other threads or processes: time would jump while they are
    at work. `run_forever`, and what is made of it, raises `StuckError` where everything
    waits and there is no timer, or where the limit is reached.

    Args:
        limit_s: Virtual seconds that may pass; two days by default. Keepalive alone lets
            time pass: without a limit, a test that waits for a message which never comes
            would run for ever.
    """

    def __init__(self, limit_s: float = 172_800.0) -> None:
        self._now = 0.0
        self._limit_s = self._ends_at = limit_s
        self._jumping = _Jumping(self)
        super().__init__(self._jumping)

    def time(self) -> float:
        """Virtual seconds since the loop was made."""
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Time passes, as if something had blocked the loop."""
        self._now += seconds

    def jump(self, seconds: float) -> None:
        """Time passes while everything waits.

        Raises:
            StuckError: If that is longer than it may be.
        """
        if self._now + seconds > self._ends_at:
            self._ends_at += self._limit_s  # for what ends the tasks
            raise StuckError(
                self._stuck(f"not done in {self._limit_s:g} virtual seconds")
            )
        self._now += seconds

    def wait_for_ever(self) -> NoReturn:
        """Everything waits, and there is no timer.

        Raises:
            StuckError
        """
        raise StuckError(self._stuck("everything waits, and no timer will change that"))

    def _stuck(self, how: str) -> str:
        tasks = sorted(asyncio.all_tasks(self), key=lambda task: task.get_name())
        waits = [
            f"{t.get_name()} at {' > '.join(_awaits(t.get_coro()))}" for t in tasks
        ]
        return "\n  ".join([how, *waits])

    # Step by step, for tests that stand outside the loop

    def run_turn(self) -> None:
        """Run what is ready now, and nothing that this makes ready."""
        self.call_soon(self.stop)
        self.run_forever()

    def run_ready(self) -> None:
        """Run until nothing is ready, while no time passes."""
        self._jumping.idle = self.stop
        try:
            self.run_forever()
        finally:
            self._jumping.idle = None

    def run_for(self, seconds: float) -> None:
        """Let time pass, then run what is ready."""
        self.call_later(seconds, self.stop)
        self.run_forever()
        self.run_ready()


class _Jumping(selectors.DefaultSelector):
    """A selector that lets time jump instead of waiting; or calls `idle`, if it is set."""

    def __init__(self, loop: VirtualTimeLoop) -> None:
        super().__init__()
        self._loop = loop
        self.idle: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> Any:
        if self.idle is not None and timeout != 0:
            self.idle()
            return []
        if timeout is None:
            self._loop.wait_for_ever()
        ready = super().select(0)
        if not ready and timeout > 0:
            self._loop.jump(timeout)
        return ready


def _awaits(coroutine: Any) -> list[str]:
    """Where a coroutine waits, innermost last."""
    places: list[str] = []
    while (frame := getattr(coroutine, "cr_frame", None)) is not None:
        name = coroutine.cr_code.co_name
        places.append(f"{name} ({frame.f_code.co_filename}:{frame.f_lineno})")
        coroutine = coroutine.cr_await
    return places
