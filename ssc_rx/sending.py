"""The writing side of a socket: its outbox, who waits for room, who looks on."""

import asyncio
import sys
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Final, Literal

from ssc_rx.core.lifecycle import Action, Cause, Life, SocketState
from ssc_rx.core.outbox import OutboxQueue, Verdict
from ssc_rx.errors import (
    OutboxFullError,
    ReentrancyLimitError,
    SocketClosedError,
    SscError,
)
from ssc_rx.events import CloseInfo, LostReason, MessagesDropped, WritesLost
from ssc_rx.logs import about, logger_of
from ssc_rx.message import Message
from ssc_rx.options import Options
from ssc_rx.ports import Dialler, Outgoing, Transport
from ssc_rx.shared import Shared
from ssc_rx.streams.hub import MAX_WAITING
from ssc_rx.streams.writes import Writes

__all__ = ["DROPPED", "ON_OPEN", "Dropped", "Sending"]

logger = logger_of(__name__)

_OPEN = SocketState.OPEN
_QUEUED = Verdict.QUEUED

Dropped = Literal[Verdict.DROPPED]
DROPPED: Final = Verdict.DROPPED
"""What became of a write that was accepted, and dropped for want of room."""

ON_OPEN: ContextVar[object] = ContextVar("on_open")
"""Marks what an `on_open` runs, whatever tasks it starts, with a mark for each opening."""

HAND_OVER_BYTES = 64 * 1024
"""Payload bytes that go to the transport in one write."""

_Sender = tuple[Message, Outgoing, asyncio.Future[None]]
_NOBODY: deque[_Sender] = deque(maxlen=0)
"""Those who wait, where nobody does: an idle socket has no queue of its own."""


class Sending(ABC):
    """What is accepted goes out in order, or is accounted for; `Endpoint` adds a life."""

    __slots__ = (
        "_accepts",
        "_alone",
        "_cause",
        "_close_frame",
        "_dialler",
        "_gone",
        "_held",
        "_life",
        "_listed",
        "_mark",
        "_max_size",
        "_options",
        "_outbox",
        "_senders",
        "_shared",
        "_transport",
        "_writes",
        "_written_in",
        "close_info",
        "generation",
        "id",
        "refused",
    )

    def __init__(self, shared: Shared, id: str, options: Options) -> None:
        self._shared = shared
        self._options = options
        limit = options.max_message_size
        self._max_size = sys.maxsize if limit is None else limit
        self._life = Life()
        self._transport: Transport | None = None
        self._dialler: Dialler | None = None
        self._accepts = False
        self._mark: object = None
        self._outbox = OutboxQueue(options.outbox)
        self._listed = False
        self._alone = True  # whether it was the only write of its turn, last time
        self._written_in = -1
        self._senders: deque[_Sender] = _NOBODY
        self._held: deque[_Sender] = _NOBODY
        self._writes: Writes | None = None
        self._close_frame: tuple[int, str] | None = None
        self._cause: Exception | None = None
        self._gone = False  # from its pool, for good, if not from the network
        self.id = id
        self.generation: int = 0
        self.refused: int = 0
        self.close_info: CloseInfo | None = None

    @abstractmethod
    def _happened(self, cause: Cause, grace: float | None = None) -> Action:
        """Take a step in its life, and do what follows."""

    @property
    def state(self) -> SocketState:
        """Where it is in its life; it is open when anybody may write."""
        state = self._life.state
        if state is _OPEN and not self._accepts:  # its on_open runs
            again = self.generation > 1
            return SocketState.RECONNECTING if again else SocketState.OPENING
        return state

    def _may_write(self) -> bool:
        """Whether this caller may, be it that nobody else may yet."""
        return self._accepts or (
            self._mark is not None
            and self._life.state is _OPEN
            and ON_OPEN.get(None) is self._mark
        )

    def _may_return(self) -> bool:
        """Whether there may be a connection later, for which a send waits."""
        life = self._life
        if life.state is SocketState.CLOSING:
            return self._dialler is not None and not life.asked
        return life.state is not SocketState.CLOSED

    def flush(self) -> None:
        """Hand over what waits, as far as the transport takes it; close after that."""
        self._listed = False
        transport = self._transport
        if transport is None:
            return
        self._hand_over(transport)
        if self._close_frame is not None and not self._outbox.queue:
            transport.close(*self._close_frame)
            self._happened(Cause.FLUSHED)  # the handshake itself has close_timeout

    def _hand_over(self, transport: Transport) -> None:
        outbox = self._outbox
        queue = outbox.queue
        if self._senders and not queue:
            self._admit_senders()
            queue = outbox.queue
        while queue and transport.writable:
            batch = outbox.take(HAND_OVER_BYTES)
            self._alone = len(batch) == 1
            if not self._write_to(transport, batch):
                return
            if self._senders:
                self._admit_senders()

    def _write_to(self, transport: Transport, batch: Sequence[Outgoing]) -> bool:
        try:
            transport.write(batch)
        except Exception as error:  # of a foreign transport
            extra = about(self._shared.driver.pool, self.id)
            logger.exception("a transport raised", extra=extra)
            self.broke(error)
            return False
        return True

    def broke(self, error: Exception) -> None:
        """Its transport raised, which none may: this socket ends, others go on."""
        self._cause = self._cause or error
        if self._transport is not None:
            self._transport.abort()

    def _flush_soon(self) -> None:
        if not self._listed:
            self._listed = self._shared.driver.flush_soon(self)

    def accept(self, message: Message, outgoing: Outgoing) -> SscError | Dropped | None:
        """Queue a checked message; or return why not, which is then counted.

        `outgoing` is what the transport gets; recipients of a broadcast share it.
        """
        observed = self._shared.writes.observed or self._writes is not None
        if not self._accepts and not self._may_write():
            return self._refusal()
        if observed and self._too_much_to_show():
            return self._refusal()
        if self._alone and self._leaves_at_once(outgoing):
            if observed:
                self._show(message)
            return None
        if not self._listed:
            self._listed = self._shared.driver.flush_soon(self)
            if not self._listed:
                self.refuse()
                return self._shared.without_loop()
        if self._senders or not self._outbox.put(outgoing):
            return self._accept_when_full(message, outgoing)
        if observed:
            self._show(message)
        return None

    def take(self, outgoing: Outgoing) -> bool:
        """As `accept`, of a write that nobody sees and nothing stands in the way of.

        Else it does nothing and returns False: it is for `accept` then.
        """
        if not self._accepts or self._senders or self._writes is not None:
            return False
        if self._listed:
            return self._outbox.put(outgoing)
        return self._alone and self._leaves_at_once(outgoing)

    def _leaves_at_once(self, outgoing: Outgoing) -> bool:
        """Hand it over at once if it is the first of this turn, and likely the only one.

        Joining saves a system call for each further write of a turn; a first one that
        waited would only be touched again at the turn's end, its memory gone cold.
        """
        driver = self._shared.driver
        transport = self._transport
        if (
            self._written_in == driver.turn
            or transport is None
            or self._outbox.queue
            or self._senders
            or not transport.writable
            or not (driver.turn_is_told or driver.tell_turn())
        ):
            return False
        self._written_in = driver.turn
        self._outbox.pass_by(outgoing)
        self._write_to(transport, (outgoing,))
        return True

    def _accept_when_full(
        self, message: Message, outgoing: Outgoing
    ) -> SscError | Dropped | None:
        """Hand over what can be, then it is for the policy to say.

        A write doesn't overtake a send that waits: where older messages give way to a
        write, they do to those that wait before it.
        """
        outbox = self._outbox
        if self._transport is not None and self._transport.writable:
            # A long turn of the loop, not a slow peer: don't wait for its end.
            self._hand_over(self._transport)
        self._admit_senders(by_policy=outbox.older_give_way)
        if not self._may_write() or self._too_much_to_show():
            self._tell_drops()  # observers of the senders' messages saw to that
            return self._refusal()
        verdict = _QUEUED
        if self._senders or not outbox.put(outgoing):
            verdict = outbox.overflow(outgoing)
            if verdict is not _QUEUED and verdict is not DROPPED:
                return self._overflowed(closing=verdict is Verdict.REFUSED_CLOSE)
        self._flush_soon()
        self._show(message)
        self._tell_drops()
        return DROPPED if verdict is DROPPED else None

    def refuse(self) -> None:
        """Count a refused write; the pool counts for a socket that has left it."""
        self.refused += 1
        if self._gone:
            self._shared.refused_late()

    def _refusal(self) -> SscError:
        self.refuse()
        if not self._may_write():
            return SocketClosedError(self.id, self.state)
        return ReentrancyLimitError("writes", MAX_WAITING)

    def _overflowed(self, *, closing: bool) -> SscError:
        self.refuse()
        outbox = self._outbox
        error = OutboxFullError(
            self.id, len(outbox), outbox.queued_bytes, closing=closing
        )
        if closing:
            self._close_frame = (1013, "too slow")
            self._cause = error
            self._happened(Cause.OVERFLOWED)
        return error

    def _too_much_to_show(self) -> bool:
        own = self._writes
        return self._shared.writes.full or (own is not None and own.full)

    def _show(self, message: Message) -> None:
        """Show an accepted write to those who observe writes."""
        if self._shared.writes.observed:
            own = (
                message
                if message.id == self.id
                else Message(self.id, message.type, message.payload)
            )
            self._shared.writes.emit_in_turn(own)
        if self._writes is not None and self._writes.observed:
            self._writes.emit_in_turn(Message(self.id, message.type, message.payload))

    async def accept_when_room(self, message: Message, outgoing: Outgoing) -> None:
        """Queue a checked message, after those who waited before.

        Raises:
            SocketClosedError: If it is closing or gone, or ends before there is room.
        """
        here = self._may_write()
        full = self._senders or not self._outbox.has_room(len(message.payload))
        if not (full if here else self._may_return()):
            outcome = self.accept(message, outgoing)
            if outcome is not None and outcome is not DROPPED:
                raise outcome
            return
        done: asyncio.Future[None] = self._shared.driver.loop.create_future()
        waiting = (self._senders if here else self._held) or deque()
        waiting.append((message, outgoing, done))
        if here:
            self._senders = waiting
        else:
            self._held = waiting
        try:
            await done
        except asyncio.CancelledError:  # withdrawn, unless it was queued already
            self._senders = deque(s for s in self._senders if s[2] is not done)
            self._held = deque(s for s in self._held if s[2] is not done)
            if self._senders:  # what it waited for may be room enough for them
                self._admit_senders()
            raise

    def _let_all_write(self) -> None:
        """From now on anybody may, behind those who waited for it."""
        self._mark = None
        self._accepts = True
        self._senders = self._all_who_wait()
        self._held = _NOBODY

    def _all_who_wait(self) -> deque[_Sender]:
        """For room, then for a connection."""
        if not self._held:
            return self._senders
        return deque((*self._senders, *self._held))

    def _accept_all(self) -> None:
        """Let all write, and queue what those wait with who waited for it."""
        self._let_all_write()
        if self._senders:
            self._admit_senders()
            self._flush_soon()

    def _admit_senders(self, *, by_policy: bool = False) -> None:
        """Queue what senders wait with, while there is room or older ones give way."""
        outbox = self._outbox
        while self._senders:
            message, outgoing, done = self._senders[0]
            if done.done():  # cancelled
                self._senders.popleft()
                continue
            if not by_policy and not outbox.has_room(len(outgoing.payload)):
                return
            if self._too_much_to_show():
                self._flush_soon()
                return
            self._senders.popleft()  # before an observer of its message writes
            if not outbox.put(outgoing):
                outbox.overflow(outgoing)
            done.set_result(None)
            self._show(message)

    def _refuse_senders(self) -> None:
        senders = self._all_who_wait()
        self._senders = self._held = _NOBODY
        for _, _, done in senders:
            if not done.done():
                self.refuse()
                done.set_exception(SocketClosedError(self.id, self.state))

    def _tell_drops(self) -> None:
        if (drops := self._outbox.drops_to_tell()) is not None:
            reason, messages = drops
            self._shared.tell(
                MessagesDropped(
                    id=self.id,
                    reason=reason,
                    messages=messages,
                    time=self._shared.driver.wall(),
                )
            )

    def _lose_queue(self, reason: LostReason) -> None:
        if self._may_return():
            # Those who wait for room wait for the next connection, ahead of the others.
            self._held = self._all_who_wait()
            self._senders = _NOBODY
        else:
            self._refuse_senders()
        messages, size = self._outbox.fail(reason)
        if messages:
            self._shared.tell(
                WritesLost(
                    id=self.id,
                    reason=reason,
                    messages=messages,
                    bytes=size,
                    time=self._shared.driver.wall(),
                )
            )
