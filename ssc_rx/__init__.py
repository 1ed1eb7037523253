"""ssc-rx: a pool of WebSocket connections, dialled and accepted, read as one stream."""

import logging
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ssc_rx import operators
from ssc_rx.core.lifecycle import SocketState
from ssc_rx.core.stats import Counts, PoolStats, SocketStats
from ssc_rx.errors import (
    AdmissionError,
    CloseTimeoutError,
    ConsumerTooSlowError,
    DialError,
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    InvalidMessageError,
    InvalidOptionError,
    InvalidUrlError,
    LinkError,
    LinkLostError,
    MessageTooBigError,
    NotebookError,
    OriginRefusedError,
    OutboxFullError,
    PayloadError,
    PeerProtocolError,
    PingTimeoutError,
    PoolNotRunningError,
    PoolStartError,
    ReentrancyLimitError,
    ServeError,
    SocketClosedError,
    SocketEndedError,
    SscError,
    ThreadQueueFullError,
    TooManySocketsError,
    UnknownSocketError,
    UnsupportedByTransportError,
    WrongThreadError,
)
from ssc_rx.events import (
    CloseInfo,
    ConsumerTooSlow,
    DialFailed,
    Event,
    LoopLagged,
    MessagesDropped,
    MonitorActed,
    PayloadInvalid,
    PoolStopped,
    ReconnectScheduled,
    SocketClosed,
    SocketOpened,
    SocketOpening,
    SourceFailed,
    SubscriberFailed,
    WriteRefused,
    WritesLost,
)
from ssc_rx.groups import Group
from ssc_rx.message import Message, MessageType
from ssc_rx.notebook.live import LiveView
from ssc_rx.options import Options, Outbox, Overflow, Reconnect
from ssc_rx.pool import Pool
from ssc_rx.running import run
from ssc_rx.server import Server
from ssc_rx.sockets import Socket
from ssc_rx.streams.bridge import MessageStream
from ssc_rx.streams.stream import Stream
from ssc_rx.streams.writes import Writes
from ssc_rx.threads import PoolThread
from ssc_rx.writing import BroadcastResult

if TYPE_CHECKING:
    from ssc_rx.collecting import (
        CollectTimeoutError,
        Recording,
        collect,
        to_pandas,
        to_polars,
    )

__all__ = [
    "AdmissionError",
    "BroadcastResult",
    "CloseInfo",
    "CloseTimeoutError",
    "CollectTimeoutError",
    "ConsumerTooSlow",
    "ConsumerTooSlowError",
    "Counts",
    "DialError",
    "DialFailed",
    "DuplicateIdError",
    "EmptyIdError",
    "Event",
    "Group",
    "InvalidIdError",
    "InvalidMessageError",
    "InvalidOptionError",
    "InvalidUrlError",
    "LinkError",
    "LinkLostError",
    "LiveView",
    "LoopLagged",
    "Message",
    "MessageStream",
    "MessageTooBigError",
    "MessageType",
    "MessagesDropped",
    "MonitorActed",
    "NotebookError",
    "Options",
    "OriginRefusedError",
    "Outbox",
    "OutboxFullError",
    "Overflow",
    "PayloadError",
    "PayloadInvalid",
    "PeerProtocolError",
    "PingTimeoutError",
    "Pool",
    "PoolNotRunningError",
    "PoolStartError",
    "PoolStats",
    "PoolStopped",
    "PoolThread",
    "Reconnect",
    "ReconnectScheduled",
    "Recording",
    "ReentrancyLimitError",
    "ServeError",
    "Server",
    "Socket",
    "SocketClosed",
    "SocketClosedError",
    "SocketEndedError",
    "SocketOpened",
    "SocketOpening",
    "SocketState",
    "SocketStats",
    "SourceFailed",
    "SscError",
    "Stream",
    "SubscriberFailed",
    "ThreadQueueFullError",
    "TooManySocketsError",
    "UnknownSocketError",
    "UnsupportedByTransportError",
    "WriteRefused",
    "Writes",
    "WritesLost",
    "WrongThreadError",
    "__version__",
    "collect",
    "operators",
    "run",
    "to_pandas",
    "to_polars",
]

_OF_COLLECTING = (
    "CollectTimeoutError",
    "Recording",
    "collect",
    "to_pandas",
    "to_polars",
)

__version__ = version("ssc-rx")
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    """What only some need is imported when it is asked for."""
    if name in _OF_COLLECTING:
        from ssc_rx import collecting

        return getattr(collecting, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
