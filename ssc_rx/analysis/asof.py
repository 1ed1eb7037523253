"""Two feeds joined by time: each message of one with the last of the other before it."""

from bisect import bisect_right, insort
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf
from operator import attrgetter
from typing import Any

from ssc_rx.analysis.distinct import hashable
from ssc_rx.analysis.fields import Key, value
from ssc_rx.analysis.fold import Tally
from ssc_rx.analysis.kept import Kept
from ssc_rx.message import Message

__all__ = ["AsOf", "Joined"]


@dataclass(frozen=True, slots=True)
class Joined:
    """A message, and what the other feed said last by then.

    Attributes:
        left: The message.
        right: The last one of the other feed whose time isn't after that of `left`;
            `None` if there is none, or none within the tolerance.
    """

    left: Message
    right: Message | None


class AsOf:
    """What `ops.asof` knows of both feeds.

    Args:
        by: What must be equal in both; `None` if nothing.
        tolerance: Seconds that `right` may be older.
        wait: Seconds of the left feed's time that a message waits for the right feed to
            pass it.
        bound: Messages that may wait, and messages of the right feed that are
            remembered.
        tally: Where it is counted what a bound made it forget.
    """

    def __init__(
        self, by: Key | None, tolerance: float, wait: float, bound: int, tally: Tally
    ) -> None:
        self._by = None if by is None else value(by)
        self._tolerance = tolerance
        self._wait = wait
        self._bound = bound
        self._tally = tally
        self._waiting: deque[Message] = deque()
        self._rights: Kept[object, list[Message]] = Kept(bound, tally)
        self._remembered = 0
        self._left_time = self._right_time = -inf
        self._left_ended = False

    @property
    def ended(self) -> bool:
        """Whether nothing more can come of it."""
        return self._left_ended and not self._waiting

    def left(self, message: Message) -> Iterator[Joined]:
        """A message of the feed that is joined to."""
        self._left_time = max(self._left_time, message.time)
        self._waiting.append(message)
        if len(self._waiting) > self._bound:
            self._tally.evicted += 1
            yield self._joined(self._waiting.popleft())
        yield from self._ready()

    def right(self, message: Message) -> Iterator[Joined]:
        """A message of the feed that is looked up."""
        key = self._key(message)
        if self._by is not None and key is None:
            self._tally.skipped += 1
        else:
            self._remember(key, message)
        self._right_time = max(self._right_time, message.time)
        yield from self._ready()

    def left_ended(self) -> Iterator[Joined]:
        """No more messages to join to."""
        self._left_ended = True
        if self._wait < inf:
            self._left_time = inf
        return self._ready()

    def right_ended(self) -> Iterator[Joined]:
        """Nothing more to wait for."""
        self._right_time = inf
        return self._ready()

    def _ready(self) -> Iterator[Joined]:
        waiting = self._waiting
        while waiting and (
            self._right_time > waiting[0].time
            or self._left_time >= waiting[0].time + self._wait
        ):
            yield self._joined(waiting.popleft())

    def _joined(self, left: Message) -> Joined:
        key = self._key(left)
        if self._by is not None and key is None:
            self._tally.skipped += 1
            return Joined(left, None)
        rights = self._rights.get(key) or []
        at = bisect_right(rights, left.time, key=_time)
        if not at:
            return Joined(left, None)
        if at > 1 and not self._waits_before(left.time):
            del rights[: at - 1]  # nobody looks before that one any more
            self._remembered -= at - 1
            at = 1
        right = rights[at - 1]
        near = left.time - right.time <= self._tolerance
        return Joined(left, right if near else None)

    def _waits_before(self, time: float) -> bool:
        return bool(self._waiting) and self._waiting[0].time < time

    def _remember(self, key: object, message: Message) -> None:
        rights = self._rights.get(key)
        if rights is None:
            rights = list[Message]()
            if (forgotten := self._rights.put(key, rights)) is not None:
                self._remembered -= len(forgotten[1])
        insort(rights, message, key=_time)
        self._remembered += 1
        if self._remembered > self._bound and len(rights) > 1:
            del rights[0]
            self._remembered -= 1
            self._tally.evicted += 1

    def _key(self, message: Message) -> Any:
        return None if self._by is None else hashable(self._by(message))


_time = attrgetter("time")
