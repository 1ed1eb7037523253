"""What the sockets of one pool share: its driver, its streams, its ear."""

from collections.abc import Callable, Collection
from threading import get_ident
from typing import Any

from ssc_rx.driver import Driver
from ssc_rx.errors import PoolNotRunningError, WrongThreadError
from ssc_rx.events import Event, SocketKind
from ssc_rx.holding import Holds
from ssc_rx.streams.hub import MessageHub
from ssc_rx.streams.stream import Home
from ssc_rx.streams.writes import Writes

__all__ = ["Shared"]

_GOLDEN_RATIO = 0.6180339887498949


class Shared:
    """Made when a pool starts.

    Attributes:
        driver: Time, flushes, turns of the loop.
        home: Where the streams live.
        emit: Takes what its sockets receive, into the pool's stream.
        named: The hubs of IDs that somebody subscribes to.
        writes: The pool's writes, which show what its sockets accept.
        tell: Takes what happened.
        write_refused: Takes the ID and error of a write pushed into a Subject.
        refused_late: Counts a refused write of a socket that is gone.
        takes_place: Told of each socket that is open for the first time.
        round_trip: Told how many seconds a peer took to answer a ping.
        connection_ended: Told of the kind of socket and the close code.
        gone: Told of each socket that is to be counted no more.
        ended: Told of it when its connection has ended as well.
        joined, left: Told of the tags that a socket bears from now on, or no more.
        holds: The streams that hold sockets.
        thread: The ident of the event loop's thread.
    """

    __slots__ = (
        "_name",
        "_spread",
        "connection_ended",
        "driver",
        "emit",
        "ended",
        "gone",
        "holds",
        "home",
        "joined",
        "left",
        "named",
        "refused_late",
        "round_trip",
        "takes_place",
        "tell",
        "thread",
        "write_refused",
        "writes",
    )

    def __init__(
        self,
        *,
        name: str,
        driver: Driver,
        home: Home,
        messages: MessageHub,
        writes: Writes,
        tell: Callable[[Event], None],
        write_refused: Callable[[str, Exception], None],
        refused_late: Callable[[], None],
        takes_place: Callable[[Any], None],
        round_trip: Callable[[float], None],
        connection_ended: Callable[[SocketKind, int], None],
        gone: Callable[[Any], None],
        ended: Callable[[Any], None],
        joined: Callable[[Any, Collection[str]], None],
        left: Callable[[Any, Collection[str]], None],
        holds: Holds,
    ) -> None:
        self._name = name
        self._spread = 0.0
        self.driver = driver
        self.home = home
        self.emit = messages.emit  # bound once, not by each socket
        self.named = messages.named
        self.writes = writes
        self.tell = tell
        self.write_refused = write_refused
        self.refused_late = refused_late
        self.takes_place = takes_place
        self.round_trip = round_trip
        self.connection_ended = connection_ended
        self.gone = gone
        self.ended = ended
        self.joined = joined
        self.left = left
        self.holds = holds
        self.thread = get_ident()

    def check_thread(self, call: str) -> None:
        """Raise `WrongThreadError` outside the event loop's thread."""
        if get_ident() != self.thread:
            raise WrongThreadError(self._name, call)

    def without_loop(self) -> PoolNotRunningError:
        """Why nothing is taken once the event loop was closed under the pool."""
        return PoolNotRunningError(self._name, "left by its event loop")

    def next_spread(self) -> float:
        """Numbers from 0 to 1 that lie evenly, however many are taken."""
        self._spread = (self._spread + _GOLDEN_RATIO) % 1.0
        return self._spread
