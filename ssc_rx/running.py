"""A script's main coroutine, ended in order by Ctrl-C and by SIGTERM."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any, TypeVar

__all__ = ["run"]

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run(
    main: Coroutine[Any, Any, T],
    *,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run a coroutine as the whole of a script: `ssc_rx.run(main())`.

    Like `asyncio.run`, for two signals: the first SIGINT (Ctrl-C) or SIGTERM cancels
    `main`, so that leaving `async with pool:` drains and closes; a second one ends the
    process at once, whatever it does.

    Args:
        main: The script.
        loop_factory: Makes the event loop; `uvloop.new_event_loop`, for instance.
            asyncio's own by default.

    Returns:
        What `main` returned.

    Raises:
        KeyboardInterrupt: After Ctrl-C.
        SystemExit: After SIGTERM, with exit code 143.
        RuntimeError: If an event loop runs already in this thread.
    """
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        if threading.current_thread() is not threading.main_thread():
            return runner.run(main)  # signals are the main thread's affair
        loop = runner.get_loop()
        heard: list[int] = []
        task: asyncio.Task[T] | None = None

        async def body() -> T:
            nonlocal task
            task = asyncio.current_task()
            return await main

        def hear(number: int, frame: FrameType | None) -> None:
            if heard:
                signal.signal(number, signal.SIG_DFL)
                os.kill(os.getpid(), number)
            heard.append(number)
            if task is not None:
                loop.call_soon_threadsafe(task.cancel)

        before = {number: signal.signal(number, hear) for number in SIGNALS}
        try:
            result = runner.run(body())
        except asyncio.CancelledError:
            if not heard:
                raise
        else:
            if not heard:  # else it was caught, or came as `main` was about to return
                return result
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if heard[0] == signal.SIGINT:
        raise KeyboardInterrupt
    raise SystemExit(128 + heard[0])
