"""What one viewer gets to see of the messages: a fair sample, within a rate.

Each direction of each socket is a flow; what `fairness` grants them becomes samples, so
that a chatty socket can't hide a quiet one. Pure: told of ticks, asks no clock.
"""

import math
from collections import deque
from collections.abc import Callable

from ssc_rx.message import Message
from ssc_rx.monitor.fairness import FairRate, Flow
from ssc_rx.monitor.wire import (
    MAX_PREVIEW_BYTES,
    Direction,
    Messages,
    Sample,
    Selection,
)

__all__ = ["SampledFlow", "Sampler"]

MAX_WAITING = 4096
"""Samples that wait for a viewer, and whose payloads it can ask for."""
MAX_HELD_BYTES = 1024 * 1024
"""Their payloads."""
MAX_WHOLE_BYTES = 256 * 1024
"""Of a larger payload only the preview is held."""
MAX_RATE = 20_000
MAX_WORDS = 16


class SampledFlow(Flow):
    """One direction of one socket, as one sampler sees it."""

    __slots__ = ("direction", "number", "picky", "words")

    def __init__(
        self, number: int, direction: Direction, words: tuple[bytes, ...], picky: bool
    ) -> None:
        super().__init__()
        self.number = number
        self.direction: Direction = direction
        self.words = words  # that the payload has to hold; the ID holds the others
        self.picky = picky  # whether each message has to be looked at


class Held:
    """A sample, with as much of its payload as is held for `Get`."""

    __slots__ = ("direction", "message", "number", "sequence", "size", "time", "whole")

    def __init__(
        self,
        sequence: int,
        flow: SampledFlow,
        message: Message,
        size: int,
        time: float,
        whole: bool,
    ) -> None:
        self.sequence = sequence
        self.number = flow.number
        self.direction: Direction = flow.direction
        self.message = message
        self.size = size
        self.time = time
        self.whole = whole


class Sampler:
    """Takes samples for one viewer until it wants others.

    Args:
        selection: Which messages.
        ticks_per_s: How often `tick` will be called.
        redact: Gives the payload that viewers may see.
        clock: UNIX time in seconds; asked only for samples of writes.
        first: The number of the first sample.
    """

    def __init__(
        self,
        selection: Selection,
        *,
        ticks_per_s: float,
        redact: Callable[[Message], bytes] | None,
        clock: Callable[[], float],
        first: int = 1,
    ) -> None:
        self._selection = selection
        self._numbers = frozenset(selection.numbers or ())
        self._muted = frozenset(selection.muted)
        self._words = tuple(w.casefold() for w in selection.words[:MAX_WORDS] if w)
        self._types = frozenset(selection.types or ())
        self._max_size = math.inf if selection.max_size is None else selection.max_size
        self._min_size = selection.min_size
        self._preview = max(0, min(selection.preview, MAX_PREVIEW_BYTES))
        self._redact = redact
        self._clock = clock
        rate = min(selection.rate, MAX_RATE)
        self._rate = FairRate(max(1.0, rate / ticks_per_s))
        self._held: deque[Held] = deque()
        self._held_bytes = 0
        self._unsent: deque[Held] = deque()
        self._next = first
        self._seen = self._matched = self._sent = self._sampled_out = self._dropped = 0

    @property
    def next(self) -> int:
        """The number that the next sample will have."""
        return self._next

    def flow(self, number: int, name: str, direction: Direction) -> SampledFlow | None:
        """The state to keep for one direction of a socket; `None` if it isn't wanted."""
        selection = self._selection
        if selection.direction not in (None, direction):
            return None
        if selection.numbers is not None and number not in self._numbers:
            return None
        if number in self._muted:
            return None
        name = name.casefold()
        words = tuple(word.encode() for word in self._words if word not in name)
        sized = self._min_size > 0 or selection.max_size is not None
        picky = bool(words) or selection.types is not None or sized
        return SampledFlow(number, direction, words, picky)

    def offer(self, flow: SampledFlow, message: Message) -> bool:
        """Show it a message; False if it needn't be shown the next one before a tick."""
        self._seen += 1
        if flow.picky and not self._wants(flow, message):
            return True
        self._matched += 1
        if self._rate.grant(flow):
            self._take(flow, message)
            return flow.picky or flow.tokens >= 1
        self._sampled_out += 1
        return flow.picky  # the tick has no more to give

    def passed(self, messages: int) -> None:
        """So many matching messages went by without being shown."""
        self._seen += messages
        self._matched += messages
        self._sampled_out += messages

    def sleep(self, flow: SampledFlow) -> int:
        """The flow needn't be shown anything for this many ticks."""
        return self._rate.sleep(flow)

    def tick(self) -> None:
        """A new period begins."""
        self._rate.tick()

    def batch(self) -> Messages:
        """What was taken and not sent yet; counted as sent."""
        unsent, self._unsent = self._unsent, deque()
        self._sent += len(unsent)
        return Messages(
            samples=tuple(self._sample(held) for held in unsent),
            seen=self._seen,
            matched=self._matched,
            sent=self._sent,
            sampled_out=self._sampled_out,
            dropped=self._dropped,
        )

    def payload(self, sequence: int) -> bytes | None:
        """The whole payload of a sample; `None` if it isn't held."""
        if self._held and sequence >= self._held[0].sequence:
            for held in self._held:
                if held.sequence == sequence:
                    return self._visible(held.message) if held.whole else None
        return None

    def _wants(self, flow: SampledFlow, message: Message) -> bool:
        if self._types and message.type not in self._types:
            return False
        if not self._min_size <= len(message.payload) <= self._max_size:
            return False
        if not flow.words:
            return True
        payload = self._visible(message).lower()
        return all(word in payload for word in flow.words)

    def _visible(self, message: Message) -> bytes:
        return message.payload if self._redact is None else self._redact(message)

    def _take(self, flow: SampledFlow, message: Message) -> None:
        size = len(message.payload)
        whole = size <= MAX_WHOLE_BYTES
        if not whole and self._redact is None:
            cut = message.payload[: self._preview]
            message = Message(message.id, message.type, cut, message.time)
        time = message.time if flow.direction == "in" else self._clock()
        held = Held(self._next, flow, message, size, time, whole)
        self._next += 1
        self._held.append(held)
        self._unsent.append(held)
        self._held_bytes += len(message.payload)
        while self._held_bytes > MAX_HELD_BYTES or len(self._held) > MAX_WAITING:
            oldest = self._held.popleft()
            self._held_bytes -= len(oldest.message.payload)
            if self._unsent and self._unsent[0] is oldest:
                self._unsent.popleft()
                self._dropped += 1

    def _sample(self, held: Held) -> Sample:
        return Sample(
            sequence=held.sequence,
            number=held.number,
            direction=held.direction,
            type=int(held.message.type),
            size=held.size,
            time=held.time,
            preview=self._visible(held.message)[: self._preview],
        )
