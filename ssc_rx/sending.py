"""The writing side of a socket: its outbox, who waits for room, who looks on."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections import deque

from ssc_rx.core.lifecycle import Action, Cause, Life, SocketState
from ssc_rx.core.outbox import OutboxQueue, Verdict
from ssc_rx.errors import (
    OutboxFullError,
    ReentrancyLimitError,
    SocketClosedError,
    SscError,
)
from ssc_rx.events import CloseInfo, LostReason, WritesLost
from ssc_rx.message import Message
from ssc_rx.options import Options
from ssc_rx.ports import Outgoing, Transport
from ssc_rx.shared import Shared
from ssc_rx.streams.hub import MAX_WAITING
from ssc_rx.streams.writes import Writes

__all__ = ["Sending"]

logger = logging.getLogger(__name__)

_OPEN = SocketState.OPEN

HAND_OVER_BYTES = 64 * 1024
"""Payload bytes that go to the transport in one write."""


class Sending(ABC):
    """What is accepted goes out in order, or is accounted for; `Endpoint` adds a life."""

    __slots__ = (
        "_cause",
        "_close_frame",
        "_life",
        "_listed",
        "_options",
        "_outbox",
        "_senders",
        "_shared",
        "_transport",
        "_writes",
        "close_info",
        "id",
        "refused",
    )

    def __init__(self, shared: Shared, id: str, options: Options) -> None:
        self._shared = shared
        self._options = options
        self._life = Life()
        self._transport: Transport | None = None
        self._outbox = OutboxQueue(options.outbox)
        self._listed = False
        self._senders: deque[tuple[Message, Outgoing, asyncio.Future[None]]] = deque()
        self._writes: Writes | None = None
        self._close_frame: tuple[int, str] | None = None
        self._cause: Exception | None = None
        self.id = id
        self.refused: int = 0
        self.close_info: CloseInfo | None = None

    @abstractmethod
    def _happened(self, cause: Cause, grace: float | None = None) -> Action:
        """Take a step in its life, and do what follows."""

    def flush(self) -> None:
        """Hand over what waits, as far as the transport takes it."""
        self._listed = False
        transport, outbox = self._transport, self._outbox
        if transport is None:
            return
        queue = outbox.queue
        while queue and transport.writable:
            try:
                transport.write(outbox.take(HAND_OVER_BYTES))
            except Exception as error:  # of a foreign transport
                logger.exception("a transport raised")
                self.broke(error)
                return
            if self._senders:
                self._admit_senders()
        if self._close_frame is not None and not queue:
            transport.close(*self._close_frame)
            self._happened(Cause.ASKED)  # the handshake itself has close_timeout

    def broke(self, error: Exception) -> None:
        """Its transport raised, which none may: this socket ends, others go on."""
        self._cause = self._cause or error
        if self._transport is not None:
            self._transport.abort()

    def _flush_soon(self) -> None:
        if not self._listed:
            self._listed = True
            self._shared.driver.flush_soon(self)

    def accept(self, message: Message, outgoing: Outgoing) -> SscError | None:
        """Queue a checked message; or return why not, which is then counted.

        `outgoing` is what the transport gets; recipients of a broadcast share it.
        """
        if self._life.state is not _OPEN:
            self.refuse()
            return SocketClosedError(self.id, self._life.state)
        observed = self._shared.writes.observed or self._writes is not None
        if observed and self._too_much_to_show():
            self.refuse()
            return ReentrancyLimitError("writes", MAX_WAITING)
        if self._senders:
            verdict = self._put_behind_senders(outgoing)
        else:
            verdict = self._outbox.put(outgoing)
        if verdict is not Verdict.QUEUED:
            if self._transport is not None and self._transport.writable:
                # A long turn of the loop, not a slow peer: don't wait for its end.
                self.flush()
                verdict = self._put_behind_senders(outgoing)
            if verdict is not Verdict.QUEUED:
                return self._overflowed(closing=verdict is Verdict.FULL_CLOSE)
        if not self._listed:
            self._listed = True
            self._shared.driver.flush_soon(self)
        if observed:
            self._show(message)
        return None

    def refuse(self) -> None:
        """Count a refused write; the pool counts for a socket that has left it."""
        self.refused += 1
        if self.close_info is not None:
            self._shared.refused_late()

    def _put_behind_senders(self, outgoing: Outgoing) -> Verdict:
        """A write doesn't overtake a send that waits, nor does it close for that."""
        senders = self._senders
        while senders and senders[0][2].done():  # cancelled
            senders.popleft()
        if not senders or not self._outbox.has_room(len(outgoing.payload)):
            return self._outbox.put(outgoing)
        return Verdict.FULL

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
            SocketClosedError: If it isn't open, or ends before there is room.
        """
        full = self._senders or not self._outbox.has_room(len(message.payload))
        if not full or self._life.state is not SocketState.OPEN:
            if (error := self.accept(message, outgoing)) is not None:
                raise error
            return
        done: asyncio.Future[None] = self._shared.driver.loop.create_future()
        self._senders.append((message, outgoing, done))
        try:
            await done
        except asyncio.CancelledError:  # withdrawn, unless it was queued already
            self._senders = deque(s for s in self._senders if s[2] is not done)
            raise

    def _admit_senders(self) -> None:
        senders = self._senders
        while senders:
            message, outgoing, done = senders[0]
            if not done.done():
                if not self._outbox.has_room(len(outgoing.payload)):
                    return
                if self._too_much_to_show():
                    self._flush_soon()
                    return
                self._outbox.put(outgoing)
                done.set_result(None)
                self._show(message)
            senders.popleft()

    def _refuse_senders(self) -> None:
        senders, self._senders = self._senders, deque()
        for _, _, done in senders:
            if not done.done():
                self.refuse()
                done.set_exception(SocketClosedError(self.id, self._life.state))

    def _lose_queue(self, reason: LostReason) -> None:
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
