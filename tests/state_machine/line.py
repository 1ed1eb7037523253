"""The model of one outbox, and of those who wait for room in it: lists, and no time."""

import asyncio
from dataclasses import dataclass
from typing import Any

from ssc_rx import Outbox, Overflow

__all__ = ["Line", "Waiter"]


@dataclass(eq=False)
class Waiter:
    """A send that waits; `admitted` when its message was queued."""

    text: str
    task: "asyncio.Task[Any] | None" = None
    admitted: bool = False


class Line:
    """What one socket accepted, and where that is.

    Attributes:
        queue: What waits for the peer.
        waiting: The sends that wait for room, or for a connection.
        handed: What the present connection was given.
        shown: Everything accepted ever, in order.
        out, dropped, failed, refused: Counts.
    """

    def __init__(self, bound: Outbox) -> None:
        self.policy = bound.overflow
        self.most = 1 if bound.overflow is Overflow.LATEST else bound.messages
        self.most_bytes = bound.bytes
        self.queue: list[str] = []
        self.waiting: list[Waiter] = []
        self.handed: list[str] = []
        self.shown: list[str] = []
        self.out = self.dropped = self.refused = 0
        self.failed: dict[str, int] = {}

    @property
    def accepted(self) -> int:
        return len(self.shown)

    @property
    def older_give_way(self) -> bool:
        return self.policy in (Overflow.DROP_OLDEST, Overflow.LATEST)

    def fits(self, text: str) -> bool:
        """An empty queue takes anything."""
        size = sum(map(len, self.queue)) + len(text)
        return not self.queue or (
            len(self.queue) < self.most and size <= self.most_bytes
        )

    def write(self, text: str, *, writable: bool, ready: bool) -> str:
        """What becomes of a write: "queued", "dropped", "refused" or "closing"."""
        if (ready and self.waiting) or not self.fits(text):
            if writable:
                self.hand_over(len(self.queue) + len(self.waiting), ready=ready)
            if self.older_give_way and ready:
                while self.waiting:
                    self._admit(self.waiting[0])
        waits = ready and bool(self.waiting)
        if self.fits(text) and not waits:
            self._put(text)
            return "queued"
        if self.policy is Overflow.ERROR:
            return "refused"
        if self.policy is Overflow.CLOSE:
            return "refused" if self.fits(text) else "closing"
        if self.policy is Overflow.DROP_NEWEST:
            self.shown.append(text)
            self.dropped += 1
            return "dropped"
        self._put(text)
        return "queued"

    def send(self, text: str, *, ready: bool) -> Waiter:
        """Queue it, or let it wait behind the others."""
        waiter = Waiter(text)
        if ready and not self.waiting and self.fits(text):
            self._put(text)
            waiter.admitted = True
        else:
            self.waiting.append(waiter)
        return waiter

    @property
    def strands(self) -> bool:
        """Whether somebody waits though there is room."""
        return bool(self.waiting) and self.fits(self.waiting[0].text)

    def admit_one(self) -> None:
        """Let in the first of those who wait: there must be room."""
        assert self.strands, "what was accepted is not what waited"
        self._admit(self.waiting[0])

    def hand_over(self, n: int, *, ready: bool) -> None:
        """The connection took the oldest `n`; who waits for room comes after them."""
        for _ in range(n):
            while ready and not self.queue and self.strands:
                self.admit_one()
            if not self.queue:
                return
            self.handed.append(self.queue.pop(0))
            self.out += 1
            while ready and self.strands:
                self.admit_one()

    def withdraw(self, waiter: Waiter) -> None:
        """It was cancelled; or refused."""
        if waiter in self.waiting:
            self.waiting.remove(waiter)

    def fail(self, reason: str) -> None:
        """The connection takes with it what it wasn't given."""
        if self.queue:
            self.failed[reason] = self.failed.get(reason, 0) + len(self.queue)
            self.queue.clear()

    def _admit(self, waiter: Waiter) -> None:
        self.waiting.remove(waiter)
        self._put(waiter.text)
        waiter.admitted = True

    def _put(self, text: str) -> None:
        """Queue it, whoever has to give way."""
        while not self.fits(text):
            self.queue.pop(0)
            self.dropped += 1
        self.queue.append(text)
        self.shown.append(text)
