"""What one run does: told by the parent process to the two that it starts."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

__all__ = ["Job", "Kind", "LoopName", "Side"]

Kind = Literal["burst", "sparse", "write_all", "write"]
LoopName = Literal["asyncio", "uvloop"]
Side = Literal["pool", "websockets", "watched"]
"""The pool, websockets alone, and a pool to which a monitor's viewer is attached."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run, of one side, on one event loop.

    All counts are of messages, or of deliveries where one write goes to many.
    `warmup` and `measured` are multiples of `step`, so that both phases end exactly
    with an acknowledgement, when nothing is under way.

    Attributes:
        kind: What is measured.
        side: Who is measured.
        loop: The event loop that it runs on.
        sockets: How many connections.
        warmup: Messages before the measured ones.
        measured: Messages that are measured.
        step: Messages that one acknowledgement stands for.
        window: Messages that may be under way, sent and not acknowledged.
        burst: Frames in one send of the load; 1 where it doesn't send.
        rate_per_s: Messages a second that the load keeps to; 0 for as fast as it may.
        subject_core: CPU that the measured process is pinned to; `None`: not pinned.
        load_core: CPU of the load process.
        limit_s: Seconds after which the run is given up.
    """

    kind: Kind
    side: Side
    loop: LoopName
    sockets: int
    warmup: int
    measured: int
    step: int
    window: int
    burst: int
    rate_per_s: int
    subject_core: int | None
    load_core: int | None
    limit_s: int

    @property
    def total(self) -> int:
        """Messages of both phases."""
        return self.warmup + self.measured

    def to_json(self) -> str:
        """For the command line of a child process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Job":
        """The inverse of `to_json`."""
        return cls(**json.loads(text))
