"""The writing side of a pool: to one by ID, to many, through Subjects."""

from collections.abc import Collection, Iterable
from concurrent.futures import Future as ConcurrentFuture
from threading import get_ident
from typing import Any

import msgspec

from ssc_rx.core.registry import check_id
from ssc_rx.driver import MAX_HOPS
from ssc_rx.errors import (
    InvalidOptionError,
    OutboxFullError,
    PoolNotRunningError,
    ReentrancyLimitError,
    SscError,
    ThreadQueueFullError,
    UnknownSocketError,
    counted,
)
from ssc_rx.grounds import Grounds
from ssc_rx.message import Data, Message, check_writable, to_message
from ssc_rx.options import Options
from ssc_rx.ports import Outgoing
from ssc_rx.sending import DROPPED, Dropped
from ssc_rx.sockets import Socket
from ssc_rx.streams.hub import MAX_WAITING
from ssc_rx.streams.writes import Writes

__all__ = ["BroadcastResult", "Writing"]


class BroadcastResult(msgspec.Struct, frozen=True):
    """What became of a broadcast.

    Attributes:
        queued: How many sockets queued it.
        dropped: IDs of those whose outbox had no room, and that live on without it
            (`Overflow.ERROR`, `Overflow.DROP_NEWEST`).
        closed: IDs of those that aren't open, are unknown, or are being closed because
            their outbox had no room.
    """

    queued: int
    dropped: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


class Writing(Grounds):
    """The doors through which messages enter a pool's outboxes."""

    def __init__(self, name: str | None, options: Options) -> None:
        super().__init__(name, options)
        self._writes = Writes("pool.writes", self._home, self._push)
        self._inbound = Writes("pool.inbound", self._home, self._push_to_all)
        self._to_complete = (self._writes, self._inbound, *self._to_complete)

    @property
    def writes(self) -> Writes:
        """Push a `Message` into it to write that to the socket of its ID.

        `on_next` may be called from any thread and never raises: a refused write is a
        `WriteRefused` event. As an Observable it shows every write accepted, by any
        door; a broadcast once for each socket.
        """
        return self._writes

    @property
    def inbound(self) -> Writes:
        """Push into it to write to *all* sockets, whatever the message's ID.

        As an Observable it shows what was pushed. Otherwise like `writes`.
        """
        return self._inbound

    def write(self, message: Message) -> None:
        """Queue a message for the socket of its ID; never blocks.

        Accepted means queued: handed over at once, at the end of this turn of the loop, or
        when the peer reads again, or reported in a `WritesLost` event. A full outbox may
        drop this message or older ones, if its policy says so (`MessagesDropped`).

        Raises:
            UnknownSocketError, EmptyIdError, InvalidIdError: For the ID.
            SocketClosedError: If the socket isn't open.
            OutboxFullError: If its outbox is full and the policy is to refuse.
            InvalidMessageError: If it can't be sent; MessageTooBigError if too big.
            PoolNotRunningError, WrongThreadError
        """
        socket = self._addressee(message, "write")
        message = socket.checked(message)
        outcome = socket.accept(message, Outgoing(message.type, message.payload))
        if outcome is not None and outcome is not DROPPED:
            raise outcome

    async def send(self, message: Message) -> None:
        """Queue a message for the socket of its ID, waiting for room in its outbox.

        While a server socket is dialled, or dialled again, this waits for that too.
        Same queue and order as `write`. Returning means queued, not delivered.
        Cancelling it while it waits withdraws the message.

        Raises:
            SocketClosedError: If the socket is closing or gone, or ends meanwhile.
            UnknownSocketError, EmptyIdError, InvalidIdError, InvalidMessageError,
                MessageTooBigError, PoolNotRunningError, WrongThreadError: As `write`.
        """
        socket = self._addressee(message, "send")
        message = socket.checked(message)
        await socket.accept_when_room(message, Outgoing(message.type, message.payload))

    def _addressee(self, message: Message, call: str) -> Socket:
        if get_ident() != self._thread:
            self._check_running(call)
        try:
            return self._registry.entries[message.id]
        except (KeyError, TypeError, AttributeError):
            self._check_running(call)
            self._ledger.refuse()
            check_writable(message, None)
            raise UnknownSocketError(check_id(message.id)) from None

    def write_threadsafe(self, message: Message) -> "ConcurrentFuture[None]":
        """Queue a message from another thread, or from this one; never blocks.

        Writes of one thread keep their order. Cancelling the future before the event
        loop gets to it withdraws the message.

        Returns:
            A future of the write: it has the result `None` when `write` accepted the
            message on the event loop, or the error that `write` raised there;
            ThreadQueueFullError if 10,000 wait for the event loop already.
        """
        future: ConcurrentFuture[None] = ConcurrentFuture()
        driver = self._driver
        if driver is None or driver.loop.is_closed():
            future.set_exception(PoolNotRunningError(self._name, self._state))
        elif not driver.hop(self._write_for, message, future):
            future.set_exception(ThreadQueueFullError(MAX_HOPS))
        return future

    def _write_for(self, message: Message, future: "ConcurrentFuture[None]") -> None:
        """On the event loop, what another thread asked for."""
        if not future.set_running_or_notify_cancel():
            return
        try:
            self.write(message)
        except SscError as error:
            future.set_exception(error)
        else:
            future.set_result(None)

    def write_all(
        self,
        message: Data | Message,
        *,
        to: Iterable[str] | None = None,
        exclude: Collection[str] = (),
    ) -> BroadcastResult:
        """Queue a message for many sockets; never blocks, never raises for one socket.

        Args:
            message: What to send; its ID is ignored.
            to: The IDs to write to; all sockets by default.
            exclude: IDs to leave out.

        While the pool stops, all sockets are closing, and the receipt says so.

        Raises:
            InvalidMessageError: If it can't be sent; MessageTooBigError if too big.
            InvalidOptionError: If `to` or `exclude` is no collection of IDs.
            PoolNotRunningError, WrongThreadError
        """
        self._check_running("write_all", stopping=True)
        checked = self._checked(message)
        unknown: list[str] = []
        targets: Iterable[Socket]
        if to is None:
            targets = self._registry.entries.values()
        else:
            entries = self._registry.entries
            ids = _ids("to", to)
            unknown = [id for id in ids if id not in entries]
            targets = [entries[id] for id in ids if id in entries]
        if exclude:
            left_out = _ids("exclude", exclude)
            unknown = [id for id in unknown if id not in left_out]
            targets = [socket for socket in targets if socket.id not in left_out]
        self._ledger.refuse(len(unknown))
        queued, missed = _broadcast(checked, targets, self._writes)
        dropped = tuple(s.id for s, outcome in missed if _lives_on(outcome))
        closed = [s.id for s, outcome in missed if not _lives_on(outcome)]
        return BroadcastResult(queued, dropped, (*closed, *unknown))

    def _checked(self, data: Data | Message) -> Message:
        try:
            message = data if isinstance(data, Message) else to_message("", data)
            check_writable(message, self._options.max_message_size)
        except SscError:
            self._ledger.refuse()
            raise
        return message

    def _push(self, value: Data | Message) -> None:
        """`pool.writes.on_next`."""
        if self._hopped(self._push, value):
            return
        try:
            self.write(value)  # type: ignore[arg-type]
        except SscError as error:
            id = value.id if isinstance(value, Message) else ""
            self._ledger.write_refused(id, error)

    def _push_to_all(self, value: Data | Message) -> None:
        """`pool.inbound.on_next`."""
        if self._hopped(self._push_to_all, value):
            return
        try:
            self._check_running("write_all", stopping=True)
            message = self._checked(value)
        except SscError as error:
            self._ledger.write_refused("", error)
            return
        if self._inbound.full:
            self._ledger.refuse()
            full = ReentrancyLimitError("pool.inbound", MAX_WAITING)
            self._ledger.write_refused("", full)
            return
        _, missed = _broadcast(message, self._registry, self._writes)
        for socket, outcome in missed:
            if outcome is not DROPPED:
                self._ledger.write_refused(socket.id, outcome)
        if self._inbound.observed:
            self._inbound.emit_in_turn(message)

    def _hopped(self, push: Any, value: Data | Message) -> bool:
        """Whether a push from another thread was sent on to the event loop."""
        if self._driver is None or get_ident() == self._thread:
            return False
        self._driver.hop(push, value)
        return True

    def _hops_refused(self, n: int) -> None:
        error = SscError(
            f"refused {counted(n, 'write')} of other threads: {MAX_HOPS:,} waited already "
            "for the event loop, which is blocked or overloaded"
        )
        self._ledger.write_refused("", error)


def _broadcast(
    message: Message, targets: Iterable[Socket], writes: Writes
) -> tuple[int, list[tuple[Socket, SscError | Dropped]]]:
    """How many queued it, and who did not."""
    outgoing = Outgoing(message.type, message.payload)
    queued = 0
    missed: list[tuple[Socket, SscError | Dropped]] = []
    for socket in list(targets):
        if writes.observed or not socket.take(outgoing):
            outcome = socket.accept(message, outgoing)
            if outcome is not None:
                missed.append((socket, outcome))
                continue
        queued += 1
    return queued, missed


def _ids(name: str, given: Iterable[str]) -> dict[str, None]:
    """Each ID once, in the order given."""
    try:
        return dict.fromkeys([given] if isinstance(given, str) else given)
    except TypeError as error:
        raise InvalidOptionError(
            f"{name} must be IDs, or one ID, not {type(given).__name__} ({error})"
        ) from error


def _lives_on(outcome: SscError | Dropped) -> bool:
    return outcome is DROPPED or (
        isinstance(outcome, OutboxFullError) and not outcome.closing
    )
