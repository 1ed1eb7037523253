"""The web servers and frameworks that the conformance suite runs over.

To add one: write how it is run in `web_servers.py`, its application in `frameworks.py`,
and a row here. What it does otherwise than promised, the suite tells: write it down with
the reason.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import NamedTuple

from tests.adapters import frameworks, web_servers


class Otherwise(NamedTuple):
    """What is seen instead of what is promised, and why."""

    seen: str
    why: str


class Sigterm(NamedTuple):
    """The close codes that clients see when the server is told to end, and why.

    Attributes:
        listening: Those of a client that sends nothing at that moment.
        talking: Those of one that does.
    """

    listening: str = "1001"
    talking: str = "1001"
    why: str = ""


class Row(NamedTuple):
    """A server with a framework.

    Attributes:
        server: The server's name, as in the table of the docs.
        framework: The framework's.
        run: Serves until SIGTERM; called in a process of its own.
        otherwise: By check; see `tests.adapters.checks`.
        sigterm: What clients see when it is told to end.
    """

    server: str
    framework: str
    run: Callable[[], None]
    otherwise: Mapping[str, Otherwise] = {}
    sigterm: Sigterm = Sigterm()


_TUPLE = {
    "accepted": Otherwise(
        "InvalidOptionError", "three arguments don't tell that they were accepted"
    ),
}
_NO_REASON = "Daphne passes no reasons on, in neither direction"
_NO_CODE = "Daphne sends no code below 3000 but 1000: it is sent 3000 higher"
_NO_STATUS = "Daphne lets an application answer with no other status"
_TOLD_AFTER = "accepting a peer that has left is no error; that it left is told after"
_CANCELS = "Quart cancels the handler and tells no code"
_DAPHNE = {
    **_TUPLE,
    "empty": Otherwise("lost", "Daphne sends no empty messages"),
    "peer closes": Otherwise("4001, by peer", _NO_REASON),
    "pool closes": Otherwise("4002; 4002 ours, by us", _NO_REASON),
    "raises": Otherwise("4011", _NO_CODE),
    "cancelled": Otherwise("4001", _NO_CODE),
    "too big": Otherwise("4009; 1009 by us, PeerProtocolError", _NO_CODE),
    "slow": Otherwise(
        "takes in 64 MiB",
        "Daphne buffers without a bound: it never makes its application wait",
    ),
    "taken ID": Otherwise("HTTP 403", _NO_STATUS),
    "empty ID": Otherwise("HTTP 403", _NO_STATUS),
    "full": Otherwise("HTTP 403", _NO_STATUS),
    "leaves": Otherwise("1006, lost", _TOLD_AFTER),
}
_QUART = {
    "peer closes": Otherwise("1001 going away, by us, not clean", _CANCELS),
    "cut off": Otherwise("1001 going away, by us, not clean", _CANCELS),
    "pool closes": Otherwise(
        "4002 ours; 4002 ours, by us, not clean", "Quart tells of no answer to a Close"
    ),
    "ended": Otherwise("CancelledError", _CANCELS),
    "leaves": Otherwise("CancelledError", _CANCELS),
}
_UVICORN_ENDS = Sigterm(
    "1012",
    "1012 or 1006",
    "uvicorn closes TCP with its Close frame; what it had not read resets it",
)
_QUART_ENDS = Sigterm(
    "1011",
    "1011 or 1006",
    "hypercorn closes before Quart lets its handlers and the pool end",
)
_DAPHNE_ENDS = Sigterm(
    "4001 or 1006",
    "4001 or 1006",
    "Daphne cuts all connections off if one was opened in the last second",
)
_HYPERCORN = {
    "peer closes": Otherwise("1006, lost", "hypercorn tells every end as 1006"),
    "leaves": Otherwise("1006, lost", _TOLD_AFTER),
}
_HANDSHAKE_IS_OVER = Otherwise(
    "accepted, then 1011",
    "the handshake is over before the handler; refuse in `process_request`, or serve "
    "with `pool.serve()`",
)
_WEBSOCKETS = {
    "taken ID": _HANDSHAKE_IS_OVER,
    "empty ID": _HANDSHAKE_IS_OVER,
    "origin": _HANDSHAKE_IS_OVER,
    "full": _HANDSHAKE_IS_OVER,
    "ended": Otherwise("1000, by peer", "how it ended is still known"),
    "leaves": Otherwise("1006, lost", "the handshake is over before the handler"),
}


def _uvicorn(framework: web_servers.Framework) -> Callable[[], None]:
    return partial(web_servers.uvicorn, framework)


ROWS: dict[str, Row] = {
    "uvicorn-sansio": Row(
        "uvicorn (websockets-sansio)",
        "Starlette",
        partial(web_servers.uvicorn, frameworks.starlette, "websockets-sansio"),
        {},
        _UVICORN_ENDS,
    ),
    "uvicorn-wsproto": Row(
        "uvicorn (wsproto)",
        "Starlette",
        partial(web_servers.uvicorn, frameworks.starlette, "wsproto"),
        {},
        _UVICORN_ENDS,
    ),
    "uvicorn-websockets": Row(
        "uvicorn (websockets)",
        "Starlette",
        partial(web_servers.uvicorn, frameworks.starlette, "websockets"),
        {"leaves": Otherwise("1006, lost", _TOLD_AFTER)},
        _UVICORN_ENDS,
    ),
    "uvicorn-fastapi": Row(
        "uvicorn", "FastAPI", _uvicorn(frameworks.fastapi), {}, _UVICORN_ENDS
    ),
    "uvicorn-litestar": Row(
        "uvicorn", "Litestar", _uvicorn(frameworks.litestar), {}, _UVICORN_ENDS
    ),
    "uvicorn-channels": Row(
        "uvicorn", "Channels", _uvicorn(frameworks.channels), _TUPLE, _UVICORN_ENDS
    ),
    "uvicorn-raw": Row(
        "uvicorn", "raw ASGI", _uvicorn(frameworks.raw_asgi), _TUPLE, _UVICORN_ENDS
    ),
    "hypercorn-starlette": Row(
        "hypercorn",
        "Starlette",
        partial(web_servers.hypercorn, frameworks.starlette),
        _HYPERCORN,
    ),
    "hypercorn-quart": Row(
        "hypercorn",
        "Quart",
        partial(web_servers.hypercorn, frameworks.quart),
        _QUART,
        _QUART_ENDS,
    ),
    "daphne-raw": Row(
        "Daphne",
        "raw ASGI",
        partial(web_servers.daphne, frameworks.raw_asgi),
        _DAPHNE,
        _DAPHNE_ENDS,
    ),
    "aiohttp": Row("aiohttp", "aiohttp", web_servers.aiohttp),
    "websockets": Row("websockets", "websockets", web_servers.websockets, _WEBSOCKETS),
}
