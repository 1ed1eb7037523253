"""What the processes tell each other: one JSON object a line."""

import sys

import msgspec

__all__ = [
    "Counted",
    "Line",
    "Listening",
    "Look",
    "Quiet",
    "Report",
    "Seen",
    "Serving",
    "SocketSeen",
    "TraderCounts",
    "Watching",
    "decode",
    "encode",
    "say",
]


class Listening(msgspec.Struct, frozen=True, tag=True):
    """The feeds can be dialled: their names and URLs."""

    feeds: dict[str, str]


class Serving(msgspec.Struct, frozen=True, tag=True):
    """The desk can be dialled by the traders, at this URL."""

    url: str


class Quiet(msgspec.Struct, frozen=True, tag=True):
    """Start nothing new, wait for the last answers, then report."""


class TraderCounts(msgspec.Struct, frozen=True):
    """What one trader saw.

    Attributes:
        sent: Orders sent.
        answered: Orders that were answered, each counted once.
        unexpected: Answers to nothing that was asked, or a second time.
        clocks: Clock messages received.
        slowest_s: The longest wait for an answer, in seconds.
    """

    sent: int
    answered: int
    unexpected: int
    clocks: int
    slowest_s: float


class Counted(msgspec.Struct, frozen=True):
    """The accounting of the feed server's own pool."""

    accepted: int
    handed_over: int
    queued: int
    failed: int


class Report(msgspec.Struct, frozen=True, tag=True):
    """What the other process counted.

    Attributes:
        sent: Messages that each feed wrote.
        breaks: How often the flaky feed broke its connection on purpose.
        traders: By the ID that the desk knows them by.
        counted: The feed server's accounting.
    """

    sent: dict[str, int]
    breaks: int
    traders: dict[str, TraderCounts]
    counted: Counted


class Watching(msgspec.Struct, frozen=True, tag=True):
    """The watcher is attached to the desk's pool."""


class Look(msgspec.Struct, frozen=True, tag=True):
    """Say what you see; nothing is under way."""


class SocketSeen(msgspec.Struct, frozen=True):
    """One socket as the watcher sees it; openings and closes are those of its ID."""

    messages_in: int
    bytes_in: int
    messages_out: int
    opened: int
    closed: int


class Seen(msgspec.Struct, frozen=True, tag=True):
    """What the watcher sees of the pool.

    Attributes:
        sockets: By ID.
        messages_in, accepted, messages_out, queued, failed: The pool's counters.
        events_missed: Events it knows to have missed.
        seen, matched, sent, sampled_out, dropped: The sampler's accounting.
        samples: Samples that arrived.
    """

    sockets: dict[str, SocketSeen]
    messages_in: int
    accepted: int
    messages_out: int
    queued: int
    failed: int
    events_missed: int
    seen: int
    matched: int
    sent: int
    sampled_out: int
    dropped: int
    samples: int


Line = Listening | Serving | Quiet | Report | Watching | Look | Seen

_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


def encode(line: Line) -> bytes:
    """One line, its end included."""
    return msgspec.json.encode(line) + b"\n"


def decode(raw: bytes) -> Line:
    """The line that `encode` made."""
    return _decoder.decode(raw)


def say(line: Line) -> None:
    """Tell the parent."""
    sys.stdout.buffer.write(encode(line))
    sys.stdout.buffer.flush()
