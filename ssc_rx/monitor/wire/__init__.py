"""`ssc-monitor.v1`: what a watched pool and its viewers tell each other. Pure.

A WebSocket on a Unix socket, subprotocol `ssc-monitor.v1`. Each frame is TEXT holding one
JSON object whose "t" names its type; rows are JSON arrays. Types, keys and array items
that a reader doesn't know are ignored, and fields are added at the end, with a default:
so every version reads every other's frames.

    process → viewer   hello · state · events · messages · payload · details · problem ·
                       answer
    viewer → process   watch · get · inspect · send · kick · ping

State travels as absolute, cumulative counters: rates are the viewer's own sums, and a
skipped frame costs resolution, never truth. Messages are samples: each batch says how
many were seen, matched, sent, sampled out and dropped.

The last three of a viewer are *commands*: only a pool of the level "control" carries
them out, and then its capabilities name them. Each is answered by one `Answer`.

IDs, URLs, error texts and headers are redacted before they are put into a frame; nothing
in a frame is fit for a terminal yet.
"""

from ssc_rx.monitor.wire.codec import (
    PROTOCOL,
    SUBPROTOCOL,
    WireError,
    decode_frame,
    decode_request,
    encode,
)
from ssc_rx.monitor.wire.frames import (
    Answer,
    Details,
    Events,
    Frame,
    Hello,
    Level,
    Messages,
    Payload,
    Problem,
    State,
)
from ssc_rx.monitor.wire.requests import (
    COMMANDS,
    MAX_PREVIEW_BYTES,
    MAX_SENT_BYTES,
    Command,
    Get,
    Inspect,
    Kick,
    Ping,
    Request,
    Selection,
    Send,
    Watch,
)
from ssc_rx.monitor.wire.rows import (
    Direction,
    Event,
    PoolRow,
    Sample,
    SocketHead,
    SocketRow,
    SubscriberRow,
)

__all__ = [
    "COMMANDS",
    "MAX_PREVIEW_BYTES",
    "MAX_SENT_BYTES",
    "PROTOCOL",
    "SUBPROTOCOL",
    "Answer",
    "Command",
    "Details",
    "Direction",
    "Event",
    "Events",
    "Frame",
    "Get",
    "Hello",
    "Inspect",
    "Kick",
    "Level",
    "Messages",
    "Payload",
    "Ping",
    "PoolRow",
    "Problem",
    "Request",
    "Sample",
    "Selection",
    "Send",
    "SocketHead",
    "SocketRow",
    "State",
    "SubscriberRow",
    "Watch",
    "WireError",
    "decode_frame",
    "decode_request",
    "encode",
]
