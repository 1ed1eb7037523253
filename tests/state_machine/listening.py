"""The model of those who listen: subscribers, and streams for coroutines.

Both are compared with one log: what the first subscriber of all was given.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from reactivex import abc

from ssc_rx import MessageStream, Overflow
from tests.state_machine.lives import Life

__all__ = ["Delivery", "Listener", "Tank", "WriteWatcher"]


@dataclass(frozen=True)
class Delivery:
    """One message that was delivered, and to whom it belonged then."""

    text: str
    life: Life
    tags: frozenset[str]


Wanted = Callable[[Delivery], bool]


@dataclass(eq=False)
class Listener:
    """One subscriber of messages.

    Attributes:
        wanted: Which deliveries it is to get.
        begin, end: The part of the log that it was there for.
        vague: Whether it came or went inside `on_next`: the message that was being
            delivered may have reached it or not, depending on who was served first.
        got: What it got.
        of: The socket that it listens to by identity; `None` for a pool's stream.
    """

    wanted: Wanted
    begin: int
    of: Life | None = None
    react: Callable[[], None] | None = None
    came_vaguely: bool = False
    went_vaguely: bool = False
    end: int | None = None
    got: list[str] = field(default_factory=list)
    completed: int = 0
    subscription: abc.DisposableBase | None = None

    def check(self, log: list[Delivery]) -> None:
        """It got what the log says, in order, and nothing else."""
        begin = self.begin - self.came_vaguely
        part = log[begin : self.end]
        wanted = [d.text for d in part if self.wanted(d)]
        allowed = [wanted]
        if self.came_vaguely and part and self.wanted(part[0]):
            allowed.append(wanted[1:])
        if self.went_vaguely and part and self.wanted(part[-1]):
            allowed += [texts[:-1] for texts in allowed]
        assert self.got in allowed, f"a subscriber got {self.got}, not {wanted}"


@dataclass(eq=False)
class WriteWatcher:
    """One subscriber of `pool.writes`; `begin` tells where each socket was then."""

    begin: dict[Life, int]
    got: list[tuple[str, str]] = field(default_factory=list)
    end: dict[Life, int] | None = None
    subscription: Any = None


class Tank:
    """What waits in one `MessageStream`.

    Attributes:
        stream: The stream; `None` once nobody holds it any more.
        queue: What waits to be taken.
        lost: How many it dropped.
        of: The socket it is of; `None` for a pool's.
        closed: Whether it was closed, or ended for being too slow.
        full_since: When it began to hold its sockets back, if it may.
    """

    def __init__(
        self,
        stream: MessageStream,
        wanted: Wanted,
        overflow: Overflow,
        buffer: int,
        block_timeout: float,
        of: Life | None,
    ) -> None:
        self.block_timeout = block_timeout
        self.full_since = 0.0
        self.stream: MessageStream | None = stream
        self.wanted = wanted
        self.blocks = overflow is Overflow.BLOCK
        self.keeps_oldest = overflow is Overflow.DROP_NEWEST
        self.capacity = 1 if overflow is Overflow.LATEST else buffer
        self.queue: list[str] = []
        self.lost = 0
        self.of = of
        self.closed = False
        self.takers: list[Any] = []

    @property
    def may_hold(self) -> bool:
        """Whether it may keep its sockets from being read."""
        return (
            self.blocks
            and self.stream is not None
            and not self.closed
            and len(self.queue) > self.capacity // 2
        )

    def feeds_from(self, life: Life) -> bool:
        """Whether it wants what this socket receives."""
        return self.wanted(Delivery("", life, frozenset()))

    def put(self, text: str, now: float) -> None:
        full = len(self.queue) >= self.capacity
        if full and self.blocks:
            self._give_up(now)
            return
        if full:
            self.lost += 1
            if self.keeps_oldest:
                return
            self.queue.pop(0)
        self.queue.append(text)
        if len(self.queue) == self.capacity:
            self.full_since = now

    def _give_up(self, now: float) -> None:
        """Something came though it is full: it must have ended, for being too slow."""
        assert self.stream is not None
        assert self.stream.ended, "a stream that blocks got more than its buffer holds"
        assert now >= self.full_since + self.block_timeout, "it was ended too early"
        self.closed = True

    def close(self) -> None:
        self.closed = True
        self.queue.clear()

    def check(self) -> None:
        """The stream says the same."""
        if self.stream is None:
            return
        found = (self.stream.buffered, self.stream.lost)
        assert found == (len(self.queue), self.lost), (self.stream, self.queue)
