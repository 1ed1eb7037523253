"""What waits for one consumer: bounded, with a policy when full, and a count."""

from collections import deque
from typing import Generic, TypeVar

from ssc_rx.options import Buffering, Overflow

__all__ = ["Inbox"]

T = TypeVar("T")


class Inbox(Generic[T]):
    """The buffer of one stream.

    Attributes:
        queue: What waits, oldest first; changed by the methods only.
        capacity: How many may wait.
        blocks: Whether it drops nothing: who fills it has to stop when it is full.
        lost: How many were dropped.
    """

    __slots__ = ("_keeps_oldest", "blocks", "capacity", "lost", "queue")

    def __init__(self, buffering: Buffering) -> None:
        overflow = buffering.overflow
        self.queue: deque[T] = deque()
        self.capacity = 1 if overflow is Overflow.LATEST else buffering.buffer
        self.blocks = overflow is Overflow.BLOCK
        self._keeps_oldest = overflow is Overflow.DROP_NEWEST
        self.lost = 0

    @property
    def full(self) -> bool:
        """Whether as many wait as may."""
        return len(self.queue) >= self.capacity

    @property
    def half_empty(self) -> bool:
        """Whether there is so much room that it is worth to fill it again."""
        return len(self.queue) <= self.capacity // 2

    def put(self, value: T) -> None:
        """Take a value in; when full, drop as the policy says."""
        queue = self.queue
        if len(queue) >= self.capacity and not self.blocks:
            self.lost += 1
            if self._keeps_oldest:
                return
            queue.popleft()
        queue.append(value)
