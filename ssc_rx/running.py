"""A script's main coroutine, ended in order by Ctrl-C and by SIGTERM."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

__all__ = ["run"]

T = TypeVar("T")


class _Terminated(KeyboardInterrupt):
    """The second SIGTERM: end now."""


def run(
    main: Coroutine[Any, Any, T],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run a coroutine as the whole of a script: `ssc_rx.run(main())`.

    Like `asyncio.run`, and SIGTERM is heard too: the first signal cancels `main`, so that
    leaving `async with pool:` drains and closes; a second one ends at once.

    Args:
        main: The script.
        loop_factory: Makes the event loop; `uvloop.new_event_loop`, for instance.
            asyncio's own by default.

    Returns:
        What `main` returned.

    Raises:
        KeyboardInterrupt: After Ctrl-C; Python's exit code is then 130.
        SystemExit: After SIGTERM, with exit code 143.
        RuntimeError: If an event loop runs already in this thread.
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        loop = runner.get_loop()
        if threading.current_thread() is not threading.main_thread():
            return runner.run(main)  # signals are the main thread's affair
        task: asyncio.Task[T] | None = None
        terminated = 0

        async def body() -> T:
            nonlocal task
            task = asyncio.current_task()
            return await main

        def terminate(*_: object) -> None:
            nonlocal terminated
            terminated += 1
            if terminated > 1:
                raise _Terminated
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)

        before = signal.signal(signal.SIGTERM, terminate)
        try:
            result = runner.run(body())
        except (asyncio.CancelledError, _Terminated):
            if terminated:
                raise SystemExit(128 + signal.SIGTERM) from None
            raise
        finally:
            signal.signal(signal.SIGTERM, before)
        if terminated:  # it came as `main` was about to return, or was caught
            raise SystemExit(128 + signal.SIGTERM)
        return result
