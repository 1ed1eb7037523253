"""A pool on an event loop and a thread of its own: for scripts and for what blocks."""

import asyncio
import concurrent.futures
import inspect
import threading
from collections.abc import Awaitable, Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, overload

from ssc_rx.errors import PoolNotRunningError

__all__ = ["PoolThread", "stop_elsewhere"]

P = ParamSpec("P")
T = TypeVar("T")


class _Startable(Protocol):
    """What a thread needs of a pool."""

    @property
    def name(self) -> str: ...

    async def start(self) -> None: ...

    def stop(self, deadline: float = 5.0) -> Awaitable[None]: ...

    def wait_stopped(self) -> Awaitable[None]: ...


PoolT = TypeVar("PoolT", bound=_Startable)


class PoolThread(Generic[PoolT]):
    """What `pool.in_thread()` gives: `with` it, and the pool runs until the end of that.

    Entering starts the pool, with what `start()` raises; leaving stops it. In a notebook,
    where a pool is to live on after its cell, call `start()` and `stop()` instead. All
    methods may be called from any other thread.

    The pool's subscribers run in its thread, in the context of whoever subscribed: what
    they print comes out in the cell of `thread.call(stream.subscribe, print)`, also while
    another cell computes.

    Attributes:
        pool: The pool. From other threads use `call`, `pool.write_threadsafe`, the
            `on_next` of its Subjects, and what only reads (`stats`, `list`, `count`).
    """

    def __init__(self, pool: PoolT) -> None:
        self.pool = pool
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._end: asyncio.Event | None = None

    def __repr__(self) -> str:
        running = self._thread is not None and self._thread.is_alive()
        return f"<PoolThread {'running' if running else 'not running'}, {self.pool!r}>"

    def __enter__(self) -> "PoolThread[PoolT]":
        """Start it; see `start`."""
        return self.start()

    def start(self) -> "PoolThread[PoolT]":
        """Start the thread, and the pool in it: `thread = Pool(...).in_thread().start()`

        It ends with the pool, whoever stops that.

        Raises:
            PoolStartError, MonitorError: As `start()` of the pool.
            PoolNotRunningError: If it was started before.
        """
        if self._thread is not None:
            raise PoolNotRunningError(self.pool.name, "one that had its thread")
        started: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(
            target=self._run,
            args=(started,),
            name=f"ssc-rx {self.pool.name}",
            daemon=True,
        )
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self, timeout: float = 10.0) -> None:
        """Stop the pool, and wait for the end of the thread; again does nothing.

        Args:
            timeout: Seconds to wait.

        Raises:
            TimeoutError: If it hasn't ended by then: a subscriber blocks it.
            RuntimeError: If called from the pool's own thread; stop the pool there.
        """
        if self._thread is None:
            return
        if self._thread is threading.current_thread():
            raise RuntimeError(
                "stop() was used in the pool's own thread, whose end it would wait for; "
                "call pool.stop() there"
            )
        if self._loop is not None and self._end is not None:
            with suppress(RuntimeError):  # the loop has ended already
                self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError(
                f"the thread of the pool {self.pool.name!r} hasn't ended within {timeout} "
                "s: a subscriber, or a function given to call(), blocks it; it stops when "
                "that returns"
            )

    @overload
    def call(
        self, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    @overload
    def call(
        self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T: ...

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function on the pool's event loop, and wait for its result.

        What it returns is awaited if it can be: `thread.call(pool.remove_socket, "x")`
        waits until the socket has closed. Ctrl-C while it waits cancels that.

        Raises:
            PoolNotRunningError: Outside the `with` statement.
            RuntimeError: If called from the pool's own thread, which it would block.
        """
        loop, thread = self._loop, self._thread
        if loop is None or thread is None or not thread.is_alive():
            raise PoolNotRunningError(self.pool.name, "without a thread")
        if thread is threading.current_thread():
            raise RuntimeError(
                "call() was used in the pool's own thread, which it would block for ever; "
                "await the coroutine there"
            )

        async def run() -> Any:
            result = function(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

        future = asyncio.run_coroutine_threadsafe(run(), loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def _run(self, started: "concurrent.futures.Future[None]") -> None:
        try:
            asyncio.run(self._live(started))
        except BaseException as error:
            if not started.done():
                started.set_exception(error)

    async def _live(self, started: "concurrent.futures.Future[None]") -> None:
        self._loop = asyncio.get_running_loop()
        self._end = end = asyncio.Event()
        await self.pool.start()
        stopped = asyncio.ensure_future(self.pool.wait_stopped())
        stopped.add_done_callback(lambda _: end.set())
        started.set_result(None)
        try:
            await end.wait()
        finally:
            await self.pool.stop()


async def stop_elsewhere(
    pool: _Startable, loop: asyncio.AbstractEventLoop, timeout: float
) -> None:
    """Stop a pool on whatever event loop it runs, and wait for that.

    Args:
        pool: The pool.
        loop: Its own; if that no longer runs, its connections are gone with it.
        timeout: Seconds to wait, as its thread may be blocked.
    """
    if not loop.is_running():
        return

    async def stop() -> None:
        await pool.stop()

    stopping = asyncio.run_coroutine_threadsafe(stop(), loop)
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.wrap_future(stopping), timeout)
