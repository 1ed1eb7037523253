"""What happened to sockets, writes and subscribers: the values of `pool.events`.

Every event is immutable and has `time` (UNIX seconds) and `id` (the socket's ID; empty
when it concerns the pool as a whole).
"""

from typing import Literal

import msgspec

__all__ = [
    "CloseInfo",
    "ConsumerTooSlow",
    "DialFailed",
    "DropReason",
    "Event",
    "HandshakeRefusal",
    "LoopLagged",
    "LostReason",
    "MessagesDropped",
    "MonitorActed",
    "PayloadInvalid",
    "PoolStopped",
    "ReconnectScheduled",
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
LostReason = Literal["closed", "lost", "overflow", "replaced", "stopped"]
DropReason = Literal["oldest", "newest", "superseded"]
MonitorAction = Literal["send", "kick", "ping"]
HandshakeRefusal = Literal[
    "duplicate",  # its ID is taken
    "error",  # a function of the application raised, or the library failed
    "forbidden",  # PermissionError, or an answer of process_request from 400 on
    "full",  # max_sockets, or the pool stops
    "id",  # no ID
    "origin",  # a web page from elsewhere
    "request",  # no opening handshake of RFC 6455
    "timeout",  # not done within open_timeout
]

_NORMAL = (1000, 1001)
"""Normal closure, and going away (RFC 6455 section 7.4.1)."""


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

    @property
    def expected(self) -> bool:
        """Whether our side wanted it, or the peer closed with 1000 or 1001."""
        return self.error is None and (self.by == "us" or self.code in _NORMAL)

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.close_info(self))


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """The base of all events."""

    id: str = ""
    time: float = 0.0


class SocketOpening(Event, frozen=True, kw_only=True):
    """A socket took its ID, or waits to: it is dialled, or its handshake is answered."""

    kind: SocketKind


class SocketOpened(Event, frozen=True, kw_only=True):
    """A socket is open; comes before its first message, and before its `on_open`.

    Attributes:
        kind: "server" or "client".
        generation: How many connections it has had; above 1 it was dialled again.
        gap: Seconds since its last connection ended, in which nothing was received;
            `None` for its first.
    """

    kind: SocketKind
    generation: int
    gap: float | None = None


class SocketClosed(Event, frozen=True, kw_only=True):
    """A socket is gone for good, or was replaced; comes after its last message.

    Attributes:
        kind: "server" or "client".
        generation: How many connections it has had; 0 if it was never open, in which
            case another socket of this ID may be.
        info: How it ended. Of one that was replaced, code 4501, without its end: that
            is in `Socket.close_info`, later.
    """

    kind: SocketKind
    generation: int
    info: CloseInfo


class DialFailed(Event, frozen=True, kw_only=True):
    """A server socket could not be opened, or its `on_open` failed.

    If a `ReconnectScheduled` follows, it is dialled again. Else it is gone for good; one
    that had been open says so with `SocketClosed`.

    Attributes:
        error: Why.
        final: Whether it is known already that it isn't dialled again.
    """

    error: Exception
    final: bool = False


class ReconnectScheduled(Event, frozen=True, kw_only=True):
    """A server socket dropped, or a dial of it failed: it will be dialled again.

    Attributes:
        attempt: Which one it will be, in a row; from 1.
        delay: Seconds until then; more if many sockets are being dialled.
        info: How its connection ended; `None` after an attempt that failed.
        error: Why the last attempt failed; `None` after a connection that ended.
    """

    attempt: int
    delay: float
    info: CloseInfo | None = None
    error: Exception | None = None


class MessagesDropped(Event, frozen=True, kw_only=True):
    """A full outbox dropped writes. Throttled: when 1, 2, 4, 8 and so on are reached.

    Attributes:
        reason: "oldest" (`Overflow.DROP_OLDEST`), "newest" (`Overflow.DROP_NEWEST`) or
            "superseded" (`Overflow.LATEST`).
        messages: How many this socket has dropped so far for this reason.
    """

    reason: DropReason
    messages: int


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


class ConsumerTooSlow(Event, frozen=True, kw_only=True):
    """A stream of the policy `BLOCK` held its sockets for too long, and was ended.

    Attributes:
        id: The socket that it was a stream of, if it was one's.
        stream: Name of the stream.
        block_timeout: The limit, in seconds.
        buffered: How many messages it still holds for its consumer.
    """

    stream: str
    block_timeout: float
    buffered: int


class LoopLagged(Event, frozen=True, kw_only=True):
    """The event loop was held up: nothing was read or written meanwhile.

    Something blocks on it, most often a subscriber. Throttled: at the times 1, 2, 4, 8 …,
    and when it lasted twice as long as ever before.

    Attributes:
        lag: Seconds for which it was late.
        lags: How often it has been, by a quarter of a second or more.
    """

    lag: float
    lags: int


class MonitorActed(Event, frozen=True, kw_only=True):
    """Somebody acted on the pool from `ssc-monitor`: see `Pool(monitor="control")`.

    Attributes:
        id: The socket's that it was meant for; empty if it was for several.
        action: What it was.
        to: Whom a message was for: "socket", the "group" of a tag, or "all".
        sockets: How many it reached: that queued the message, are closed, or were pinged.
        refusal: Why it was not done; empty if it was.
        uid, pid: Of the viewer's process; `None` where the system doesn't tell.
    """

    action: MonitorAction
    to: Literal["socket", "group", "all"] = "socket"
    sockets: int = 0
    refusal: str = ""
    uid: int | None = None
    pid: int | None = None


class PoolStopped(Event, frozen=True, kw_only=True):
    """The pool has stopped; the last event.

    Attributes:
        aborted: How many sockets were cut off at the deadline.
    """

    aborted: int
