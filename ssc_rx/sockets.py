"""`Socket`: what a user sees and does of one connection of a pool."""

from asyncio import Future
from collections.abc import Iterable
from threading import get_ident
from typing import Any, NoReturn, SupportsIndex

from ssc_rx.core.stats import SocketStats
from ssc_rx.core.tags import check_tags
from ssc_rx.endpoint import Endpoint
from ssc_rx.errors import (
    InvalidOptionError,
    SscError,
    shown,
)
from ssc_rx.events import CloseInfo, SocketKind
from ssc_rx.holding import Hold
from ssc_rx.message import Data, Message, MessageType, check_writable, to_message
from ssc_rx.options import Buffering, Options, Overflow
from ssc_rx.ports import Outgoing
from ssc_rx.sending import DROPPED
from ssc_rx.shared import Shared
from ssc_rx.streams.bridge import Intake, MessageStream
from ssc_rx.streams.closing import SocketHub
from ssc_rx.streams.stream import Stream
from ssc_rx.streams.writes import Writes

__all__ = ["Socket", "check_close"]

_TEXT, _BINARY = MessageType.TEXT, MessageType.BINARY


class Socket(Endpoint):
    """One connection of a pool: dialled (kind "server") or accepted (kind "client").

    Get one from `pool[id]`, `add_server_socket` or `add_client_socket`. It belongs to
    the pool's event loop: from another thread only `writes.on_next` may be called.

    Attributes:
        id: The socket's ID in its pool.
        kind: "server" or "client".
        url: What was dialled last; `None` for a client socket, or before the first
            dial if the URL comes from a function.
        tags: What it bears: the groups it belongs to; see `pool.tagged`.
        data: Yours: what your application keeps about this socket.
        generation: How many connections it has had; 0 before the first is open.
        opened_at: UNIX seconds at which the last of them opened; `None` before.
        close_info: How it ended; `None` before.
    """

    __slots__ = ("data", "tags", "url")

    def __init__(
        self,
        shared: Shared,
        id: str,
        kind: SocketKind,
        options: Options,
        *,
        url: str | None = None,
        tags: Iterable[str] = (),
    ) -> None:
        super().__init__(shared, id, kind, options)
        self.url = url
        self.tags = check_tags(tags)
        self.data: Any = None

    def tag(self, *tags: str) -> None:
        """Let it bear these tags as well.

        Raises:
            InvalidOptionError: If one is no tag. WrongThreadError
        """
        self._shared.check_thread("tag")
        self.tags |= check_tags(tags)
        if not self._gone:
            self._shared.joined(self, tags)

    def untag(self, *tags: str) -> None:
        """Let it bear these tags no more; those it doesn't bear are ignored.

        Raises:
            InvalidOptionError: If one is no tag. WrongThreadError
        """
        self._shared.check_thread("untag")
        self.tags -= check_tags(tags)
        self._shared.left(self, tags)

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(
            "a Socket can't be copied or pickled; pass its ID on, or socket.stats"
        )

    def __repr__(self) -> str:
        return f"<Socket {shown(self.id)} {self.kind} {self.state}>"

    @property
    def options(self) -> Options:
        """What bounds it: the pool's options, and what it was given of its own."""
        return self._options

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.socket(self))

    @property
    def latency(self) -> float | None:
        """Seconds of the last ping's round trip; `None` before the first."""
        return None if self._heartbeat is None else self._heartbeat.latency

    @property
    def remote_address(self) -> Any:
        """The peer's address, as the operating system gives it; `None` if unknown."""
        return None if self._transport is None else self._transport.remote_address

    @property
    def subprotocol(self) -> str | None:
        """The negotiated subprotocol (RFC 6455 section 1.9); `None` if there is none."""
        return None if self._transport is None else self._transport.subprotocol

    @property
    def request(self) -> Any:
        """The opening request, with `path` and `headers`; `None` if there was none."""
        return None if self._transport is None else self._transport.request

    @property
    def stats(self) -> SocketStats:
        """A snapshot of its state and counters."""
        outbox, heartbeat = self._outbox, self._heartbeat
        pinged = None if heartbeat is None else heartbeat.unanswered_since
        if pinged is not None:
            pinged += self._shared.driver.wall_offset
        return SocketStats(
            id=self.id,
            kind=self.kind,
            state=self.state,
            generation=self.generation,
            latency=self.latency,
            opened_at=self.opened_at,
            last_received=self._time or None,
            pinged_at=pinged,
            subscribers=self.subscribers,
            messages_in=self.messages_in,
            bytes_in=self.bytes_in,
            messages_out=outbox.handed_over,
            bytes_out=outbox.handed_over_bytes,
            accepted=outbox.accepted,
            refused=self.refused,
            queued=len(outbox),
            queued_bytes=outbox.queued_bytes,
            failed=dict(outbox.failed),
            dropped=dict(outbox.dropped),
        )

    @property
    def messages(self) -> Stream[Message]:
        """What this very socket receives; completes when it is gone for good.

        Whoever subscribes right after the socket opened, before awaiting anything,
        misses nothing.
        """
        if self._hub is None:
            self._hub = SocketHub(self.id, self._shared.home)
            if self._gone:
                self._hub.end = self.close_info
                self._hub.complete()
        return self._hub

    def stream(
        self,
        *,
        buffer: int = 1024,
        overflow: Overflow = Overflow.DROP_OLDEST,
        block_timeout: float = 10.0,
    ) -> MessageStream:
        """What this very socket receives, for a coroutine.

        `async with socket.stream() as stream: ...`; ends when the socket is gone for
        good, after what is buffered then. The rest is as with `Pool.stream`.

        Raises:
            InvalidOptionError
            WrongThreadError: If called from another thread.
        """
        shared = self._shared
        shared.check_thread("stream")
        buffering = Buffering(buffer, overflow, block_timeout)
        gate = Hold(shared.holds, lambda: (self,), lambda s: s is self, self.id)
        intake = Intake("socket.stream", buffering, gate)
        later = shared.driver.soon_threadsafe
        stream = MessageStream(intake, shared.check_thread, later)
        intake.subscribe((self.messages,))
        return stream

    @property
    def writes(self) -> Writes:
        """Push `str`, `bytes` or a `Message` into it to write that to this socket.

        `on_next` may be called from any thread and never raises: a refused write is a
        `WriteRefused` event. As an Observable it shows what this socket accepted.
        """
        if self._writes is None:
            self._writes = Writes(
                "socket.writes", self._shared.home, self._push, self.id
            )
            if self._gone:
                self._writes.complete()
        return self._writes

    def _push(self, value: Data | Message) -> None:
        shared = self._shared
        if get_ident() != shared.thread:
            shared.driver.hop(self._push, value)
            return
        try:
            self.write(value)
        except SscError as error:
            shared.write_refused(self.id, error)

    def write(self, data: Data | Message) -> None:
        """Queue a message for this socket; never blocks.

        A full outbox may drop this message or older ones, if its policy says so.

        Args:
            data: `str` for TEXT, bytes-like for BINARY, a `dict` or `list` for JSON in
                TEXT, or a `Message`, whose ID is ignored.

        Raises:
            SocketClosedError: If the socket isn't open.
            OutboxFullError: If its outbox is full and the policy is to refuse.
            InvalidMessageError: If `data` can't be sent; MessageTooBigError if too big.
            WrongThreadError: If called from another thread.
        """
        self._shared.check_thread("write")
        message = self.checked(data)
        outcome = self.accept(message, Outgoing(message.type, message.payload))
        if outcome is not None and outcome is not DROPPED:
            raise outcome

    async def send(self, data: Data | Message) -> None:
        """Queue a message for this socket, waiting for room in its outbox.

        While a server socket is dialled, or dialled again, this waits for that too.
        Same queue and order as `write`. Returning means queued, not delivered.
        Cancelling it while it waits withdraws the message.

        Raises:
            SocketClosedError: If the socket is closing or gone, or ends meanwhile.
            InvalidMessageError, MessageTooBigError, WrongThreadError: As for `write`.
        """
        self._shared.check_thread("send")
        message = self.checked(data)
        await self.accept_when_room(message, Outgoing(message.type, message.payload))

    def checked(self, data: Data | Message) -> Message:
        """Make a message of `data` that this socket can send, or raise."""
        if type(data) is Message and data.id == self.id:  # what most are, at less cost
            kind, payload = data.type, data.payload
            if (
                type(payload) is bytes
                and len(payload) <= self._max_size  # before it is read
                and (kind is _BINARY or (kind is _TEXT and payload.isascii()))
            ):
                return data
        try:
            message = to_message(self.id, data)
            check_writable(message, self._options.max_message_size)
            if message.type > MessageType.BINARY:
                self._check_can_ping()
        except SscError:
            self.refuse()
            raise
        return message

    def close(self, code: int = 1000, reason: str = "") -> Future[CloseInfo]:
        """Close the socket after what is queued; acts at the call.

        Args:
            code: The close code to send (RFC 6455 section 7.4).
            reason: At most 123 bytes of UTF-8.

        Returns:
            An awaitable of how it ended, which may be dropped. Cancelling it has no
            effect on the socket.

        Raises:
            InvalidOptionError: If code or reason can't be sent.
            WrongThreadError: If called from another thread.
        """
        self._shared.check_thread("close")
        check_close(code, reason)
        return self.end(code, reason)

    def wait_closed(self) -> Future[CloseInfo]:
        """Wait until it is gone for good, and tell how that came.

        Cancelling the wait has no effect on the socket.
        """
        self._shared.check_thread("wait_closed")
        return self.ended()


def check_close(code: int, reason: str) -> None:
    """Let a close code and reason through (RFC 6455 sections 5.5.1 and 7.4).

    Raises:
        InvalidOptionError: If they can't be sent.
    """
    sendable = isinstance(code, int) and (
        code in (1000, 1001, 1002, 1003, *range(1007, 1015)) or 3000 <= code < 5000
    )
    if not sendable:
        raise InvalidOptionError(
            f"{code!r} is no close code that may be sent; "
            "use 1000, 1001, 1007 to 1014, or one of your own from 4000 to 4999"
        )
    if not isinstance(reason, str):
        raise InvalidOptionError(
            f"a close reason must be a str, not {type(reason).__name__}"
        )
    try:
        size = len(reason.encode())
    except UnicodeEncodeError as error:
        raise InvalidOptionError(f"a close reason must be UTF-8: {error}") from error
    if size > 123:
        raise InvalidOptionError(
            f"a close reason has at most 123 bytes of UTF-8, this one {size}"
        )
