"""What a watched process says to its viewers."""

from typing import Literal

import msgspec

from ssc_rx.monitor.wire.rows import Event, PoolRow, Sample, SocketHead, SocketRow

__all__ = [
    "Answer",
    "Details",
    "Events",
    "Frame",
    "Hello",
    "Level",
    "Messages",
    "Payload",
    "Problem",
    "State",
]

Level = Literal["stats", "traffic", "control"]


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


class Events(msgspec.Struct, frozen=True, tag_field="t", tag="events"):
    """What happened, in order.

    Attributes:
        missed: How many events before the first of these are no longer known.
    """

    events: tuple[Event, ...]
    missed: int = 0


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


Frame = Hello | State | Events | Messages | Payload | Details | Problem | Answer
