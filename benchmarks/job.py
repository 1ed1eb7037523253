"""What one run does: told by the parent process to the two that it starts."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Job", "Kind", "LoopName", "Side", "Subscriber"]

Kind = Literal[
    "burst", "sparse", "write_all", "write", "echo", "accept", "dial", "soak"
]
READING: tuple[Kind, ...] = ("burst", "sparse", "soak", "dial")
"""Kinds in which the subject dials; in the others it accepts."""
LoopName = Literal["asyncio", "uvloop"]
Side = Literal[
    "pool",
    "watched",
    "fastapi-pool",
    "websockets",
    "aiohttp",
    "picows",
    "fastapi",
    "raw",
]
"""Who is measured; *watched* is a pool to which a monitor's viewer is attached,
*fastapi-pool* one whose connections are those of FastAPI on uvicorn, *fastapi* that with
handlers written by hand, *raw* a length-prefixed protocol right on the loop's TCP
transport."""
Subscriber = Literal["bare", "pipeline", "keyed", "undecoded", "collecting"]
"""What takes the messages that are read: a callback; the same behind a filter and a map;
a callback for each socket's ID. Of raw TCP only: text as bytes that nobody looked at, and
text cut from a buffer in which it was collected."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run, of one side, on one event loop.

    All counts are of messages, of deliveries where one write goes to many, or of
    connections where opening them is measured. `warmup` and `measured` are multiples of
    `step`, so that both phases end exactly with an acknowledgement, when nothing is
    under way.

    Attributes:
        kind: What is measured.
        side: Who is measured.
        loop: The event loop that it runs on.
        sockets: How many connections.
        subscriber: What takes the messages.
        payload_bytes: Of every message.
        binary: Whether messages are BINARY, else TEXT.
        warmup: Messages before the measured ones.
        measured: Messages that are measured.
        step: Messages that one acknowledgement stands for.
        window: Messages that may be under way, sent and not acknowledged.
        repeat: Messages for the same socket in one turn of the loop, where it is written;
            under way on each socket at a time, where it echoes.
        written: How many of the sockets are written to.
        rate_per_s: Messages a second that the load keeps to; 0 for as many as go.
        subject_core: CPU that the measured process is pinned to; `None`: not pinned.
        load_core: CPU of the load process.
        limit_s: Seconds after which the run is given up.
    """

    kind: Kind
    side: Side
    loop: LoopName
    sockets: int
    subscriber: Subscriber
    payload_bytes: int
    binary: bool
    warmup: int
    measured: int
    step: int
    window: int
    repeat: int
    written: int
    rate_per_s: int
    subject_core: int | None
    load_core: int | None
    limit_s: int

    @property
    def total(self) -> int:
        """Messages of both phases."""
        return self.warmup + self.measured

    @property
    def dials(self) -> bool:
        """Whether the subject dials and the load listens."""
        return self.kind in READING

    @property
    def keepalive_s(self) -> float | None:
        """Seconds between pings; `None` for no pings.

        They belong to what an idle socket costs, and would only disturb the rest.
        """
        return 45.0 if self.kind in ("accept", "dial", "soak") else None

    def to_json(self) -> str:
        """For the command line of a child process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """The inverse of `to_json`."""
        return cls(**json.loads(text))
