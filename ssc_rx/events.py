"""What happened to sockets, writes and subscribers: the values of `pool.events`.

Every event is immutable and has `time` (UNIX seconds) and `id` (the socket's ID; empty
when it concerns the pool as a whole).
"""

from typing import Literal

import msgspec

__all__ = [
    "CloseInfo",
    "DialFailed",
    "Event",
    "LostReason",
    "PayloadInvalid",
    "PoolStopped",
    "SocketClosed",
    "SocketKind",
    "SocketOpened",
    "SocketOpening",
    "SourceFailed",
    "SubscriberFailed",
    "WriteRefused",
    "WritesLost",
]

SocketKind = Literal["server", "client"]
LostReason = Literal["closed", "lost", "overflow", "stopped"]


class CloseInfo(msgspec.Struct, frozen=True):
    """How a socket came to its end (RFC 6455 section 7.1.5).

    Attributes:
        code: The close code; 1005 when the peer gave none, 1006 without a Close frame.
        reason: The close reason, as sent by whoever closed; remote text.
        by: Who began: "us", the "peer", or nobody: "lost".
        clean: Whether both sides sent a Close frame.
        error: What went wrong, if something did.
    """

    code: int
    reason: str = ""
    by: Literal["us", "peer", "lost"] = "us"
    clean: bool = True
    error: Exception | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all events."""

    id: str = ""
    time: float = 0.0


class SocketOpening(Event, frozen=True, kw_only=True):
    """A socket took its ID: it is being dialled, or its handshake is answered."""

    kind: SocketKind


class SocketOpened(Event, frozen=True, kw_only=True):
    """A socket is open; comes before its first message."""

    kind: SocketKind
    generation: int


class SocketClosed(Event, frozen=True, kw_only=True):
    """A socket is gone for good; comes after its last message."""

    kind: SocketKind
    generation: int
    info: CloseInfo


class DialFailed(Event, frozen=True, kw_only=True):
    """A server socket could not be opened."""

    error: Exception


class WritesLost(Event, frozen=True, kw_only=True):
    """What an outbox still held when its link ended."""

    reason: LostReason
    messages: int
    bytes: int


class WriteRefused(Event, frozen=True, kw_only=True):
    """A write pushed into a `Writes` was refused."""

    error: Exception


class SubscriberFailed(Event, frozen=True, kw_only=True):
    """A subscriber raised. Throttled: at its failures 1, 2, 4, 8 and so on.

    Attributes:
        id: The socket whose message or event was being delivered, if it was one's.
        stream: Name of the stream that was delivering.
        error: What the subscriber raised.
        failures: How often this subscriber has failed.
        ended: Whether its pipeline ended with it (a raise inside an operator).
    """

    stream: str
    error: BaseException
    failures: int
    ended: bool


class SourceFailed(Event, frozen=True, kw_only=True):
    """An Observable that fed a `Writes` failed; it writes no more.

    Attributes:
        stream: Name of the `Writes`.
        error: What it failed with.
    """

    stream: str
    error: Exception


class PayloadInvalid(Event, frozen=True, kw_only=True):
    """An operator skipped a payload it couldn't decode. Throttled: 1, 2, 4, 8 …"""

    error: Exception
    failures: int


class PoolStopped(Event, frozen=True, kw_only=True):
    """The pool has stopped; the last event.

    Attributes:
        aborted: How many sockets were cut off at the deadline.
    """

    aborted: int
