"""A case: one side doing one thing at one size. Rows compare two of them."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from benchmarks.job import Job, Kind, LoopName, Side, Subscriber

__all__ = ["Case", "Contest"]

TEXT_BYTES = 128
PACED_PER_S = 10_000
WRITE_STEP = 100
WARMUP = 10
"""What part of the messages is sent before, not measured."""
QUICK = 3
"""By how much `--quick` divides the number of messages."""

NAMES: dict[Side, str] = {
    "pool": "ssc-rx",
    "watched": "ssc-rx, watched",
    "fastapi-pool": "ssc-rx on FastAPI",
    "fastapi": "FastAPI by hand",
    "websockets": "websockets",
    "aiohttp": "aiohttp",
    "picows": "picows",
    "raw": "raw TCP",
}


class Contest(NamedTuple):
    """Work that several sides do."""

    kind: Kind
    sockets: int
    payload_bytes: int
    repeat: int
    written: int | None


@dataclass(frozen=True, slots=True)
class Case:
    """What is run; two rows that name the same case share its runs.

    Attributes:
        side: Who.
        kind: What.
        sockets: How many connections.
        measured: Messages, or so: rounded up to whole acknowledgements.
        subscriber: What takes the messages that are read.
        payload_bytes: Of every message; more than 128 make it BINARY.
        repeat: Messages for the same socket in one turn, where it is written; under way
            on each socket, where it echoes.
        written: How many of the sockets are written to; `None`: all.
        limit_s: Seconds that one run may take, connecting included.
    """

    side: Side
    kind: Kind
    sockets: int
    measured: int
    subscriber: Subscriber = "bare"
    payload_bytes: int = TEXT_BYTES
    repeat: int = 1
    written: int | None = None
    limit_s: int = 90

    @property
    def label(self) -> str:
        """For people: who, and what it does with the messages."""
        takes = {
            "pipeline": ", filter and map",
            "keyed": ", a subscriber for each ID",
            "undecoded": ", text not decoded",
            "collecting": ", collecting in a buffer",
        }
        return NAMES[self.side] + takes.get(self.subscriber, "")

    @property
    def contest(self) -> Contest:
        """What it has in common with those that do the same work."""
        return Contest(
            self.kind, self.sockets, self.payload_bytes, self.repeat, self.written
        )

    def quick(self) -> "Case":
        """The same with fewer messages, or connections."""
        if self.kind in ("accept", "dial"):
            fewer = self.measured // 2
            return replace(self, measured=fewer, sockets=fewer)
        divisor = 10 if self.kind == "soak" else QUICK
        return replace(self, measured=self.measured // divisor)

    def job(self, loop: LoopName, cores: tuple[int, int] | None) -> Job:
        """One run of it."""
        step, window, warmup = self._pace()
        measured = -(-self.measured // step) * step
        opens = self.kind in ("accept", "dial")
        return Job(
            kind=self.kind,
            side=self.side,
            loop=loop,
            sockets=warmup + measured if opens else self.sockets,
            subscriber=self.subscriber,
            payload_bytes=self.payload_bytes,
            binary=self.payload_bytes > TEXT_BYTES,
            warmup=warmup,
            measured=measured,
            step=step,
            window=window,
            repeat=self.repeat,
            written=self.written or self.sockets,
            rate_per_s=PACED_PER_S if self.kind in ("sparse", "soak") else 0,
            subject_core=cores[0] if cores else None,
            load_core=cores[1] if cores else None,
            limit_s=self.limit_s,
        )

    def _pace(self) -> tuple[int, int, int]:
        """Messages for one acknowledgement, under way at most, and to warm up."""
        warmup = max(1, self.measured // WARMUP)
        match self.kind:
            case "burst" | "echo":  # it paces itself; all sockets have the same share
                step = max(1, warmup // self.sockets) * self.sockets
                return step, 0, step
            case "sparse" | "soak":  # the clock paces it
                step, window = WRITE_STEP, 0
            case "write_all":
                step = self.sockets * self.repeat
                window = (2 if self.repeat > 1 else 4) * step
            case "write":  # ten for a socket at most: no outbox or buffer ever fills
                step, window = WRITE_STEP, max(10, self.repeat) * WRITE_STEP
            case "accept" | "dial":
                return self.measured, 0, warmup
        return step, window, -(-warmup // step) * step
