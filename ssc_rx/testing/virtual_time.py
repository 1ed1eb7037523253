"""An event loop whose time passes only when nothing is left to do."""

import asyncio
import selectors
from collections.abc import Callable
from typing import Any


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Waiting takes no time: the clock jumps to the next timer.

    For tests without sockets: time would jump while bytes are on their way.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._jumping = _Jumping(self.pass_time)
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._now

    def pass_time(self, seconds: float) -> None:
        """Time passes, as if something had blocked the loop."""
        self._now += seconds

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


class _Jumping(selectors.DefaultSelector):  # type: ignore[misc, valid-type]
    """A selector that lets time jump instead of waiting; or calls `idle`, if it is set."""

    def __init__(self, jump: Any) -> None:
        super().__init__()
        self._jump = jump
        self.idle: Callable[[], None] | None = None

    def select(self, timeout: float | None = None) -> Any:
        if self.idle is not None and timeout != 0:
            self.idle()
            return []
        if timeout is None:
            raise RuntimeError("everything waits, and no timer will ever change that")
        ready = super().select(0)
        if not ready and timeout > 0:
            self._jump(timeout)
        return ready
