"""What web servers and frameworks do otherwise than promised, and why."""

from collections.abc import Mapping
from typing import NamedTuple


class Otherwise(NamedTuple):
    """What is seen instead of what is promised, and why."""

    seen: str
    why: str


Entries = Mapping[str, Otherwise]
"""By check; see `tests.adapters.checks`."""
NOTHING: Entries = {}


class Sigterm(NamedTuple):
    """The close codes that clients see when the server is told to end, and why.

    Attributes:
        listening: Those of a client that sends nothing at that moment.
        talking: Those of one that does.
    """

    listening: str = "1001"
    talking: str = "1001"
    why: str = ""


_NO_STATUS = Otherwise(
    "HTTP 403", "Daphne lets an application answer with no other status"
)
_HANDSHAKE_IS_OVER = Otherwise(
    "accepted, then 1011",
    "the handshake is over before the handler; refuse in `process_request`, or serve "
    "with `pool.serve()`",
)
_LOST = Otherwise("1006, lost", "hypercorn tells every end as 1006")
_TOLD_AFTER = Otherwise(
    "1006, lost",
    "accepting a peer that has left is no error; that it left is told after",
)
_CUT = Otherwise("1006; 1006 by lost, LinkLostError", "the server cuts it off")
_ANSWERED = Otherwise(
    "4002 ours, by us",
    "uvicorn tells of its own Close as of an answer, and waits for that itself",
)
_CANCELS = "Quart cancels the handler and tells no code"
_NO_ANSWER = "Quart tells of no answer to a Close"
_NO_REASON = "Daphne passes no reasons on, in neither direction"
_NO_CODE = "Daphne sends no code below 3000 but 1000: it is sent 3000 higher"

TUPLE: Entries = {
    "accepted": Otherwise(
        "InvalidOptionError", "three arguments don't tell that they were accepted"
    ),
}
UVICORN: Entries = {
    "breaks": Otherwise(
        "1002; 1002 by peer, None", "uvicorn tells of its own Close as of a peer's"
    ),
    "mute": _ANSWERED,
}
UVICORN_WSPROTO: Entries = {
    "breaks": Otherwise(
        "1006; 1002 by peer, None", "uvicorn tells of a Close that it never sends"
    ),
    "mute": _ANSWERED,
}
UVICORN_WEBSOCKETS: Entries = {
    "breaks": Otherwise(
        "1002; 1006 by lost, LinkLostError",
        "the application is told no more than that it is lost",
    ),
    "leaves": _TOLD_AFTER,
}
HYPERCORN: Entries = {
    "peer closes": _LOST,
    "restarts": _LOST,
    "breaks": _CUT,
    "leaves": _TOLD_AFTER,
}
QUART: Entries = {
    "pool closes": Otherwise("4002 ours; 4002 ours, by us, not clean", _NO_ANSWER),
    "mute": Otherwise("4002 ours, by us, not clean", _NO_ANSWER),
    "ended": Otherwise("CancelledError", _CANCELS),
    "leaves": Otherwise("CancelledError", _CANCELS),
}
QUART_ON_UVICORN: Entries = {
    **QUART,
    "empty": Otherwise("1001", "Quart fails at an empty BINARY message of uvicorn's"),
    "peer closes": Otherwise("1006, lost", _CANCELS),
    "restarts": Otherwise("1006, lost", _CANCELS),
    "breaks": Otherwise("1002; 1006 by lost, LinkLostError", _CANCELS),
}
QUART_ON_HYPERCORN: Entries = {
    **QUART,
    "peer closes": Otherwise("1001 going away, by us, not clean", _CANCELS),
    "restarts": Otherwise("1001 going away, by us, not clean", _CANCELS),
    "cut off": Otherwise("1001 going away, by us, not clean", _CANCELS),
    "breaks": Otherwise("1006; 1001 by us, None", _CANCELS),
}
DAPHNE: Entries = {
    **TUPLE,
    "empty": Otherwise("lost", "Daphne sends no empty messages"),
    "peer closes": Otherwise("4001, by peer", _NO_REASON),
    "restarts": Otherwise(
        "1012, by us", "without a reason, it is what uvicorn says of its own end"
    ),
    "pool closes": Otherwise("4002; 4002 ours, by us", _NO_REASON),
    "mute": Otherwise("4002 ours, by us, not clean", "Daphne cuts it off itself"),
    "breaks": _CUT,
    "raises": Otherwise("4011", _NO_CODE),
    "cancelled": Otherwise("4001", _NO_CODE),
    "slow": Otherwise(
        "takes in 64 MiB",
        "Daphne buffers without a bound: it never makes its application wait",
    ),
    "too big": Otherwise("4009; 1009 by us, PeerProtocolError", _NO_CODE),
    "taken ID": _NO_STATUS,
    "empty ID": _NO_STATUS,
    "full": _NO_STATUS,
    "leaves": _TOLD_AFTER,
}
WEBSOCKETS: Entries = {
    "taken ID": _HANDSHAKE_IS_OVER,
    "empty ID": _HANDSHAKE_IS_OVER,
    "origin": _HANDSHAKE_IS_OVER,
    "full": _HANDSHAKE_IS_OVER,
    "ended": Otherwise("1000, by peer", "how it ended is still known"),
    "leaves": Otherwise("1006, lost", "the handshake is over before the handler"),
}

UVICORN_ENDS = Sigterm(
    "1012",
    "1012 or 1006",
    "uvicorn closes TCP with its Close frame; what it had not read resets it",
)
QUART_ENDS = Sigterm(
    "1011",
    "1011 or 1006",
    "hypercorn closes before Quart lets its handlers and the pool end",
)
STOPPED_FIRST = Sigterm(
    "1001",
    "1001 or 1006",
    "Quart tells of no answer to a Close, so TCP is closed without waiting for one",
)
DAPHNE_ENDS = Sigterm(
    "4001 or 1006",
    "4001 or 1006",
    "Daphne cuts all connections off if one was opened in the last second",
)
