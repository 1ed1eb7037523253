"""What frames are made of: rows of sockets, subscribers, events and samples.

Most are JSON arrays, as many of them come in a frame.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

__all__ = [
    "Direction",
    "Event",
    "PoolRow",
    "Sample",
    "SocketHead",
    "SocketRow",
    "SubscriberRow",
]

Direction = Literal["in", "out"]


class SocketHead(msgspec.Struct, frozen=True, array_like=True):
    """What of a socket never changes.

    Attributes:
        number: Stands for it in all other rows; never used again.
        id: Its ID, redacted.
        kind: "server" or "client".
        outbox_messages, outbox_bytes: What may wait in its outbox; 0 if that isn't known.
        overflow: What happens to a write that finds no room there: see
            `ssc_rx.Overflow`.
        ping_timeout: Seconds without a sign of life after a ping that close it.
    """

    number: int
    id: str
    kind: str
    outbox_messages: int = 0
    outbox_bytes: int = 0
    overflow: str = ""
    ping_timeout: float = 20.0


class SocketRow(msgspec.Struct, frozen=True, array_like=True):
    """A socket's state and absolute counters; as in `ssc_rx.SocketStats`.

    Attributes:
        failed: Accepted writes that were lost, whatever the reason.
        latency: Seconds; `None` before the first pong.
        opened_at, last_received: UNIX seconds; `None` if it hasn't happened.
        dropped: Accepted writes that a full outbox gave up, whatever the reason.
        accepted: Writes accepted; `None` if that isn't known.
        losses, drops: What `failed` and `dropped` are made of, by reason.
        pinged_at: UNIX seconds at which the last ping left; `None` once it is answered.
        subscribers: How many subscribe to its messages in particular.
    """

    number: int
    state: str
    generation: int
    messages_in: int
    bytes_in: int
    messages_out: int
    bytes_out: int
    refused: int
    queued: int
    queued_bytes: int
    failed: int
    latency: float | None
    opened_at: float | None
    last_received: float | None
    dropped: int = 0
    accepted: int | None = None
    losses: Mapping[str, int] = {}
    drops: Mapping[str, int] = {}
    pinged_at: float | None = None
    subscribers: int = 0


class SubscriberRow(msgspec.Struct, frozen=True, array_like=True):
    """How long a subscriber takes, by some emissions that were timed.

    Attributes:
        number: Stands for the subscription; never used again.
        stream: What it subscribes to: "pool.messages", "socket.messages" or
            "group.messages".
        id: The ID of the socket whose messages it wants, redacted; empty for all.
        name: Of the function that gets the messages, as far as it can be found.
        emissions: How many were timed since somebody watches.
        seconds: What they took together.
        longest: The longest since the last state frame, in seconds.
    """

    number: int
    stream: str
    id: str
    name: str
    emissions: int
    seconds: float
    longest: float


class PoolRow(msgspec.Struct, frozen=True):
    """The pool's own state and absolute counters; as in `ssc_rx.PoolStats`.

    Attributes:
        state: "running", "stopping" or "stopped".
        sockets: How many sockets it holds.
        open_sockets: How many of them are open.
        failed: Accepted writes that were lost, by reason.
        lag: The longest delay of the event loop since the last state frame, in seconds.
        viewers: How many are attached.
        dropped: Accepted writes that full outboxes gave up, by reason.
        subscribers: How many subscribe to `pool.messages`; `None` if that isn't known.
        handshakes_refused: Opening handshakes that weren't let in, by reason; see
            `ssc_rx.events.HandshakeRefusal`.
        timed: The slowest of those who subscribe to messages.
    """

    state: str
    sockets: int
    open_sockets: int
    messages_in: int
    bytes_in: int
    messages_out: int
    bytes_out: int
    accepted: int
    refused: int
    queued: int
    queued_bytes: int
    failed: dict[str, int]
    sockets_opened: int
    sockets_closed: int
    dials_failed: int
    subscriber_failures: int
    payloads_invalid: int
    lag: float
    viewers: int
    dropped: dict[str, int] = {}
    subscribers: int | None = None
    handshakes_refused: dict[str, int] = {}
    timed: tuple[SubscriberRow, ...] = ()


class Event(msgspec.Struct, frozen=True, array_like=True):
    """Something of `pool.events`.

    Attributes:
        sequence: 1 for the pool's first event; without holes at the source.
        time: UNIX seconds.
        name: The event's class, such as "SocketClosed".
        id: The socket's ID, redacted; empty for the pool.
        facts: The event's other fields, as JSON; errors as redacted text.
    """

    sequence: int
    time: float
    name: str
    id: str
    facts: dict[str, Any]


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """One message that was sampled.

    Attributes:
        sequence: Its number among this viewer's samples.
        number: The socket's.
        direction: "in" or "out".
        type: An opcode of RFC 6455: 1 TEXT, 2 BINARY, 9 PING, 10 PONG.
        size: Bytes of the whole payload.
        time: UNIX seconds at which it was read, or accepted for writing.
        preview: The payload's first bytes.
    """

    sequence: int
    number: int
    direction: Direction
    type: int
    size: int
    time: float
    preview: bytes
