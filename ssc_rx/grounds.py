"""The ground a pool stands on: its thread and loop, its state, streams and sockets."""

import asyncio
import itertools
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from threading import get_ident
from typing import Any, Literal, NoReturn, SupportsIndex
from weakref import WeakSet

from reactivex.scheduler.eventloop import AsyncIOScheduler

from ssc_rx.core.registry import Registry, check_id
from ssc_rx.core.stats import PoolStats, SocketStats
from ssc_rx.driver import Driver
from ssc_rx.errors import (
    InvalidOptionError,
    PoolNotRunningError,
    WrongThreadError,
    counted,
)
from ssc_rx.events import Event
from ssc_rx.holding import Hold, Holds
from ssc_rx.ledger import Ledger
from ssc_rx.message import Message
from ssc_rx.notebook.live import LiveView
from ssc_rx.notebook.shell import in_ipython
from ssc_rx.options import Buffering, Options, Overflow
from ssc_rx.program import program_name
from ssc_rx.shared import Shared
from ssc_rx.sockets import Socket
from ssc_rx.streams.bridge import Intake, MessageStream
from ssc_rx.streams.hub import Hub, MessageHub
from ssc_rx.streams.stream import Home, LoopScheduler, Stream

__all__ = ["Grounds"]

_numbers = itertools.count(1)
READ_AT_ONCE = 100
"""Sockets of which another thread reads the counters before the event loop may go on."""
_NOBODY = -1
"""The ident of no thread."""

_living: "WeakSet[Grounds]" = WeakSet()


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Grounds:
    """What a pool is and has; what it does comes on top."""

    def __init__(self, name: str | None, options: Options) -> None:
        if name is not None and not isinstance(name, str):
            raise InvalidOptionError(f"name must be a str, not {type(name).__name__}")
        self._name = name or f"{Path(program_name()).stem}-{next(_numbers)}"
        self._named = bool(name)
        self._options = options
        self._state: Literal["new", "running", "stopping", "stopped"] = "new"
        self._thread: int | None = None
        self._driver: Driver | None = None
        self._rx_scheduler: AsyncIOScheduler | None = None
        self._registry: Registry[Socket] = Registry(options.max_sockets)
        self._timing = LoopScheduler(lambda: self._rx_scheduler)
        self._home = home = Home(
            scheduler=self._timing,
            defer=self._defer,
            check_thread=self._check_subscriber,
            hop=self._soon_threadsafe,
        )
        self._ledger = Ledger(home, self._name)
        home.listener = self._ledger
        self._holds = Holds(self._ledger.tell)
        self._messages = MessageHub("pool.messages", home)
        self._to_complete: tuple[Hub[Any], ...] = (self._messages,)
        self._shared: Shared | None = None
        _living.add(self)

    # What it is

    @property
    def name(self) -> str:
        """The pool's name."""
        return self._name

    @property
    def messages(self) -> Stream[Message]:
        """All TEXT and BINARY messages that its sockets receive, merged.

        Hot: nothing is replayed. It never fails, and completes at `stop()`.
        """
        return self._messages

    def stream(
        self,
        *ids: str,
        buffer: int = 1024,
        overflow: Overflow = Overflow.DROP_OLDEST,
        block_timeout: float = 10.0,
    ) -> MessageStream:
        """Messages for a coroutine: `async with pool.stream() as stream: ...`

        It receives from this call on, and ends when the pool has stopped, after what is
        buffered then. May be called before `start()`.

        Args:
            ids: Of whom: whatever sockets have these IDs, now or later, by a look-up;
                other messages cost nothing. Without IDs: of all.
            buffer: How many messages may wait to be taken; `Overflow.LATEST` lets one
                wait, whatever this says.
            overflow: What happens to a message that finds the buffer full. `DROP_OLDEST`,
                the default, `DROP_NEWEST` and `LATEST` drop, which `lost` counts. `BLOCK`
                loses nothing: the sockets that feed it aren't read, for anyone, until
                there is room, and their peers' pings wait as well.
            block_timeout: Seconds after which a stream that blocks so is ended.

        Raises:
            InvalidOptionError, InvalidIdError, EmptyIdError
            WrongThreadError: If called from another thread than the running pool's.
        """
        self._check_consumer("stream")
        buffering = Buffering(buffer, overflow, block_timeout)
        wanted = frozenset(map(check_id, ids))
        messages = self._messages
        only = next(iter(wanted)) if len(wanted) == 1 else ""
        intake = Intake(
            "pool.stream",
            buffering,
            Hold(
                self._holds,
                lambda: self._sockets_of(wanted),
                lambda socket: not wanted or socket.id in wanted,
                only,
            ),
        )
        stream = MessageStream(intake, self._check_consumer, self._soon_threadsafe)
        intake.subscribe(map(messages.by_name, wanted) if wanted else (messages,))
        return stream

    def _sockets_of(self, ids: frozenset[str]) -> Iterable[Socket]:
        if not ids:
            return self._registry
        entries = self._registry.entries
        return [entries[id] for id in ids if id in entries]

    @property
    def events(self) -> Stream[Event]:
        """What happens to sockets, writes and subscribers; completes at `stop()`."""
        return self._ledger.events

    def stats(self) -> PoolStats:
        """A snapshot of the pool and its sockets; cheap, and safe at any time.

        From any thread: no count of it is ever below that of an earlier snapshot. While
        the event loop goes on in another thread, numbers of one snapshot may be some
        writes apart, so that `balanced` holds on the event loop only.
        """
        return self._stats(with_sockets=True)

    def live(self, *, hz: float = 4.0) -> LiveView:
        """In a notebook, show the pool and its sockets, painted a few times a second.

        It stops, and leaves its last state, when its cell is run again or interrupted,
        when the pool has stopped, and at `stop()` of what this returns.

        Args:
            hz: How often a second it is painted.

        Raises:
            NotebookError: If there is no front end that could show it.
            InvalidOptionError: For `hz`.
        """
        from ssc_rx.notebook import views

        return views.live_sockets(f"the pool {self._name!r}", self.stats, hz)

    def _stats(self, *, with_sockets: bool) -> PoolStats:
        """The pool's own counts, those of the sockets gone, and of those in it."""
        ledger, driver = self._ledger, self._driver
        # Before the sockets are asked: one that leaves meanwhile may go on to count.
        refused = ledger.refused + (0 if driver is None else driver.refused_hops)
        gone, sockets = ledger.divide(lambda: self._registry)
        rows = self._read(sockets) if with_sockets else ()
        return ledger.stats(
            self._name,
            self._state,
            rows,
            gone=gone,
            refused=refused,
            subscribers=len(self._messages.subscriptions),
        )

    def _read(self, sockets: Iterable[Socket]) -> Iterator[SocketStats]:
        elsewhere = get_ident() != self._thread
        for n, socket in enumerate(sockets):
            if elsewhere and n % READ_AT_ONCE == 0:
                time.sleep(0)  # lets the event loop have the interpreter
            yield socket.stats

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "a Pool can't be copied or pickled: it belongs to one process and event loop; "
            "make one where it is used, or pass pool.stats() on"
        )

    def __len__(self) -> int:
        return len(self._registry)

    def __bool__(self) -> bool:
        """True, even while it holds no socket."""
        return True

    def __contains__(self, id: object) -> bool:
        return id in self._registry

    def __getitem__(self, id: str) -> Socket:
        return self._registry.get(id)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the IDs, of a copy."""
        return iter(self._registry.ids())

    def __repr__(self) -> str:
        states = Counter(socket.state.value for socket in list(self._registry))
        what = f"{self._name!r} {self._state}, {counted(states.total(), 'socket')}"
        each = ", ".join(f"{n:,} {state}" for state, n in states.most_common())
        return f"<Pool {what}: {each}>" if each else f"<Pool {what}>"

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.pool(self.stats()))

    def count(self) -> int:
        """How many sockets it holds; the same as `len(pool)`."""
        return len(self._registry)

    def _predecessors(self) -> Iterator["Grounds"]:
        """In IPython, the running pools of its name, if the user gave it that.

        They come from the same cell, run before; their tasks keep them alive, and
        nobody else would ever stop them.
        """
        if self._named and in_ipython():
            for pool in list(_living):
                named_so = pool._named and pool._name == self._name
                if named_so and pool is not self and pool._state == "running":
                    yield pool

    # Where it may be used

    @staticmethod
    def _orphan() -> None:
        """In a forked process: loops and connections of all pools are their parent's."""
        for pool in _living:
            pool._thread = _NOBODY
            if pool._shared is not None:
                pool._shared.thread = _NOBODY

    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_orphan)

    def _check_thread(self, call: str) -> None:
        if get_ident() != self._thread:
            raise WrongThreadError(self._name, call)

    def _check_subscriber(self) -> None:
        if self._thread is not None:  # before start() any thread may
            self._check_thread("subscribe")

    def _check_consumer(self, call: str) -> None:
        if self._thread is not None:
            self._check_thread(call)

    def _check_running(
        self, call: str, *, stopping: bool = False, stopped: bool = False
    ) -> Driver:
        """The driver of a pool that takes work; raises if there is none."""
        if self._driver is None:
            raise PoolNotRunningError(self._name, self._state)
        self._check_thread(call)
        if self._driver.loop.is_closed():
            raise PoolNotRunningError(self._name, "left by its event loop")
        if _running_loop() not in (None, self._driver.loop):
            raise WrongThreadError(self._name, call)  # its futures are of no use there
        states = {"running", stopping and "stopping", stopped and "stopped"}
        if self._state not in states:
            raise PoolNotRunningError(self._name, self._state)
        return self._driver

    def _defer(self, callback: Any) -> None:
        if self._driver is None:  # nothing runs yet: nothing to wait for
            callback()
        else:
            self._driver.soon(callback)

    def _soon_threadsafe(self, callback: Callable[[], None]) -> None:
        if self._driver is not None:
            self._driver.soon_threadsafe(callback)

    def list(self) -> list[str]:
        """The IDs of its sockets, in the order in which they came."""
        return self._registry.ids()
