"""The web servers and frameworks that the conformance suite runs over.

To add one: write how it is run in `web_servers.py`, its application in `frameworks.py`,
and a row here. What it does otherwise than promised, the suite tells: write it down in
`otherwise.py`, with the reason.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tests.adapters import frameworks as f
from tests.adapters import otherwise as o
from tests.adapters.web_servers import aiohttp, daphne, hypercorn, uvicorn, websockets


class Row(NamedTuple):
    """A server with a framework.

    Attributes:
        server: The server's name, as in the table of the docs.
        framework: The framework's.
        run: Serves until SIGTERM; called in a process of its own.
        otherwise: What it does otherwise than promised.
        sigterm: What clients see when it is told to end.
    """

    server: str
    framework: str
    run: Callable[[], None]
    otherwise: o.Entries = o.NOTHING
    sigterm: o.Sigterm = o.Sigterm()


_DIRECT: dict[str, Row] = {
    "aiohttp": Row("aiohttp", "aiohttp", aiohttp),
    "websockets": Row("websockets", "websockets", websockets, o.WEBSOCKETS),
}
_UVICORN: dict[str, Row] = {
    "uvicorn-sansio": Row(
        "uvicorn (websockets-sansio)",
        "Starlette",
        partial(uvicorn, f.starlette, "websockets-sansio"),
        o.UVICORN,
        o.UVICORN_ENDS,
    ),
    "uvicorn-wsproto": Row(
        "uvicorn (wsproto)",
        "Starlette",
        partial(uvicorn, f.starlette, "wsproto"),
        o.UVICORN_WSPROTO,
        o.UVICORN_ENDS,
    ),
    "uvicorn-websockets": Row(
        "uvicorn (websockets)",
        "Starlette",
        partial(uvicorn, f.starlette, "websockets"),
        o.UVICORN_WEBSOCKETS,
        o.UVICORN_ENDS,
    ),
    "uvicorn-fastapi": Row(
        "uvicorn", "FastAPI", partial(uvicorn, f.fastapi), o.UVICORN, o.UVICORN_ENDS
    ),
    "uvicorn-litestar": Row(
        "uvicorn", "Litestar", partial(uvicorn, f.litestar), o.UVICORN, o.UVICORN_ENDS
    ),
    "uvicorn-channels": Row(
        "uvicorn",
        "Channels",
        partial(uvicorn, f.channels),
        {**o.UVICORN, **o.TUPLE},
        o.UVICORN_ENDS,
    ),
    "uvicorn-raw": Row(
        "uvicorn",
        "raw ASGI",
        partial(uvicorn, f.raw_asgi),
        {**o.UVICORN, **o.TUPLE},
        o.UVICORN_ENDS,
    ),
    "uvicorn-quart": Row(
        "uvicorn",
        "Quart",
        partial(uvicorn, f.quart),
        o.QUART_ON_UVICORN,
        o.UVICORN_ENDS,
    ),
}
_OTHER_ASGI: dict[str, Row] = {
    "hypercorn-starlette": Row(
        "hypercorn", "Starlette", partial(hypercorn, f.starlette), o.HYPERCORN
    ),
    "hypercorn-quart": Row(
        "hypercorn",
        "Quart",
        partial(hypercorn, f.quart),
        o.QUART_ON_HYPERCORN,
        o.QUART_ENDS,
    ),
    "hypercorn-trigger": Row(
        "hypercorn (`shutdown_trigger`)",
        "Quart",
        partial(hypercorn, f.quart, stop_first=True),
        o.QUART_ON_HYPERCORN,
        o.STOPPED_FIRST,
    ),
    "daphne-raw": Row(
        "Daphne", "raw ASGI", partial(daphne, f.raw_asgi), o.DAPHNE, o.DAPHNE_ENDS
    ),
}
ROWS: dict[str, Row] = {**_UVICORN, **_OTHER_ASGI, **_DIRECT}
