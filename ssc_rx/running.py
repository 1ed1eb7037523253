"""A script's main coroutine, ended in order by Ctrl-C and by SIGTERM."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from types import FrameType, TracebackType
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
    process at once, whatever it does. After the first, the script ends without a
    traceback, and whoever started it sees why: as a process that SIGINT killed, which a
    shell calls 130, or with exit code 143.

    Args:
        main: The script.
        loop_factory: Makes the event loop; `uvloop.new_event_loop`, for instance.
            asyncio's own by default.

    Returns:
        What `main` returned.

    Raises:
        KeyboardInterrupt: After Ctrl-C; nothing is printed if nobody catches it.
        SystemExit: After SIGTERM, with exit code 143.
        RuntimeError: If an event loop runs already in this thread.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        main.close()
        raise RuntimeError(
            "run() is for scripts: an event loop runs already in this thread, as it does "
            "in a notebook; `await main()` instead"
        )
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
        raise _quiet(KeyboardInterrupt())
    raise SystemExit(128 + heard[0])


def _quiet(end: KeyboardInterrupt) -> KeyboardInterrupt:
    """The same, of which Python prints no traceback if it ends the process.

    All else that Python does then stays: `finally`, atexit, flushing; and dying of
    SIGINT, by which a shell's loop knows that it is to end as well. SystemExit(130)
    would end the script only.
    """
    before = sys.excepthook

    def hook(
        type: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if error is not end:
            before(type, error, traceback)

    sys.excepthook = hook
    return end
