"""What can be set. Every field: unit, default, what `None` means."""

import enum
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypedDict, Unpack, get_args

from ssc_rx.errors import InvalidOptionError
from ssc_rx.message import Message

__all__ = ["MonitorLevel", "Options", "Outbox", "Overflow", "SocketOptions"]

MonitorLevel = Literal["stats", "traffic", "off"]


class Overflow(enum.Enum):
    """What happens to a write that finds the outbox full."""

    CLOSE = "close"
    """Refuse it, close the socket with 1013 and report what was queued as lost."""
    ERROR = "error"
    """Refuse it with `OutboxFullError`; the socket lives."""


def _positive(name: str, value: object, *, whole: bool = False) -> None:
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds):
        wanted = "a whole number" if whole else "a number"
        raise InvalidOptionError(
            f"{name} must be {wanted}, not {type(value).__name__} ({value!r})"
        )
    if not (value > 0 and math.isfinite(value)):
        raise InvalidOptionError(f"{name} must be positive and finite, not {value!r}")


@dataclass(frozen=True, slots=True)
class Outbox:
    """The bound of what may wait for one peer, and what happens beyond it.

    Attributes:
        messages: How many messages may wait; 4,096 by default.
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
        if not isinstance(self.overflow, Overflow):
            raise InvalidOptionError(
                "Outbox.overflow must be Overflow.CLOSE or Overflow.ERROR, "
                f"not {self.overflow!r}"
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
        origins: The `Origin` values from which browsers may connect to `serve()`.
            `None`, the default, allows the server's own host only; "*" allows all.
            A request without `Origin` doesn't come from a browser and is let in.
        compression: "deflate" offers and accepts permessage-deflate (RFC 7692); `None`,
            the default, doesn't: it costs three times the memory.
        outbox: The bound of each socket's outbox.
        monitor: What `ssc-monitor` may see, run by the same user on the same machine:
            "stats" shows counters and what happens to sockets, "traffic" messages as
            well. `None`, the default, leaves it to the environment variable
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
    origins: Sequence[str] | None = None
    compression: Literal["deflate"] | None = None
    outbox: Outbox = field(default_factory=Outbox)
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
        if self.compression not in (None, "deflate"):
            raise InvalidOptionError(
                f'compression must be None or "deflate", not {self.compression!r}'
            )
        if isinstance(self.origins, str) and self.origins != "*":
            raise InvalidOptionError(
                f'origins must be a list of origins or "*", not {self.origins!r}'
            )
        if not isinstance(self.outbox, Outbox):
            raise InvalidOptionError(f"outbox must be an Outbox, not {self.outbox!r}")
        if self.monitor not in (None, *get_args(MonitorLevel)):
            raise InvalidOptionError(
                f'monitor must be "stats", "traffic", "off" or None, not {self.monitor!r}'
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
        if not changes:
            return self
        known = SocketOptions.__annotations__
        if unknown := [name for name in changes if name not in known]:
            raise InvalidOptionError(
                f"unknown option {unknown[0]!r}; a socket takes {', '.join(known)}"
            )
        return replace(self, **changes)

    def with_origins(self, origins: Sequence[str]) -> "Options":
        """These options with other origins."""
        return replace(self, origins=origins)
