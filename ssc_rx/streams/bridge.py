"""The bridge from streams, which push, to coroutines, which pull: `async for`."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Protocol

from reactivex import Observable, abc

from ssc_rx.core.inbox import Inbox
from ssc_rx.errors import ConsumerTooSlowError
from ssc_rx.message import Message
from ssc_rx.options import Buffering

__all__ = ["Gate", "Intake", "MessageStream"]


class Gate(Protocol):
    """Holds back the sockets that feed a stream of the policy `BLOCK`."""

    def shut(self, intake: "Intake") -> None:
        """Let nothing more come in, from this call on."""

    def open(self) -> None:
        """Let messages come in again."""


class Intake:
    """The end of a stream that the hubs know, and which doesn't know the stream.

    So a stream that its user let go of is found out, though hubs hold this.

    Attributes:
        inbox: What waits to be taken.
        name: Of the stream, for events and error texts.
        ended: Whether nothing more will come in.
    """

    __slots__ = (
        "_abandoned",
        "_gate",
        "_impatient",
        "_open_sources",
        "_shut",
        "_subscriptions",
        "_too_slow",
        "_waiters",
        "buffering",
        "ended",
        "inbox",
        "name",
    )

    def __init__(self, name: str, buffering: Buffering, gate: Gate) -> None:
        self.name = name
        self.buffering = buffering
        self.inbox: Inbox[Message] = Inbox(buffering)
        self.ended = False
        self._gate = gate
        self._shut = False
        self._impatient = False
        self._abandoned = False
        self._too_slow = False
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._subscriptions: list[abc.DisposableBase] = []
        self._open_sources = 0

    def subscribe(self, sources: Iterable[Observable[Message]]) -> None:
        """Receive what the sources emit, until the last of them completes."""
        sources = list(sources)
        self._open_sources = len(sources)
        for source in sources:
            self._subscriptions.append(
                source.subscribe(self._on_next, on_completed=self._on_completed)
            )

    def _on_next(self, message: Message) -> None:
        if self._abandoned:
            self.close()
        if self.ended:
            return
        inbox = self.inbox
        inbox.put(message)
        if self._waiters:
            self.wake_one()
        if inbox.blocks and inbox.full and not self._shut:
            self._shut = True
            self._impatient = False
            self._gate.shut(self)

    def _on_completed(self) -> None:
        self._open_sources -= 1
        if not self._open_sources:
            self._end()

    # Told by the consumer

    def take(self) -> Message:
        """The oldest message that waits; there is one."""
        inbox = self.inbox
        message = inbox.queue.popleft()
        if self._shut and (self._impatient or inbox.half_empty):
            self._reopen()
        return message

    def wait(self) -> "asyncio.Future[None]":
        """Done when it is worth to look again."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        return waiter

    def wake_one(self) -> None:
        """There is a message for one of those who wait."""
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def check_speed(self) -> None:
        """Raise if the stream was ended because nobody took what it held."""
        if self._too_slow:
            buffering = self.buffering
            raise ConsumerTooSlowError(
                self.name, buffering.buffer, buffering.block_timeout
            )

    def close(self) -> None:
        """Receive nothing more, and let go of what waits."""
        self._end()
        self._too_slow = False
        self.inbox.queue.clear()

    def abandon(self) -> None:
        """Nobody holds the stream; it is for the next message, or a `close`, to act."""
        self._abandoned = True

    # Told by the gate

    def grow_impatient(self) -> None:
        """It has been shut for long: any room will do to open it."""
        self._impatient = True
        if not self.inbox.full:
            self._reopen()

    def give_up(self) -> None:
        """It has been shut for too long: what waits may be taken, nothing more comes."""
        self._too_slow = True
        self._end()

    def _reopen(self) -> None:
        if self._shut:
            self._shut = False
            self._gate.open()

    def _end(self) -> None:
        self.ended = True
        subscriptions, self._subscriptions = self._subscriptions, []
        for subscription in subscriptions:
            subscription.dispose()
        self._reopen()
        while self._waiters:
            self.wake_one()


class MessageStream:
    """Messages for a coroutine: `async for message in pool.stream(): ...`

    What comes in faster than it is taken waits in a buffer, and the policy says what
    happens when that is full. It receives from the moment it is made until it is closed,
    or ends: when the pool has stopped, or its socket is gone for good. What is buffered
    then can still be taken.

    `async with` closes it, and is the form to prefer. Without, leaving a loop by `break`
    leaves the stream as it is: a later loop goes on where the first one stopped. A stream
    that nobody holds any more closes itself.

    Several coroutines may take from one stream: each message goes to one of them. A
    cancelled `__anext__` loses nothing. It belongs to the pool's event loop.
    """

    __slots__ = ("__weakref__", "_check_thread", "_intake", "_later")

    def __init__(
        self,
        intake: Intake,
        check_thread: Callable[[str], None],
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._intake = intake
        self._check_thread = check_thread
        self._later = later

    @property
    def lost(self) -> int:
        """How many messages a full buffer has dropped so far."""
        return self._intake.inbox.lost

    @property
    def buffered(self) -> int:
        """How many messages wait to be taken; never more than `buffer`."""
        return len(self._intake.inbox.queue)

    @property
    def ended(self) -> bool:
        """Whether nothing more comes in; what is buffered may still be taken."""
        return self._intake.ended

    def __repr__(self) -> str:
        intake = self._intake
        state = "ended" if intake.ended else intake.buffering.overflow.name
        return (
            f"<MessageStream {intake.name} {state}, "
            f"{self.buffered} buffered, {self.lost} lost>"
        )

    def __aiter__(self) -> "MessageStream":
        return self

    async def __anext__(self) -> Message:
        """The next message; waits for one. Cancelling it loses nothing.

        Raises:
            ConsumerTooSlowError: After what was buffered, if that waited for longer than
                `block_timeout` (`Overflow.BLOCK` only); then at every call.
            WrongThreadError: If called from another thread.
        """
        intake = self._intake
        self._check_thread("MessageStream.__anext__")
        while not intake.inbox.queue:
            if intake.ended:
                intake.check_speed()
                raise StopAsyncIteration
            waiter = intake.wait()
            try:
                await waiter
            except asyncio.CancelledError:
                if waiter.done() and not waiter.cancelled() and intake.inbox.queue:
                    intake.wake_one()  # it was this one's turn: let another have it
                raise
        return intake.take()

    def close(self) -> None:
        """Receive nothing more; what is buffered is let go of, and isn't `lost`.

        Sockets that it held back are read again. Whoever waits for a message, or asks for
        one later, finds the stream at its end. Closing twice does nothing.

        Raises:
            WrongThreadError: If called from another thread.
        """
        self._check_thread("MessageStream.close")
        self._intake.close()

    async def __aenter__(self) -> "MessageStream":
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        # Anywhere, on any thread, perhaps inside an emission: act in a turn of its own.
        if not self._intake.ended:
            self._intake.abandon()
            self._later(self._intake.close)
