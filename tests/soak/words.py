"""What the two processes tell each other: orders to the pool's, words from it."""

from collections.abc import Mapping

import msgspec

from ssc_rx import PoolStats
from tests.mistreatment import Fault
from tests.soak.books import Books

__all__ = [
    "Acked",
    "AnyOrder",
    "AnyWord",
    "Check",
    "Checked",
    "Cycles",
    "Dial",
    "Dialled",
    "Ended",
    "Footprint",
    "Listening",
    "Measure",
    "Measured",
    "Order",
    "Outage",
    "Plant",
    "Stalled",
    "StalledSocket",
    "Stop",
    "Stopped",
    "Storm",
    "Word",
    "Written",
    "order_reader",
    "word_reader",
]

# Orders: to the pool's process. The first says which pool it is to be.


class Order(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something for the pool's process to do."""


class Plant(Order, frozen=True, kw_only=True):
    """Mistreat one message of one connection, and see whether the checker notices.

    Attributes:
        fault: What becomes of it.
        on: Whether the pool writes it or reads it.
        stamp: Which one: the first bytes of its payload.
    """

    fault: Fault
    on: str
    stamp: bytes


class Storm(Order, frozen=True, kw_only=True):
    """Echo everything; end connections where a message says so."""

    plant: Plant | None = None


class Stalled(Order, frozen=True, kw_only=True):
    """Broadcast to everybody, some of whom don't read.

    Attributes:
        sockets: How many there will be.
        broadcasts: How many messages.
        window: How many may be under way to the healthy ones.
        message_bytes: Payload bytes of each.
        outbox_messages: The bound of each outbox.
        overflow: Its policy; a value of `ssc_rx.Overflow`.
        core: The CPU to run on; `None` for any.
    """

    sockets: int
    broadcasts: int
    window: int
    message_bytes: int
    outbox_messages: int
    overflow: str
    core: int | None = None


class Cycles(Order, frozen=True, kw_only=True):
    """Dial and accept, echo, and let go, again and again.

    Attributes:
        leak: Whether to keep the sockets that are gone, to see whether that is noticed.
    """

    leak: bool = False


class Outage(Order, frozen=True, kw_only=True):
    """Keep sockets to one server open.

    Attributes:
        url: The server.
        sockets: How many.
        max_dials: The limit of dials in flight.
        max_delay: The bound of every delay between dials, in seconds.
    """

    url: str
    sockets: int
    max_dials: int
    max_delay: float


class Dial(Order, frozen=True, kw_only=True):
    """Open a server socket, and keep it open until a message says otherwise."""

    id: str
    url: str


class Acked(Order, frozen=True, kw_only=True):
    """All healthy sockets have received so many broadcasts."""

    broadcasts: int


class Check(Order, frozen=True, kw_only=True):
    """Tell what the pool counts now."""


class Measure(Order, frozen=True, kw_only=True):
    """Tell what the pool's process holds now."""


class Stop(Order, frozen=True, kw_only=True):
    """Stop the pool, tell what it counted, and end."""


# Words: from the pool's process.


class Word(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Something that the pool's process tells."""


class Listening(Word, frozen=True, kw_only=True):
    """The pool's server listens."""

    url: str


class Ended(Word, frozen=True, kw_only=True):
    """A connection of the pool has ended.

    Attributes:
        id: The socket's ID.
        connection: Its number, as its first message told it; 0 if none came.
        digest: What its messages were, and in which order.
        received: How many a subscriber got.
        refused: How many echoes were refused.
        clean: Whether both sides sent a Close frame.
        told_lost: What `WritesLost` events said, by reason.
        books: What the socket counted for it.
        dialled: Whether the pool dialled it.
    """

    id: str
    connection: int
    digest: int
    received: int
    refused: int
    clean: bool
    told_lost: Mapping[str, int]
    books: Books
    dialled: bool


class Checked(Word, frozen=True, kw_only=True):
    """The pool's counts, and those of each of its sockets."""

    pool: Books
    sockets: list[Books]


class Stopped(Word, frozen=True, kw_only=True):
    """The pool has stopped; its last counts."""

    pool: Books
    sockets: list[Books]
    subscriber_failures: int

    @classmethod
    def of(cls, stats: PoolStats) -> "Stopped":
        """From those of a pool that has stopped."""
        return cls(
            pool=Books.of(stats),
            sockets=[Books.of(socket) for socket in stats.sockets],
            subscriber_failures=stats.subscriber_failures,
        )


class StalledSocket(msgspec.Struct, frozen=True, kw_only=True):
    """What a socket whose peer doesn't read costs.

    Attributes:
        state: The state it is in.
        close_code: With which code it was closed, if it was.
        queued_bytes: Payload bytes in its outbox.
        most_queued: The most messages that its outbox held at any check.
        most_buffered_bytes: The most bytes in its transport's buffer at any check.
        books: Its counts.
    """

    state: str
    close_code: int | None
    queued_bytes: int
    most_queued: int
    most_buffered_bytes: int
    books: Books


class Written(Word, frozen=True, kw_only=True):
    """All broadcasts have been written, and the healthy sockets have received them.

    Attributes:
        seconds: How long that took.
        cpu_s: Seconds of CPU that the pool's process used for it.
        sockets: Those that the peer doesn't read.
        most_bytes: The most memory that the process held at any check.
    """

    seconds: float
    cpu_s: float
    sockets: list[StalledSocket]
    most_bytes: int


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """What a process holds.

    Attributes:
        memory_bytes: Resident memory.
        blocks: What Python's allocator has given out, exactly.
        objects: What the collector of garbage knows.
        tasks: Of the event loop.
        descriptors: Open files and sockets.
        timers: Of the event loop, without those that were cancelled.
        observers: Subscriptions to streams of the pool and its sockets.
    """

    memory_bytes: int
    blocks: int
    objects: int
    tasks: int
    descriptors: int
    timers: int
    observers: int


class Measured(Word, frozen=True, kw_only=True):
    """What the pool's process holds now."""

    footprint: Footprint
    pool: Books


class Dialled(Word, frozen=True, kw_only=True):
    """A step of a server socket that the pool keeps open.

    Attributes:
        id: The socket's ID.
        step: "begun", "failed", "opened" or "scheduled" (which has attempt and delay).
        time: Seconds of this process's clock.
    """

    id: str
    step: str
    time: float
    attempt: int = 0
    delay: float = 0.0


AnyOrder = (
    Storm | Stalled | Cycles | Outage | Dial | Acked | Check | Measure | Stop | Plant
)
AnyWord = Listening | Ended | Checked | Stopped | Written | Measured | Dialled


def order_reader() -> msgspec.json.Decoder[AnyOrder]:
    """Reads what the pool's process is told."""
    return msgspec.json.Decoder(AnyOrder)


def word_reader() -> msgspec.json.Decoder[AnyWord]:
    """Reads what the pool's process tells."""
    return msgspec.json.Decoder(AnyWord)
