"""What fails. Facts are attributes, the text is built from them and says what to do.

SscError
├── InvalidOptionError (ValueError)      an option or argument that can't be
├── InvalidUrlError (ValueError)         not a ws:// or wss:// URL
├── InvalidIdError (TypeError)           an ID that isn't a string
├── AdmissionError                       a socket that isn't let in, for what it is
│   ├── EmptyIdError (ValueError)        an ID without a character
│   ├── DuplicateIdError                 the ID is taken
│   ├── OriginRefusedError               a browser from another site
│   └── TooManySocketsError              `max_sockets` is reached
├── UnknownSocketError (KeyError)        no socket has that ID
├── SocketClosedError                    the socket isn't open
├── SocketEndedError                     `ops.fail_on_close()`: a socket ended unexpectedly
├── OutboxFullError                      the socket's outbox has no room
├── InvalidMessageError (ValueError)     not a message that can be written
│   └── MessageTooBigError               over `max_message_size`
├── PayloadError (ValueError)            a payload that isn't what was asked for
├── PoolNotRunningError                  before `start()` or after `stop()`
├── PoolStartError (ExceptionGroup)      `start()` could not open what it had to
├── WrongThreadError                     a call from another thread than the loop's
├── ThreadQueueFullError                 too many writes of other threads wait
├── DialError (ConnectionError)          a server socket could not be opened
├── ServeError (OSError)                 the embedded server can't listen
├── UnsupportedByTransportError          the connection below can't do that
├── CollectTimeoutError (TimeoutError)   `collect`: fewer messages came than were wanted
├── NotebookError                        needs a notebook's front end, and there is none
├── ReentrancyLimitError                 observers that feed themselves without end
├── ConsumerTooSlowError                 a stream that blocks was not read for too long
└── LinkError                            why an open link ended; in `CloseInfo.error`
    ├── PeerProtocolError                the peer broke RFC 6455 or a limit
    ├── PingTimeoutError                 no sign of life after a ping
    ├── CloseTimeoutError                the closing handshake did not end in time
    └── LinkLostError                    the transport went away
"""

from collections.abc import Sequence
from typing import Any, Literal

from ssc_rx.wording import counted, shown, without_credentials

__all__ = [
    "AdmissionError",
    "CloseTimeoutError",
    "ConsumerTooSlowError",
    "DialError",
    "DialFailure",
    "DuplicateIdError",
    "EmptyIdError",
    "InvalidIdError",
    "InvalidMessageError",
    "InvalidOptionError",
    "InvalidUrlError",
    "LinkError",
    "LinkLostError",
    "MessageTooBigError",
    "NotebookError",
    "OriginRefusedError",
    "OutboxFullError",
    "PayloadError",
    "PeerProtocolError",
    "PingTimeoutError",
    "PoolNotRunningError",
    "PoolStartError",
    "ReentrancyLimitError",
    "ServeError",
    "SocketClosedError",
    "SocketEndedError",
    "SscError",
    "ThreadQueueFullError",
    "TooManySocketsError",
    "UnknownSocketError",
    "UnsupportedByTransportError",
    "WrongThreadError",
    "counted",
    "shown",
    "without_credentials",
]

DialFailure = Literal[
    "timeout",
    "dns",
    "network",
    "tls",
    "proxy",
    "handshake",
    "http",
    "function",
    "on_open",
    "other",
]
"""What a dial failed at: a time limit, the host's name, the connection below, TLS, the
proxy, an answer that is no opening handshake, one that says no, a function of the user's
that was to give the URL or headers, his `on_open`."""


class SscError(Exception):
    """The root of all errors that ssc-rx raises."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else type(self).__name__


class InvalidOptionError(SscError, ValueError):
    """An option or argument is out of its range or of the wrong type."""


class InvalidUrlError(SscError, ValueError):
    """A URL that no WebSocket can be dialled at."""

    def __init__(self, url: object, reason: str, meant: str | None = None) -> None:
        self.url = url
        self.reason = reason
        text = repr(url)
        if isinstance(url, str):
            # "user:secret@host" has no scheme by which they would be found.
            bare = url if "://" in url else url.rpartition("@")[2]
            text = repr(without_credentials(bare))
        then = "give one like 'wss://example.org/feed'"
        if meant is not None:
            then = f"do you mean {without_credentials(meant)!r}?"
        super().__init__(f"{text} is no WebSocket URL: {reason}; {then}")


class InvalidIdError(SscError, TypeError):
    """An ID that isn't a string."""

    def __init__(self, id: object) -> None:
        self.id = id
        super().__init__(f"a socket's ID must be a str, not {type(id).__name__}")


class AdmissionError(SscError):
    """A socket isn't let in, for what it is or what it asks for.

    Of a peer in a route handler, it has been told: catch it, and there is nothing to do.
    """


class EmptyIdError(AdmissionError, ValueError):
    """An ID without a single character."""

    def __init__(self) -> None:
        super().__init__("a socket's ID can't be empty; give it a name or its URL")


class DuplicateIdError(AdmissionError):
    """The ID is taken by another socket of the pool."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(
            f"the ID {shown(id)} is taken; give another one (id=, or a dict of IDs to "
            "URLs for Pool), await remove_socket() for the old one first, or let the new "
            'one replace it: on_duplicate="replace"'
        )


class UnknownSocketError(SscError, KeyError):
    """No socket of the pool has that ID."""

    def __init__(self, id: str) -> None:
        self.id = id
        super().__init__(
            f"no socket has the ID {shown(id)}; pool.list() tells which there are"
        )


class TooManySocketsError(AdmissionError):
    """The pool holds `max_sockets` sockets already."""

    def __init__(self, max_sockets: int) -> None:
        self.max_sockets = max_sockets
        super().__init__(
            f"the pool is full: max_sockets={max_sockets}; "
            "remove a socket or allow more"
        )


class SocketClosedError(SscError):
    """The socket isn't open: being dialled, or dialled again, closing, or gone."""

    def __init__(self, id: str, state: str) -> None:
        self.id = id
        self.state = state
        super().__init__(
            f"the socket {shown(id)} is {state}, not open; nothing was queued"
        )


class SocketEndedError(SscError):
    """A socket ended otherwise than normally; its cause is that of the end, if any."""

    def __init__(self, id: str, code: int, reason: str) -> None:
        self.id = id
        self.code = code
        self.reason = reason
        why = f" ({shown(reason)})" if reason else ""
        super().__init__(f"the socket {shown(id)} ended with {code}{why}")


class OutboxFullError(SscError):
    """The peer reads too slowly: its outbox has no room for another message."""

    def __init__(self, id: str, messages: int, bytes: int, *, closing: bool) -> None:
        self.id = id
        self.messages = messages
        self.bytes = bytes
        self.closing = closing
        then = (
            "the socket is being closed with 1013 (Overflow.CLOSE)"
            if closing
            else "write less, or await pool.send(), which waits for room"
        )
        super().__init__(
            f"the outbox of {shown(id)} is full ({counted(messages, 'message')}, "
            f"{counted(bytes, 'byte')}): its peer reads too slowly; {then}"
        )


class InvalidMessageError(SscError, ValueError):
    """Not a message that can be written."""


class MessageTooBigError(InvalidMessageError):
    """A payload over `max_message_size`."""

    def __init__(self, size: int, max_message_size: int) -> None:
        self.size = size
        self.max_message_size = max_message_size
        super().__init__(
            f"the payload has {size} bytes, max_message_size is {max_message_size}; "
            "split it or raise the limit"
        )


class PayloadError(SscError, ValueError):
    """A received payload that isn't what was asked for."""

    def __init__(self, id: str, wanted: str, reason: str) -> None:
        self.id = id
        self.wanted = wanted
        self.reason = reason
        super().__init__(f"a message of {shown(id)} isn't {wanted}: {reason}")


class PoolNotRunningError(SscError):
    """The pool isn't started yet, or is stopping or stopped."""

    def __init__(self, name: str, state: str) -> None:
        self.name = name
        self.state = state
        then = {
            "new": "await pool.start() first, or use `async with pool:`",
            "stopping": "it takes no new work",
        }.get(state, "make a new Pool: a stopped one stays stopped")
        super().__init__(f"the pool {name!r} is {state}; {then}")


class PoolStartError(ExceptionGroup[Exception], SscError):
    """`start()` could not open what it had to; holds one error for each URL."""

    def derive(  # type: ignore[override]
        self, excs: Sequence[Any], /
    ) -> "PoolStartError":
        """The same, of some of its errors (PEP 654)."""
        return PoolStartError(self.message, excs)

    def __str__(self) -> str:
        return ExceptionGroup.__str__(self)


class ThreadQueueFullError(SscError):
    """A write of another thread was refused: too many wait for the event loop.

    Attributes:
        limit: How many may wait.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} writes of other threads wait for the event loop already, which is "
            "blocked or overloaded; write less, or wait for the futures"
        )
        self.limit = limit


class WrongThreadError(SscError):
    """A pool belongs to one event loop; this call came from another, or its thread."""

    def __init__(self, name: str, call: str) -> None:
        self.name = name
        self.call = call
        super().__init__(
            f"{call} was called outside the event loop of pool {name!r} or its thread; "
            "to write from there use pool.write_threadsafe(message); hand other calls "
            "over with loop.call_soon_threadsafe(...), or thread.call(...) of in_thread()"
        )


class DialError(SscError, ConnectionError):
    """A server socket could not be opened.

    Attributes:
        url: What was dialled, without credentials.
        reason: What went wrong.
        kind: What it failed at.
        status: The HTTP status of the answer, when there was one.
        retry_after: Seconds that the server asked to wait; `None` if it didn't.
    """

    def __init__(
        self,
        url: str,
        reason: str,
        hint: str = "",
        *,
        kind: DialFailure = "other",
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.url = without_credentials(url)
        self.reason = reason
        self.kind: DialFailure = kind
        self.status = status
        self.retry_after = retry_after
        text = f"can't open {self.url}: {reason}"
        super().__init__(f"{text}; {hint}" if hint else text)


class OriginRefusedError(AdmissionError):
    """A browser whose page comes from another site wanted in."""

    def __init__(self, origin: str | None, host: str | None) -> None:
        self.origin = origin
        self.host = host
        super().__init__(
            f"the Origin {shown(origin)} may not connect to {shown(host)}; "
            "allow it with Pool(origins=[...])"
        )


class ServeError(SscError, OSError):
    """The embedded server can't listen where it was told to."""


class UnsupportedByTransportError(SscError):
    """The connection below the socket can't do that."""


class NotebookError(SscError):
    """What needs the front end of a notebook was asked for elsewhere."""


class ReentrancyLimitError(SscError):
    """Observers that react to a stream by feeding the same stream, without end."""

    def __init__(self, stream: str, limit: int) -> None:
        self.stream = stream
        self.limit = limit
        super().__init__(
            f"more than {limit} values wait in the stream {stream!r}: an observer feeds "
            "the stream that it observes; break the loop with a filter"
        )


class ConsumerTooSlowError(SscError):
    """A stream that blocks (`Overflow.BLOCK`) was full for too long, and was ended."""

    def __init__(self, stream: str, buffer: int, block_timeout: float) -> None:
        self.stream = stream
        self.buffer = buffer
        self.block_timeout = block_timeout
        super().__init__(
            f"the {stream} was ended: its buffer of {counted(buffer, 'message')} was "
            f"full for block_timeout={block_timeout} s, in which its sockets could not be "
            "read; "
            "take messages faster, allow more time, or let it drop some (overflow=)"
        )


class LinkError(SscError):
    """Why an open link ended without a clean closing handshake."""


class PeerProtocolError(LinkError):
    """The peer broke RFC 6455, or one of our limits."""


class PingTimeoutError(LinkError):
    """Nothing was received from the peer after a ping."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout
        super().__init__(f"no sign of life within ping_timeout={timeout} s of a ping")


class CloseTimeoutError(LinkError):
    """The closing handshake did not end in time."""


class LinkLostError(LinkError):
    """The connection went away without a closing handshake."""
