"""What can be set. Every field: unit, default, what `None` means."""

import enum
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypedDict, Unpack, get_args

from ssc_rx.errors import DialError, InvalidOptionError
from ssc_rx.events import CloseInfo
from ssc_rx.message import Message

__all__ = [
    "Buffering",
    "MonitorLevel",
    "Options",
    "Outbox",
    "Overflow",
    "Reconnect",
    "ServerSocketOptions",
    "SocketOptions",
]

MonitorLevel = Literal["stats", "traffic", "control", "off"]


class Overflow(enum.Enum):
    """What happens to a write that finds the outbox full, or a stream's buffer a message.

    For an outbox, full means that the peer is slow: what the connection takes is handed
    over before. A policy that drops refuses nothing; what it dropped is counted by reason
    (`Counts.dropped`) and told in `MessagesDropped` events. For a stream (`pool.stream`),
    it means that the consumer is slow: `MessageStream.lost` counts, whatever the policy.
    """

    CLOSE = "close"
    """Outboxes only: refuse it, close the socket with 1013; what was queued is lost."""
    ERROR = "error"
    """Outboxes only: refuse it with `OutboxFullError`; the socket lives."""
    DROP_OLDEST = "drop_oldest"
    """Queue it; as many of the oldest as need be are dropped ("oldest")."""
    DROP_NEWEST = "drop_newest"
    """Accept it and drop it at once ("newest"); what is queued stays."""
    LATEST = "latest"
    """Queue it in place of the one that waits, which is dropped ("superseded")."""
    BLOCK = "block"
    """Streams only: lose nothing; the sockets that feed the stream aren't read, for anyone,
    until there is room."""


def _positive(name: str, value: object, *, whole: bool = False) -> None:
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        wanted = "a whole number" if whole else "a number"
        raise InvalidOptionError(
            f"{name} must be {wanted}, not {type(value).__name__} ({value!r})"
        )
    if not (value > 0 and math.isfinite(value)):
        raise InvalidOptionError(f"{name} must be positive and finite, not {value!r}")


_FOR_OUTBOXES = tuple(policy for policy in Overflow if policy is not Overflow.BLOCK)
_FOR_STREAMS = (
    Overflow.DROP_OLDEST,
    Overflow.DROP_NEWEST,
    Overflow.LATEST,
    Overflow.BLOCK,
)


def _policy(name: str, value: object, allowed: Sequence[Overflow]) -> None:
    if value not in allowed:
        raise InvalidOptionError(
            f"{name} must be one of {', '.join(map(str, allowed))}, not {value!r}"
        )


@dataclass(frozen=True, slots=True)
class Outbox:
    """The bound of what may wait for one peer, and what happens beyond it.

    Attributes:
        messages: How many messages may wait; 4,096 by default. `Overflow.LATEST` lets
            one wait, whatever this says.
        bytes: How many payload bytes may wait; 4 MiB by default. An empty outbox takes
            one message of any size that `max_message_size` lets pass.
        overflow: What a full outbox does to a write; `Overflow.CLOSE` by default.
    """

    messages: int = 4096
    bytes: int = 4 * 1024 * 1024
    overflow: Overflow = Overflow.CLOSE

    def __post_init__(self) -> None:
        _positive("Outbox.messages", self.messages, whole=True)
        _positive("Outbox.bytes", self.bytes, whole=True)
        if self.overflow is Overflow.BLOCK:
            raise InvalidOptionError(
                "Outbox.overflow can't be Overflow.BLOCK: a write never blocks; "
                "await pool.send(), which waits for room"
            )
        _policy("Outbox.overflow", self.overflow, _FOR_OUTBOXES)


@dataclass(frozen=True, slots=True)
class Buffering:
    """What a stream was told, checked; see `Pool.stream`."""

    buffer: int
    overflow: Overflow
    block_timeout: float

    def __post_init__(self) -> None:
        _positive("buffer", self.buffer, whole=True)
        _positive("block_timeout", self.block_timeout)
        _policy("overflow of a stream", self.overflow, _FOR_STREAMS)


@dataclass(frozen=True, slots=True)
class Reconnect:
    """How a server socket that drops is dialled again.

    The delay before an attempt is random, from 0 to `min_delay`, twice that before the
    next one, and so on up to `max_delay`; to it is added what the server asked for with
    Retry-After, a day at most.

    Attributes:
        min_delay: Bound of the first delay, in seconds; 0.5 by default.
        max_delay: Bound of every delay, in seconds; 30 by default.
        min_uptime: Seconds that a connection must last to count as a success, after
            which attempts are counted anew; 5 by default.
        max_attempts: How many attempts in a row may fail until the socket is given up.
            `None`, the default, for any number.
        max_dials: How many dials of the pool may be in flight at once, first ones too;
            20 by default. `None` for any number. Counts as given to the pool: a single
            socket's doesn't.
        retry: Decides whether to dial again: called with the `DialError` of a failed
            attempt or the `CloseInfo` of a connection that ended; returns True, False,
            or `None` for the default rule. One that raises is reported, and counts as
            `None`. The default rule gives up after HTTP status 4xx but 408, 425 and
            429, and after close codes 1002, 1003 and 1007 to 1010.
        jitter: Gives random numbers from 0 to 1; `None`, the default, for Python's.
    """

    min_delay: float = 0.5
    max_delay: float = 30.0
    min_uptime: float = 5.0
    max_attempts: int | None = None
    max_dials: int | None = 20
    retry: Callable[[DialError | CloseInfo], bool | None] | None = None
    jitter: Callable[[], float] | None = None

    def __post_init__(self) -> None:
        for name in ("min_delay", "max_delay", "min_uptime"):
            _positive(f"Reconnect.{name}", getattr(self, name))
        for name in ("max_attempts", "max_dials"):
            if (value := getattr(self, name)) is not None:
                _positive(f"Reconnect.{name}", value, whole=True)
        if self.min_delay > self.max_delay:
            raise InvalidOptionError(
                f"Reconnect.min_delay={self.min_delay} is more than "
                f"Reconnect.max_delay={self.max_delay}"
            )
        if self.retry is not None and not callable(self.retry):
            raise InvalidOptionError(
                "Reconnect.retry must be a function of a DialError or CloseInfo, "
                f"not {self.retry!r}"
            )
        if self.jitter is not None and not callable(self.jitter):
            raise InvalidOptionError(
                f"Reconnect.jitter must be a function, not {self.jitter!r}"
            )


def _check_reconnect(value: object) -> None:
    if value is not None and not isinstance(value, Reconnect):
        raise InvalidOptionError(
            f"reconnect must be a Reconnect, or None to dial only once, not {value!r}"
        )


class SocketOptions(TypedDict, total=False):
    """The options that `add_server_socket` and `add_client_socket` may override."""

    ping_interval: float | None
    ping_timeout: float
    open_timeout: float
    close_timeout: float
    max_message_size: int | None
    compression: Literal["deflate"] | None
    outbox: Outbox
    on_duplicate: Literal["reject", "replace"]


class ServerSocketOptions(SocketOptions, total=False):
    """The options that `add_server_socket` may override."""

    reconnect: Reconnect | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a `Pool` was told, checked.

    Attributes:
        ping_interval: Seconds between the pings of one socket; 45 by default. `None`
            sends none: a peer that died silently is then never noticed.
        ping_timeout: Seconds without any sign of life after a ping until the socket is
            closed with 1011; 20 by default.
        open_timeout: Seconds for a dial or an opening handshake; 10 by default.
        close_timeout: Seconds for a closing handshake, flushing included, until the
            connection is cut; 5 by default.
        max_message_size: Bytes of a message, read (after decompression) or written;
            1 MiB by default. `None` lifts the limit: one peer can then fill the memory.
        max_sockets: How many sockets the pool may hold; `None`, the default, for any
            number.
        on_duplicate: What a new socket does whose ID is taken. "reject", the default,
            refuses it with `DuplicateIdError`. "replace" opens it, and once it is open
            gives it the ID: the old one delivers nothing more, what it had queued fails
            ("replaced"), and it closes with 4501 in the background.
        origins: The `Origin` values from which browsers may connect to `serve()`.
            `None`, the default, allows the server's own host only; "*" allows all.
            A request without `Origin` doesn't come from a browser and is let in.
        compression: "deflate" offers and accepts permessage-deflate (RFC 7692); `None`,
            the default, doesn't: it costs three times the memory.
        outbox: The bound of each socket's outbox.
        reconnect: How server sockets that drop are dialled again. `None` doesn't: a
            drop is their end; nor does it limit how many dials are in flight.
        monitor: What `ssc-monitor` may see, run by the same user on the same machine:
            "stats" shows counters and what happens to sockets, "traffic" messages as
            well; with "control" it may also send messages, close sockets and ping them.
            `None`, the default, leaves it to the environment variable
            SSC_MONITOR, and is off without it; "off" is off.
        redact: Gives the payload of a message that monitors may see; called for those
            that are shown, on the event loop. `None`, the default, shows it as it is.
            Passwords and tokens in URLs and headers are never shown.
    """

    ping_interval: float | None = 45.0
    ping_timeout: float = 20.0
    open_timeout: float = 10.0
    close_timeout: float = 5.0
    max_message_size: int | None = 1024 * 1024
    max_sockets: int | None = None
    on_duplicate: Literal["reject", "replace"] = "reject"
    origins: Sequence[str] | None = None
    compression: Literal["deflate"] | None = None
    outbox: Outbox = field(default_factory=Outbox)
    reconnect: Reconnect | None = field(default_factory=Reconnect)
    monitor: MonitorLevel | None = None
    redact: Callable[[Message], bytes] | None = None

    def __post_init__(self) -> None:
        for name in ("ping_timeout", "open_timeout", "close_timeout"):
            _positive(name, getattr(self, name))
        if self.ping_interval is not None:
            _positive("ping_interval", self.ping_interval)
        for name in ("max_message_size", "max_sockets"):
            if (value := getattr(self, name)) is not None:
                _positive(name, value, whole=True)
        if self.on_duplicate not in ("reject", "replace"):
            raise InvalidOptionError(
                f'on_duplicate must be "reject" or "replace", not {self.on_duplicate!r}'
            )
        if self.compression not in (None, "deflate"):
            raise InvalidOptionError(
                f'compression must be None or "deflate", not {self.compression!r}'
            )
        if isinstance(self.origins, str) and self.origins != "*":
            raise InvalidOptionError(
                f'origins must be a list of origins or "*", not {self.origins!r}'
            )
        if not isinstance(self.outbox, Outbox):
            raise InvalidOptionError(
                f"outbox must be an Outbox, not {self.outbox!r}; "
                "Outbox(messages=..., bytes=..., overflow=...)"
            )
        _check_reconnect(self.reconnect)
        if self.monitor not in (None, *get_args(MonitorLevel)):
            raise InvalidOptionError(
                'monitor must be "stats", "traffic", "control", "off" or None, '
                f"not {self.monitor!r}"
            )
        if self.redact is not None and not callable(self.redact):
            raise InvalidOptionError(
                f"redact must be a function of a Message, not {self.redact!r}"
            )

    def override(self, **changes: Unpack[SocketOptions]) -> "Options":
        """The options of one socket: these, with the given changes.

        Raises:
            InvalidOptionError: If a name is unknown or a value can't be.
        """
        return self._with(changes, SocketOptions.__annotations__)

    def override_server(self, **changes: Unpack[ServerSocketOptions]) -> "Options":
        """The same of a server socket."""
        return self._with(changes, ServerSocketOptions.__annotations__)

    def _with(self, changes: Mapping[str, Any], known: Mapping[str, Any]) -> "Options":
        if not changes:
            return self
        if unknown := [name for name in changes if name not in known]:
            raise InvalidOptionError(
                f"unknown option {unknown[0]!r}; a socket takes {', '.join(known)}"
            )
        return replace(self, **changes)

    def with_origins(self, origins: Sequence[str]) -> "Options":
        """These options with other origins."""
        return replace(self, origins=origins)
