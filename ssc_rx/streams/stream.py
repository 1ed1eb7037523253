"""`Stream`: an Observable at home in a pool and its event loop."""

import asyncio
import inspect
from collections.abc import Callable
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, TypeVar, cast

from reactivex import Observable, abc, typing
from reactivex.disposable import SingleAssignmentDisposable
from reactivex.scheduler.eventloop import AsyncIOScheduler
from reactivex.scheduler.periodicscheduler import PeriodicScheduler

from ssc_rx.errors import WrongThreadError
from ssc_rx.notebook.live import LiveView

__all__ = ["Home", "LoopScheduler", "Stream"]

T_co = TypeVar("T_co", covariant=True)
State = TypeVar("State")


class LoopScheduler(PeriodicScheduler):
    """Schedules on the pool's event loop; what comes before there is one begins with it.

    reactivex's own default is a new thread for each time operator.

    Args:
        loop_scheduler: Gives the scheduler of that loop; `None` as long as it is unknown.
    """

    def __init__(self, loop_scheduler: Callable[[], AsyncIOScheduler | None]) -> None:
        super().__init__()
        self._loop_scheduler = loop_scheduler
        self._waiting: list[Callable[[], None]] = []

    def begin(self) -> None:
        """The loop is known now."""
        waiting, self._waiting = self._waiting, []
        for schedule in waiting:
            schedule()

    def schedule(
        self, action: typing.ScheduledAction[State], state: State | None = None
    ) -> abc.DisposableBase:
        return self._on_loop(lambda loop: loop.schedule(action, state))

    def schedule_relative(
        self,
        duetime: typing.RelativeTime,
        action: typing.ScheduledAction[State],
        state: State | None = None,
    ) -> abc.DisposableBase:
        return self._on_loop(
            lambda loop: loop.schedule_relative(duetime, action, state)
        )

    def schedule_absolute(
        self,
        duetime: typing.AbsoluteTime,
        action: typing.ScheduledAction[State],
        state: State | None = None,
    ) -> abc.DisposableBase:
        return self._on_loop(
            lambda loop: loop.schedule_absolute(duetime, action, state)
        )

    def _on_loop(
        self, schedule: Callable[[AsyncIOScheduler], abc.DisposableBase]
    ) -> abc.DisposableBase:
        loop = self._loop_scheduler()
        if loop is not None:
            return schedule(loop)
        scheduled = SingleAssignmentDisposable()

        def begin() -> None:
            loop = self._loop_scheduler()
            if loop is not None and not scheduled.is_disposed:
                scheduled.disposable = schedule(loop)

        # In the context of now, which timers keep, and not in that of `start()`.
        self._waiting.append(partial(copy_context().run, begin))
        return scheduled


class Listener(Protocol):
    """Who is told what goes wrong in a stream."""

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int, ended: bool
    ) -> None:
        """A subscriber raised, for the `failures`th time; `ended`: its last.

        `id` is the socket's whose message was being delivered, if there is one.
        """

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        """An Observable that fed the Subject `stream` failed."""

    def payload_invalid(self, id: str, error: Exception) -> None:
        """An operator skipped a payload of the socket `id`."""


class Home:
    """What streams need of the pool they live in.

    Attributes:
        scheduler: The default scheduler of time operators.
        defer: Runs a callable in a later turn of the loop.
        check_thread: Raises if streams may not be subscribed to in this thread.
        hop: Runs a callable in the thread where they may, in a later turn of its loop.
        listener: Told what goes wrong; set before anything is emitted.
    """

    __slots__ = ("check_thread", "defer", "hop", "listener", "scheduler")

    listener: Listener

    def __init__(
        self,
        *,
        scheduler: abc.SchedulerBase,
        defer: Callable[[Callable[[], None]], None],
        check_thread: Callable[[], None],
        hop: Callable[[Callable[[], None]], None] | None = None,
    ) -> None:
        self.scheduler = scheduler
        self.defer = defer
        self.check_thread = check_thread
        self.hop = hop or defer

    def enter(self, callback: Callable[[], None]) -> None:
        """Call where streams may be subscribed to: here, or in the pool's thread."""
        try:
            self.check_thread()
        except WrongThreadError:
            self.hop(callback)
        else:
            callback()


class Stream(Observable[T_co]):
    """An Observable whose operators give a `Stream` again.

    It differs from a plain `reactivex.Observable` in three ways:

    - `subscribe` refuses a coroutine function, which would never be awaited;
    - each subscriber runs in the `contextvars` context in which it subscribed;
    - time operators (`debounce`, `buffer_with_time`, ...) run on the pool's event loop
      unless they are given another scheduler.

    Streams are hot: nothing is replayed, and unsubscribing closes no socket. They
    belong to the event loop's thread.
    """

    home: Home
    name = "stream"
    """What it is called, for events, error texts and reprs."""

    def __repr__(self) -> str:
        return f"<Stream {self.name}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.stream(self.name))

    if not TYPE_CHECKING:  # the overloads of Observable.pipe say it all

        def pipe(self, *operators: Callable[[Any], Any]) -> Any:
            result: Any = self
            for operator in operators:
                result = adopt(operator(result), self.home)
            return result

    def subscribe(
        self,
        on_next: abc.ObserverBase[T_co] | Callable[[T_co], object] | None = None,
        on_error: abc.OnError | None = None,
        on_completed: abc.OnCompleted | None = None,
        *,
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        """Subscribe an observer, or up to three callbacks.

        Args:
            on_next: Called with each value, synchronously, on the event loop; or an
                observer. One that raises is reported as `SubscriberFailed` and goes on
                receiving; the other subscribers don't notice.
            on_error: Called when the pipeline fails; pool streams themselves never do.
            on_completed: Called once, when the pool has stopped or the socket is gone.
            scheduler: For time operators; the pool's event loop by default.

        Returns:
            The subscription; `dispose()` ends it.

        Raises:
            TypeError: If a callback is a coroutine function.
        """
        for callback in (
            getattr(on_next, "on_next", on_next),
            on_error,
            on_completed,
        ):
            if callback is not None and not callable(callback):
                raise TypeError(
                    f"a subscriber must be callable, not {type(callback).__name__}"
                )
            if _is_async(callback):
                raise TypeError(
                    f"{_name(callback)} is a coroutine function: a subscriber is called "
                    "synchronously, so it would never be awaited; use `async for "
                    "message in pool.stream()`, or subscribe a plain function that "
                    "starts a task in a TaskGroup"
                )
        return super().subscribe(
            cast(Any, on_next),  # what a callback returns is of no interest
            on_error,
            on_completed,
            scheduler=scheduler or self.home.scheduler,
        )

    def tail(self, n: int = 10, *, hz: float = 4.0) -> LiveView:
        """In a notebook, show the last values, painted again a few times a second.

        It stops, and leaves its last state, when its cell is run again or interrupted,
        when the stream ends, and at `stop()` of what this returns.

        Args:
            n: How many; at most 50.
            hz: How often a second it is painted, whatever comes meanwhile.

        Raises:
            NotebookError: If there is no front end that could show it.
            InvalidOptionError: For `n` or `hz`.
        """
        from ssc_rx.notebook import views

        return views.tail(self.name, self._listen, n, hz)

    def live_rate(self, *, seconds: float = 60.0, hz: float = 4.0) -> LiveView:
        """In a notebook, show how many values come a second, as a line.

        It ends as `tail` does.

        Args:
            seconds: How far back the line goes.
            hz: How often a second it is painted.

        Raises:
            NotebookError: If there is no front end that could show it.
            InvalidOptionError: For `seconds` or `hz`.
        """
        from ssc_rx.notebook import views

        return views.live_rate(self.name, self._listen, hz, seconds)

    def _listen(
        self,
        hear: Callable[[Any], None],
        end: Callable[[BaseException | None], None],
    ) -> Callable[[], None]:
        """Subscribe from any thread; gives what disposes of that, from any."""
        subscription = SingleAssignmentDisposable()

        def begin() -> None:
            subscription.disposable = self.subscribe(hear, end, lambda: end(None))

        self.home.enter(begin)
        return lambda: self.home.enter(subscription.dispose)

    def run(self, scheduler: abc.SchedulerBase | None = None) -> T_co:
        """Block the thread until it completes, and give the last value.

        Raises:
            RuntimeError: If an event loop runs in this thread: it would wait for ever.
        """
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return super().run(scheduler)
        raise RuntimeError(
            "run() would block the event loop that the stream needs, for ever; use "
            "`await stream.pipe(ops.take(1))`, or `await` any other stream that ends"
        )

    def __aiter__(self) -> NoReturn:
        """Not this way."""
        raise TypeError(
            "a Stream pushes to its subscribers; to pull: `async with pool.stream() as "
            "stream: async for message in stream: ...`"
        )


def adopt(result: Any, home: Home) -> Any:
    """Make what an operator returned a `Stream` of this home, if it can be one."""
    if type(result) is Observable:
        stream = cast("Any", result)
        stream.__class__ = Stream
        stream.home = home
    return cast("Any", result)


def _is_async(callback: object) -> bool:
    return inspect.iscoroutinefunction(callback) or inspect.iscoroutinefunction(
        getattr(callback, "__call__", None)  # noqa: B004 - the method itself is wanted
    )


def _name(callback: object) -> str:
    return getattr(callback, "__qualname__", type(callback).__qualname__)
