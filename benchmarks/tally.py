"""Counts the messages of a reading side, by whatever of them it is told."""

import asyncio
from typing import TYPE_CHECKING

from benchmarks.acks import AckWriter
from benchmarks.job import Job
from benchmarks.span import Span, start_span

if TYPE_CHECKING:  # the processes of the other sides don't import ssc-rx
    from ssc_rx import Message

__all__ = ["Tally"]


class Tally:
    """Where messages end; at the ends of phases it starts and stops the span.

    What is called for each message is written out, in three forms: each side calls one of
    them directly, so that nobody pays for a detour.
    """

    def __init__(self, job: Job, acks: AckWriter) -> None:
        self._job = job
        self._acks = acks
        self._next = job.step
        self._started = start_span()
        self._done: asyncio.Future[Span] = asyncio.get_running_loop().create_future()
        self.count = 0
        self.bytes = 0

    def add_size(self, size: int) -> None:
        """A message was mapped to its size."""
        self.count += 1
        self.bytes += size
        if self.count == self._next:
            self._step()

    def add_payload(self, payload: str | bytes) -> None:
        """A message came; its text is ASCII."""
        self.count += 1
        self.bytes += len(payload)
        if self.count == self._next:
            self._step()

    def add_message(self, message: "Message") -> None:
        """A message of the pool came."""
        self.count += 1
        self.bytes += len(message.payload)
        if self.count == self._next:
            self._step()

    def _step(self) -> None:
        self._next += self._job.step
        if self.count == self._job.warmup:
            self._started = start_span()
        elif self.count == self._job.total:
            self._done.set_result(self._started.stop())
        self._acks.arrived(self.count)

    async def run(self) -> Span:
        """Let the messages come; returns what the measured ones cost.

        Raises:
            RuntimeError: If they were not of the right size.
        """
        self._acks.ready()
        span = await self._done
        if self.bytes != self.count * self._job.payload_bytes:
            raise RuntimeError(f"{self.count} messages of {self.bytes} bytes in all")
        return span
