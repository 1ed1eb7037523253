"""What a viewer asks of a watched process."""

from typing import get_args

import msgspec

from ssc_rx.monitor.wire.rows import Direction

__all__ = [
    "COMMANDS",
    "MAX_PREVIEW_BYTES",
    "MAX_SENT_BYTES",
    "Command",
    "Get",
    "Inspect",
    "Kick",
    "Ping",
    "Request",
    "Selection",
    "Send",
    "Watch",
]

MAX_PREVIEW_BYTES = 4096
"""Payload that comes with a sample, at the most; for all of it there is `Get`."""

MAX_SENT_BYTES = 2 * 1024 * 1024
"""Payload that a viewer may have sent; twice what a pool takes by default."""


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages to sample; all conditions have to hold.

    Attributes:
        numbers: Of these sockets only; `None` for all.
        direction: "in" or "out" only.
        types: Of these opcodes only.
        words: Each is in the ID or in the payload, whatever the case.
        min_size, max_size: Bounds of the payload, in bytes.
        rate: At most so many samples a second, fairly from all sockets that match.
        preview: Bytes of payload to send with a sample, up to `MAX_PREVIEW_BYTES`.
        muted: Not of these sockets.
    """

    numbers: tuple[int, ...] | None = None
    direction: Direction | None = None
    types: tuple[int, ...] | None = None
    words: tuple[str, ...] = ()
    min_size: int = 0
    max_size: int | None = None
    rate: int = 2000
    preview: int = 256
    muted: tuple[int, ...] = ()


class Watch(msgspec.Struct, frozen=True, tag_field="t", tag="watch"):
    """What the viewer wants from now on; replaces what it wanted before.

    Attributes:
        messages: Which messages; `None` for none. Needs the level "traffic".
    """

    messages: Selection | None = None


class Get(msgspec.Struct, frozen=True, tag_field="t", tag="get"):
    """Send the whole payload of a sample: answered by `Payload`."""

    sequence: int


class Inspect(msgspec.Struct, frozen=True, tag_field="t", tag="inspect"):
    """Tell more of a socket: answered by `Details`."""

    number: int


class Send(msgspec.Struct, frozen=True, tag_field="t", tag="send"):
    """Write a message to some sockets.

    Attributes:
        request: Any number of the viewer's own; the answer bears it.
        payload: At most `MAX_SENT_BYTES`, and what the pool itself takes.
        type: 1 TEXT, 2 BINARY.
        numbers: To these sockets; or
        tag: to the group of those that bear it; with neither, to all of them.
    """

    request: int
    payload: bytes
    type: int = 1
    numbers: tuple[int, ...] | None = None
    tag: str | None = None


class Kick(msgspec.Struct, frozen=True, tag_field="t", tag="kick"):
    """Close a socket for good, after what is queued (RFC 6455 section 7.4)."""

    request: int
    number: int
    code: int = 1000
    reason: str = ""


class Ping(msgspec.Struct, frozen=True, tag_field="t", tag="ping"):
    """Measure a socket's round trip now (RFC 6455 section 5.5.2)."""

    request: int
    number: int


Command = Send | Kick | Ping
Request = Watch | Get | Inspect | Command

COMMANDS = tuple(str(kind.__struct_config__.tag) for kind in get_args(Command))
