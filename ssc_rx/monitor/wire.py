"""`ssc-monitor.v1`: what a watched pool and its viewers tell each other. Pure.

A WebSocket on a Unix socket, subprotocol `ssc-monitor.v1`. Each frame is TEXT holding one
JSON object whose "t" names its type; rows are JSON arrays. Types, keys and array items
that a reader doesn't know are ignored, and fields are added at the end, with a default:
so every version reads every other's frames.

    process → viewer   hello · state · events · messages · payload · details · problem ·
                       answer
    viewer → process   watch · get · inspect · send · kick · ping

State travels as absolute, cumulative counters: rates are the viewer's own sums, and a
skipped frame costs resolution, never truth. Messages are samples: each batch says how
many were seen, matched, sent, sampled out and dropped.

The last three of a viewer are *commands*: only a pool of the level "control" carries
them out, and then its capabilities name them. Each is answered by one `Answer`.

IDs, URLs, error texts and headers are redacted before they are put into a frame; nothing
in a frame is fit for a terminal yet.
"""

from collections.abc import Mapping
from typing import Any, Literal, cast

import msgspec

from ssc_rx.errors import SscError

__all__ = [
    "COMMANDS",
    "MAX_SENT_BYTES",
    "PROTOCOL",
    "SUBPROTOCOL",
    "Answer",
    "Command",
    "Details",
    "Direction",
    "Event",
    "Events",
    "Frame",
    "Get",
    "Hello",
    "Inspect",
    "Kick",
    "Level",
    "Messages",
    "Payload",
    "Ping",
    "PoolRow",
    "Problem",
    "Request",
    "Sample",
    "Selection",
    "Send",
    "SocketHead",
    "SocketRow",
    "State",
    "SubscriberRow",
    "Watch",
    "WireError",
    "decode_frame",
    "decode_request",
    "encode",
]

PROTOCOL = 1
SUBPROTOCOL = f"ssc-monitor.v{PROTOCOL}"

MAX_SENT_BYTES = 2 * 1024 * 1024
"""Payload that a viewer may have sent; twice what a pool takes by default."""

Level = Literal["stats", "traffic", "control"]
Direction = Literal["in", "out"]


class WireError(SscError, ValueError):
    """A frame that isn't of this protocol."""


# Process → viewer


class Hello(msgspec.Struct, frozen=True, tag_field="t", tag="hello"):
    """The first frame.

    Attributes:
        protocol: Version of this protocol.
        version: That of ssc-rx.
        pid: The process.
        program: Its name.
        pool: The pool's name.
        level: What it shows: "stats", or "traffic" with payloads; or that it carries
            out commands besides: "control".
        started_at: UNIX seconds at which the pool started.
        time: UNIX seconds now, by the process's clock.
        interval: Seconds between two state frames, at the least.
        capabilities: What it can do beyond this version's first release: the tags of
            the commands that it carries out.
    """

    protocol: int
    version: str
    pid: int
    program: str
    pool: str
    level: str
    started_at: float
    time: float
    interval: float = 0.25
    capabilities: tuple[str, ...] = ()


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


class State(msgspec.Struct, frozen=True, tag_field="t", tag="state"):
    """Sockets that changed since the last state frame.

    Attributes:
        time: UNIX seconds at which the counters were read.
        begin: Forget all sockets: this frame, and those up to the next one with a
            `pool`, tell of every one there is.
        born: Sockets not told of before.
        rows: Those that changed.
        gone: Numbers of those that left the pool.
        pool: The pool's totals; in the last frame of one reading only.
    """

    time: float
    begin: bool = False
    born: tuple[SocketHead, ...] = ()
    rows: tuple[SocketRow, ...] = ()
    gone: tuple[int, ...] = ()
    pool: PoolRow | None = None


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


class Events(msgspec.Struct, frozen=True, tag_field="t", tag="events"):
    """What happened, in order.

    Attributes:
        missed: How many events before the first of these are no longer known.
    """

    events: tuple[Event, ...]
    missed: int = 0


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


class Messages(msgspec.Struct, frozen=True, tag_field="t", tag="messages"):
    """A batch of samples. The counts are cumulative since the last `Watch`.

    Attributes:
        seen: Messages that passed the sockets asked for.
        matched: Those that the selection wanted:
            matched = sent + sampled out + dropped + still to be sent.
        sent: Those sent to this viewer, this batch included.
        sampled_out: Those left out to keep the rate.
        dropped: Those sampled and not sent, as the viewer was too slow.
    """

    samples: tuple[Sample, ...]
    seen: int
    matched: int
    sent: int
    sampled_out: int
    dropped: int


class Payload(msgspec.Struct, frozen=True, tag_field="t", tag="payload"):
    """The whole payload of a sample; `None` if the process doesn't hold it any more."""

    sequence: int
    payload: bytes | None


class Details(msgspec.Struct, frozen=True, tag_field="t", tag="details"):
    """What is known of one socket besides its counters.

    Attributes:
        url: What was dialled, redacted; empty for a client socket.
        remote_address: The peer's.
        path: Of the opening request, redacted.
        headers: Of the opening request, redacted.
    """

    number: int
    url: str = ""
    remote_address: str = ""
    subprotocol: str = ""
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    tags: tuple[str, ...] = ()


class Problem(msgspec.Struct, frozen=True, tag_field="t", tag="problem"):
    """Why a request was not carried out."""

    text: str


class Answer(msgspec.Struct, frozen=True, tag_field="t", tag="answer"):
    """What became of a command.

    Attributes:
        request: The command's number.
        refusal: Why it was not carried out, redacted; empty if it was.
        queued: Of a `Send`: how many sockets queued the message.
        dropped: How many had no room for it, and live on without it.
        closed: How many weren't open, or are closed as they had no room.
        round_trip: Of a `Ping`: seconds until the pong.
    """

    request: int
    refusal: str = ""
    queued: int = 0
    dropped: int = 0
    closed: int = 0
    round_trip: float | None = None


# Viewer → process


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages to sample; all conditions have to hold.

    Attributes:
        numbers: Of these sockets only; `None` for all.
        direction: "in" or "out" only.
        types: Of these opcodes only.
        words: Each is in the ID or in the payload, whatever the case.
        min_size, max_size: Bounds of the payload, in bytes.
        rate: At most so many samples a second, fairly from all sockets that match.
        preview: Bytes of payload to send with a sample.
        muted: Not of these sockets.
    """

    numbers: tuple[int, ...] | None = None
    direction: Direction | None = None
    types: tuple[int, ...] | None = None
    words: tuple[str, ...] = ()
    min_size: int = 0
    max_size: int | None = None
    rate: int = 2000
    preview: int = 256
    muted: tuple[int, ...] = ()


class Watch(msgspec.Struct, frozen=True, tag_field="t", tag="watch"):
    """What the viewer wants from now on; replaces what it wanted before.

    Attributes:
        messages: Which messages; `None` for none. Needs the level "traffic".
    """

    messages: Selection | None = None


class Get(msgspec.Struct, frozen=True, tag_field="t", tag="get"):
    """Send the whole payload of a sample: answered by `Payload`."""

    sequence: int


class Inspect(msgspec.Struct, frozen=True, tag_field="t", tag="inspect"):
    """Tell more of a socket: answered by `Details`."""

    number: int


class Send(msgspec.Struct, frozen=True, tag_field="t", tag="send"):
    """Write a message to some sockets.

    Attributes:
        request: Any number of the viewer's own; the answer bears it.
        payload: At most `MAX_SENT_BYTES`, and what the pool itself takes.
        type: 1 TEXT, 2 BINARY.
        numbers: To these sockets; or
        tag: to the group of those that bear it; with neither, to all of them.
    """

    request: int
    payload: bytes
    type: int = 1
    numbers: tuple[int, ...] | None = None
    tag: str | None = None


class Kick(msgspec.Struct, frozen=True, tag_field="t", tag="kick"):
    """Close a socket for good, after what is queued (RFC 6455 section 7.4)."""

    request: int
    number: int
    code: int = 1000
    reason: str = ""


class Ping(msgspec.Struct, frozen=True, tag_field="t", tag="ping"):
    """Measure a socket's round trip now (RFC 6455 section 5.5.2)."""

    request: int
    number: int


Frame = Hello | State | Events | Messages | Payload | Details | Problem | Answer
Command = Send | Kick | Ping
Request = Watch | Get | Inspect | Send | Kick | Ping

COMMANDS = tuple(str(kind.__struct_config__.tag) for kind in (Send, Kick, Ping))


class _Type(msgspec.Struct):
    t: str


_encoder = msgspec.json.Encoder()
_type = msgspec.json.Decoder(_Type)
_frame = msgspec.json.Decoder(Frame)
_request = msgspec.json.Decoder(Request)


def encode(frame: Frame | Request) -> bytes:
    """A frame as UTF-8 JSON; bytes in it become base64."""
    return _encoder.encode(frame)


def decode_frame(data: bytes | str) -> Frame | None:
    """Read what a process says; `None` for a type of frame this version doesn't know.

    Raises:
        WireError: If it is no frame.
    """
    return cast("Frame | None", _decode(_frame, data))


def decode_request(data: bytes | str) -> Request | None:
    """Read what a viewer says; `None` for a type of request this version doesn't know.

    Raises:
        WireError: If it is no request.
    """
    return cast("Request | None", _decode(_request, data))


def _decode(decoder: Any, data: bytes | str) -> Any:
    try:
        return decoder.decode(data)
    except (msgspec.ValidationError, msgspec.DecodeError, RecursionError) as error:
        try:
            known = _type.decode(data).t in _TYPES
        except (msgspec.ValidationError, msgspec.DecodeError, RecursionError):
            known = True
        if known:
            raise WireError(f"not a frame of {SUBPROTOCOL}: {error}") from error
        return None


_TYPES = {
    str(kind.__struct_config__.tag)
    for kind in (
        *(Hello, State, Events, Messages, Payload, Details, Problem, Answer),
        *(Watch, Get, Inspect, Send, Kick, Ping),
    )
}
