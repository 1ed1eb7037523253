"""The hub: one value in, every subscriber served, none able to harm another."""

import contextvars
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from reactivex import abc
from reactivex.disposable import Disposable

from ssc_rx.errors import ReentrancyLimitError
from ssc_rx.message import Message
from ssc_rx.notebook.shell import spare
from ssc_rx.streams.stream import Home, Stream

__all__ = ["ByName", "Hub", "MessageHub", "Subscription"]

T = TypeVar("T")

DRAINED_PER_TURN = 1_000
"""Values that wait behind a running emission and are delivered in the same turn."""
MAX_WAITING = 10_000
"""Values that may wait behind a running emission."""


class Subscription:
    """One observer of a hub.

    Attributes:
        observer: It.
        run: Calls a function in the context in which it subscribed.
        failures: How often it raised.
    """

    __slots__ = ("failures", "hub", "observer", "run")

    def __init__(self, hub: "Hub[Any]", observer: abc.ObserverBase[Any]) -> None:
        self.hub = hub
        self.observer = observer
        # A context that is entered can't be entered again: one copy per subscription.
        self.run = contextvars.copy_context().run
        self.failures = 0

    def dispose(self) -> None:
        self.hub.drop(self)


class Hub(Stream[T]):
    """A hot, never failing source.

    The tuple of targets is copied on write, so that an emission needs no lock and
    subscribing or disposing inside `on_next` takes effect with the next value.

    Attributes:
        name: For events and error texts.
        completed: Whether it has ended.
        observed: Whether anybody subscribes.
    """

    def __init__(self, name: str, home: Home) -> None:
        super().__init__()
        self.name = name
        self.home = home
        self.completed = False
        self.observed = False
        self._subscriptions: tuple[Subscription, ...] = ()
        self._targets: tuple[
            tuple[Callable[..., object], Callable[[T], None], Subscription], ...
        ] = ()
        self._emitting = False
        self._waiting: deque[T] = deque()

    @property
    def full(self) -> bool:
        """Whether as much waits behind a running emission as may."""
        return len(self._waiting) >= MAX_WAITING

    def emit(self, value: T) -> None:
        """Deliver to all, from a source that can't be re-entered (a reader)."""
        for run, on_next, subscription in self._targets:
            try:
                run(on_next, value)
            except BaseException as error:
                self._failed(subscription, error, value)

    def emit_in_turn(self, value: T) -> None:
        """Deliver to all; what is emitted meanwhile waits, so that all see one order.

        Raises:
            ReentrancyLimitError: If too much waits already; the value is not taken.
        """
        if self.completed:
            return
        if self._emitting or self._waiting:
            if self.full:
                raise ReentrancyLimitError(self.name, MAX_WAITING)
            self._waiting.append(value)
            return
        self._emitting = True
        try:
            self.emit(value)
            self._drain()
        finally:
            self._emitting = False

    def _drain(self) -> None:
        for _ in range(DRAINED_PER_TURN):
            if not self._waiting:
                return
            self.emit(self._waiting.popleft())
        if self._waiting:
            self.home.defer(self._drain_later)

    def _drain_later(self) -> None:
        self._emitting = True
        try:
            self._drain()
        finally:
            self._emitting = False

    def complete(self, *last: T) -> None:
        """Complete every subscriber, once; later ones complete at once.

        What waits is delivered before, then `last`; what comes about meanwhile isn't.
        """
        if self.completed:
            return
        self.completed = True
        waiting, self._waiting = self._waiting, deque()
        for value in (*waiting, *last):
            self.emit(value)
        subscriptions = self._subscriptions
        self._set(())
        for subscription in subscriptions:
            try:
                subscription.run(subscription.observer.on_completed)
            except BaseException as error:
                self._failed(subscription, error, None)

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[T],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        return self.attach(observer)

    def attach(self, observer: abc.ObserverBase[T]) -> abc.DisposableBase:
        """Subscribe an observer that knows by itself when it is done."""
        if self.completed:
            observer.on_completed()
            return Disposable()
        self.home.check_thread()
        subscription = Subscription(self, observer)
        self._set((*self._subscriptions, subscription))
        return Disposable(subscription.dispose)

    def drop(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        self._set(tuple(s for s in self._subscriptions if s is not subscription))

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Its subscriptions, in their order."""
        return self._subscriptions

    def run_by(self, runner: Callable[[Subscription], Callable[..., object]]) -> None:
        """Call subscribers by what `runner` makes of each subscription, for a while.

        So emissions can be timed without a test in those that aren't. It ends with
        `run_plainly`, and whenever somebody subscribes or unsubscribes.
        """
        self._targets = tuple(
            (runner(s), s.observer.on_next, s) for s in self._subscriptions
        )

    def run_plainly(self) -> None:
        """Call subscribers as usual."""
        self._targets = tuple(
            (s.run, s.observer.on_next, s) for s in self._subscriptions
        )

    def _set(self, subscriptions: tuple[Subscription, ...]) -> None:
        self._subscriptions = subscriptions
        self.observed = bool(subscriptions)
        self.run_plainly()

    def _failed(
        self, subscription: Subscription, error: BaseException, value: T | None
    ) -> None:
        subscription.failures += 1
        ended = subscription not in self._subscriptions
        tell, id = self.home.listener.subscriber_failed, getattr(value, "id", "")
        # In its context: a notebook shows it in the cell that subscribed.
        subscription.run(tell, self.name, id, error, subscription.failures, ended)
        if isinstance(error, (KeyboardInterrupt, SystemExit)) and not spare(error):
            self.home.defer(_raiser(error))  # everybody is served, then it takes effect


def _raiser(error: BaseException) -> Callable[[], None]:
    def raise_it() -> None:
        raise error

    return raise_it


class _Named(Hub[Message]):
    """The messages of one name; leaves the parent's table with its last subscriber."""

    def __init__(self, parent: "MessageHub", id: str) -> None:
        super().__init__(parent.name, parent.home)
        self._parent = parent
        self._id = id

    def _set(self, subscriptions: tuple[Subscription, ...]) -> None:
        super()._set(subscriptions)
        if subscriptions:
            self._parent.named[self._id] = self
        elif self._parent.named.get(self._id) is self:
            del self._parent.named[self._id]


class ByName(Stream[Message]):
    """The messages of one name: subscribed to at the hub that the name has then."""

    def __init__(self, parent: "MessageHub", id: str) -> None:
        super().__init__()
        self.home = parent.home
        self.name = parent.name
        self._parent = parent
        self._id = id

    def _subscribe_core(
        self,
        observer: abc.ObserverBase[Message],
        scheduler: abc.SchedulerBase | None = None,
    ) -> abc.DisposableBase:
        return self.attach(observer)

    def attach(self, observer: abc.ObserverBase[Message]) -> abc.DisposableBase:
        """As `Hub.attach`, at the hub that the name has now."""
        return self._parent.hub_of(self._id).attach(observer)


class MessageHub(Hub[Message]):
    """`pool.messages`: every message, and by look-up those of one name.

    Attributes:
        named: The hubs of the names that somebody subscribes to.
    """

    def __init__(self, name: str, home: Home) -> None:
        super().__init__(name, home)
        self.named: dict[str, Hub[Message]] = {}

    def emit(self, value: Message) -> None:
        for run, on_next, subscription in self._targets:
            try:
                run(on_next, value)
            except BaseException as error:
                self._failed(subscription, error, value)
        if self.named and (hub := self.named.get(value.id)) is not None:
            hub.emit(value)

    def by_name(self, id: str) -> Stream[Message]:
        """The messages of whatever socket has this ID, now or later: a look-up."""
        return ByName(self, id)

    def hub_of(self, id: str) -> Hub[Message]:
        if self.completed:
            return self
        return self.named.get(id) or _Named(self, id)

    def complete(self, *last: Message) -> None:
        super().complete(*last)
        for hub in list(self.named.values()):
            hub.complete()
        self.named.clear()
