"""What waits for one peer, bounded in messages and bytes, every one accounted for.

At every instant: accepted = handed over + queued + dropped + failed (these by reason).
"""

import enum
from collections import deque

from ssc_rx.events import DropReason
from ssc_rx.options import Outbox, Overflow
from ssc_rx.ports import Outgoing

__all__ = ["OutboxQueue", "Verdict"]


class Verdict(enum.Enum):
    """What became of a write that found no room."""

    QUEUED = enum.auto()
    """Accepted: older ones gave way."""
    DROPPED = enum.auto()
    """Accepted, and dropped."""
    REFUSED = enum.auto()
    REFUSED_CLOSE = enum.auto()
    """Refused, and the socket is to be closed."""


# Looked up once, as drops come in storms.
_QUEUED = Verdict.QUEUED
_DROPPED = Verdict.DROPPED

_DROP_REASONS: dict[Overflow, DropReason] = {
    Overflow.DROP_OLDEST: "oldest",
    Overflow.DROP_NEWEST: "newest",
    Overflow.LATEST: "superseded",
}


_NOTHING: deque[Outgoing] = deque(maxlen=0)
"""The queue of sockets that never wrote, which are many in a pool that reads."""


class OutboxQueue:
    """The queue of one generation of one socket.

    Attributes:
        queue: What waits, oldest first; changed by the methods only.
        queued_bytes: Its payload bytes.
        accepted: Writes ever queued, or dropped instead.
        handed_over: Writes given to the transport, which is not to say delivered.
        handed_over_bytes: Their payload bytes.
        dropped: Accepted writes that the policy gave up, by reason.
        failed: Writes that were queued when the link ended, by reason.
        older_give_way: Whether the policy makes room for a write.
    """

    __slots__ = (
        "_max_bytes",
        "_max_messages",
        "_overflow",
        "_reason",
        "_told",
        "accepted",
        "dropped",
        "failed",
        "handed_over",
        "handed_over_bytes",
        "older_give_way",
        "queue",
        "queued_bytes",
    )

    def __init__(self, bound: Outbox) -> None:
        self._max_messages = 1 if bound.overflow is Overflow.LATEST else bound.messages
        self._max_bytes = bound.bytes
        self._overflow = bound.overflow
        self._reason: DropReason | None = _DROP_REASONS.get(bound.overflow)
        self._told = 0
        self.older_give_way = bound.overflow in (Overflow.DROP_OLDEST, Overflow.LATEST)
        self.queue: deque[Outgoing] = _NOTHING
        self.queued_bytes = 0
        self.accepted = 0
        self.handed_over = 0
        self.handed_over_bytes = 0
        self.dropped: dict[str, int] = {}
        self.failed: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.queue)

    def has_room(self, size: int) -> bool:
        """Whether a payload of `size` bytes fits; an empty queue takes any one."""
        queue = self.queue
        return not queue or (
            len(queue) < self._max_messages
            and self.queued_bytes + size <= self._max_bytes
        )

    def put(self, item: Outgoing) -> bool:
        """Queue a write if there is room; or do nothing."""
        size = len(item.payload)
        queue = self.queue
        if queue:  # not has_room(): one call less for every write
            if (
                len(queue) >= self._max_messages
                or self.queued_bytes + size > self._max_bytes
            ):
                return False
        elif queue is _NOTHING:
            queue = self.queue = deque[Outgoing]()
        queue.append(item)
        self.queued_bytes += size
        self.accepted += 1
        return True

    def pass_by(self, item: Outgoing) -> None:
        """A write goes to the transport at once: nothing waits before it."""
        self.accepted += 1
        self.handed_over += 1
        self.handed_over_bytes += len(item.payload)

    def overflow(self, item: Outgoing) -> Verdict:
        """Do what the policy says of a write that may not be queued as things are.

        There is no room, or somebody who came before waits for more room than there is:
        no slow peer by itself, so that closes nothing.
        """
        size = len(item.payload)
        reason = self._reason
        if reason is None:
            if self._overflow is Overflow.ERROR or self.has_room(size):
                return Verdict.REFUSED
            return Verdict.REFUSED_CLOSE
        if self.older_give_way:
            before = len(self.queue)
            while not self.has_room(size):
                self.queued_bytes -= len(self.queue.popleft().payload)
            dropped, verdict = before - len(self.queue), _QUEUED
            self.put(item)
        else:
            dropped, verdict = 1, _DROPPED
            self.accepted += 1
        if dropped:
            self.dropped[reason] = self.dropped.get(reason, 0) + dropped
        return verdict

    def drops_to_tell(self) -> tuple[DropReason, int] | None:
        """Why and how many were dropped so far, if that reached 1, 2, 4, 8 … since."""
        reason = self._reason
        if reason is None:
            return None
        messages = self.dropped.get(reason, 0)
        if messages.bit_length() == self._told.bit_length():
            return None
        self._told = messages
        return reason, messages

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
