"""The seams: what the parts of the library may know of each other.

Transport ──calls──▶ Receiver        what a socket hears from its connection
Receiver  ──calls──▶ Transport       what a socket tells its connection
Receiver  ──calls──▶ Dialler         what opens it again
Driver    ──calls──▶ Driven          time and flushes
Monitor   ──reads──▶ Watched         what a monitor sees of a pool
Monitor   ──calls──▶ Controlled      what it may do to one, if it may at all
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

import msgspec

from ssc_rx.errors import DialError
from ssc_rx.events import CloseInfo, Event, HandshakeRefusal, SocketKind
from ssc_rx.message import Message, MessageType

if TYPE_CHECKING:  # a port only names them
    from asyncio import Future

    from reactivex import Observable

    from ssc_rx.core.stats import PoolStats, SocketStats
    from ssc_rx.options import Options
    from ssc_rx.streams.hub import Hub
    from ssc_rx.writing import BroadcastResult

__all__ = [
    "Controlled",
    "ControlledSocket",
    "Dialler",
    "Driven",
    "Flushable",
    "Held",
    "Outgoing",
    "Receiver",
    "Refusal",
    "Transport",
    "Watched",
    "WatchedSocket",
]


class Outgoing(msgspec.Struct, gc=False):
    """A write that was accepted: what an outbox holds and a transport sends.

    One object serves all recipients of a broadcast. `wire` is its frame where that is
    the same bytes for many connections (sent by a server, without extensions): the
    first transport to need it fills it in.
    """

    type: MessageType
    payload: bytes
    wire: bytes | None = None


class Refusal(NamedTuple):
    """The HTTP answer to an opening handshake that isn't let in.

    Attributes:
        status: The HTTP status.
        text: Why, in English.
        reason: Under which it is counted.
    """

    status: int
    text: str
    reason: HandshakeRefusal = "error"


class Receiver(Protocol):
    """What a transport tells the socket above it; all on the event loop."""

    def on_data(self, now: float) -> None:
        """Something was read at loop time `now`; its messages follow."""

    def on_message(self, type: MessageType, payload: bytes) -> None:
        """A whole TEXT or BINARY message; TEXT is checked to be UTF-8."""

    def on_pong(self, payload: bytes) -> None:
        """A PONG (RFC 6455 section 5.5.3)."""

    def on_writable(self) -> None:
        """The transport takes data again, after it did not."""

    def on_closing(self, error: Exception | None) -> None:
        """The peer began to close, or broke the protocol (`error`); no more messages."""

    def on_closed(self, info: CloseInfo) -> None:
        """The connection is gone; the last call."""


@runtime_checkable
class Transport(Protocol):
    """One open connection, whatever carries it.

    Nothing here blocks, awaits or raises for the state of the connection. Calls to the
    receiver never come from inside a call to the transport.
    """

    can_ping: bool
    """Whether PING and PONG can be sent; web servers may keep them to themselves."""

    can_abort: bool
    """Whether `abort` cuts the connection; else whoever keeps it does, later."""

    can_pause: bool
    """Whether a peer that isn't read is held back; else a web server may keep what it
    sends, in memory that nobody bounds."""

    can_join: bool
    """Whether messages that are handed over together leave in one write."""

    hosted: bool
    """Whether it ends with the route handler that was given it."""

    @property
    def writable(self) -> bool:
        """Whether a write would be taken now."""
        ...

    @property
    def remote_address(self) -> Any:
        """The peer's address, as the operating system gives it; `None` if unknown."""

    @property
    def subprotocol(self) -> str | None:
        """The negotiated subprotocol (RFC 6455 section 1.9)."""

    @property
    def request(self) -> Any:
        """The opening request, with `path` and `headers`; `None` if there was none."""

    def attach(self, receiver: Receiver) -> None:
        """Deliver to `receiver` from the next turn of the loop on.

        While reading is paused another may take its place, which is told all that
        follows.
        """

    def write(self, batch: Sequence[Outgoing]) -> None:
        """Hand over messages, in order; only while `writable`."""

    def ping(self, payload: bytes) -> None:
        """Send a PING past the queue."""

    def close(self, code: int, reason: str) -> None:
        """Start the closing handshake, if it hasn't begun."""

    def abort(self) -> None:
        """Cut the connection at once; `on_closed` follows, and no message before it."""

    def pause_reading(self) -> None:
        """Read nothing and tell nothing more, until `resume_reading`.

        No `on_message`, `on_pong`, `on_closing` or `on_closed` comes after this returns;
        what was read already is kept, in order. May be called inside `on_message`.
        """

    def resume_reading(self) -> None:
        """Go on in a later turn of the loop, with what was kept."""


class Dialler(Protocol):
    """What opens a socket again whose connection is gone."""

    def comes_back(self, cause: CloseInfo | DialError, uptime: float) -> bool:
        """Whether it is to, after a connection that lasted `uptime` seconds."""
        ...

    def dial_again(self, cause: CloseInfo | DialError) -> None:
        """Begin with it; the socket is in the state reconnecting."""


class Flushable(Protocol):
    """What the driver flushes: something with an outbox."""

    def flush(self) -> None:
        """Hand over what was queued in this turn of the loop."""

    def broke(self, error: Exception) -> None:
        """It raised, which must not keep others from their turn."""


class Driven(Flushable, Protocol):
    """What the driver drives: something with a deadline besides."""

    due: float

    def on_due(self, now: float) -> None:
        """The deadline `due` has come."""


class Held(Protocol):
    """What a stream that may lose nothing holds back: a socket. Hashable, by identity."""

    id: str

    def hold(self, by: object) -> None:
        """Receive nothing, from this call on, until every holder has released it."""

    def release(self, by: object) -> None:
        """This holder lets go of it."""


class WatchedSocket(Protocol):
    """What a monitor sees of a socket. Hashable, by identity."""

    id: str
    kind: SocketKind
    url: str | None
    tags: frozenset[str]
    messages_in: int

    @property
    def options(self) -> "Options":
        """What bounds it."""
        ...

    @property
    def stats(self) -> "SocketStats":
        """A snapshot of its state and counters."""
        ...

    @property
    def remote_address(self) -> Any:
        """The peer's address; `None` if unknown."""

    @property
    def subprotocol(self) -> str | None:
        """The negotiated subprotocol."""

    @property
    def request(self) -> Any:
        """The opening request, with `path` and `headers`; `None` if there was none."""

    def tap(
        self, receive: Callable[[Message], None] | None
    ) -> Callable[[Message], None]:
        """Give received messages to `receive`, which passes them to what this returns.

        `None` takes the tap out: a socket without one pays nothing for that it can have
        one.
        """
        ...


class Watched(Protocol):
    """What a monitor sees of a pool."""

    @property
    def name(self) -> str:
        """The pool's name."""
        ...

    @property
    def events(self) -> "Observable[Event]":
        """What happens to its sockets."""
        ...

    @property
    def writes(self) -> "Observable[Message]":
        """Every write accepted."""
        ...

    def sockets(self) -> Sequence[WatchedSocket]:
        """Those in the pool now."""
        ...

    def socket(self, id: str) -> WatchedSocket | None:
        """The one that has this ID."""
        ...

    def message_hubs(self) -> "Iterator[tuple[str, Hub[Message]]]":
        """What its subscribers subscribe to, each with the ID it is for.

        `pool.messages` comes first, with an empty ID, then those that have subscribers.
        """
        ...

    def without_sockets(self) -> "PoolStats":
        """The pool's own counts and those of the sockets that are gone."""
        ...


class ControlledSocket(Protocol):
    """What a monitor may do to a socket."""

    id: str

    @property
    def state(self) -> str:
        """Where it is in its life."""
        ...

    def close(self, code: int, reason: str) -> "Future[CloseInfo]":
        """Close it for good, after what is queued."""
        ...

    def ping(self) -> "Future[float]":
        """Send a ping past the queue; gives the seconds of its round trip."""
        ...


class Controlled(Protocol):
    """What a monitor may do to a pool: by the doors that are everybody's."""

    def __getitem__(self, id: str) -> ControlledSocket:
        """The socket of this ID."""
        ...

    def tagged(self, tag: str) -> Iterable[str]:
        """The IDs of those that bear a tag."""
        ...

    def write_all(
        self, message: Message, *, to: Iterable[str] | None = None
    ) -> "BroadcastResult":
        """Queue a message for the sockets of these IDs, or for all."""
        ...
