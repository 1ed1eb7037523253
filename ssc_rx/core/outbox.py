"""What waits for one peer, bounded in messages and bytes, every one accounted for.

At every instant: accepted = handed over + queued + failed (by reason).
"""

import enum
from collections import deque

from ssc_rx.options import Outbox, Overflow
from ssc_rx.ports import Outgoing

__all__ = ["OutboxQueue", "Verdict"]


class Verdict(enum.Enum):
    """What became of a write."""

    QUEUED = enum.auto()
    FULL = enum.auto()
    """Refused."""
    FULL_CLOSE = enum.auto()
    """Refused, and the socket is to be closed."""


class OutboxQueue:
    """The queue of one generation of one socket.

    Attributes:
        queue: What waits, oldest first; changed by the methods only.
        queued_bytes: Its payload bytes.
        accepted: Writes ever queued.
        handed_over: Writes given to the transport, which is not to say delivered.
        handed_over_bytes: Their payload bytes.
        failed: Writes that were queued when the link ended, by reason.
    """

    __slots__ = (
        "_bound",
        "accepted",
        "failed",
        "handed_over",
        "handed_over_bytes",
        "queue",
        "queued_bytes",
    )

    def __init__(self, bound: Outbox) -> None:
        self._bound = bound
        self.queue: deque[Outgoing] = deque()
        self.queued_bytes = 0
        self.accepted = 0
        self.handed_over = 0
        self.handed_over_bytes = 0
        self.failed: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.queue)

    def has_room(self, size: int) -> bool:
        """Whether a payload of `size` bytes fits; an empty queue takes any one."""
        queue = self.queue
        bound = self._bound
        return not queue or (
            len(queue) < bound.messages and self.queued_bytes + size <= bound.bytes
        )

    def put(self, item: Outgoing) -> Verdict:
        """Queue a write, or let the policy decide."""
        size = len(item.payload)
        if self.has_room(size):
            self.queue.append(item)
            self.queued_bytes += size
            self.accepted += 1
            return Verdict.QUEUED
        return self.overflow()

    def overflow(self) -> Verdict:
        """What the policy says of a write that finds no room."""
        if self._bound.overflow is Overflow.CLOSE:
            return Verdict.FULL_CLOSE
        return Verdict.FULL

    def take(self, max_bytes: int) -> list[Outgoing]:
        """Remove what may be handed over now: at least one, at most `max_bytes` of it."""
        queue = self.queue
        size = self.queued_bytes
        if len(queue) == 1:
            batch = [queue.popleft()]
        elif size <= max_bytes:
            batch = list(queue)
            queue.clear()
        else:
            batch = [queue.popleft()]
            size = len(batch[0].payload)
            while queue and size + len(queue[0].payload) <= max_bytes:
                item = queue.popleft()
                size += len(item.payload)
                batch.append(item)
        self.queued_bytes -= size
        self.handed_over += len(batch)
        self.handed_over_bytes += size
        return batch

    def fail(self, reason: str) -> tuple[int, int]:
        """Give up all that waits; returns how many messages and bytes that were."""
        messages, size = len(self.queue), self.queued_bytes
        if messages:
            self.failed[reason] = self.failed.get(reason, 0) + messages
            self.queue.clear()
            self.queued_bytes = 0
        return messages, size
