"""What is given to `add_client_socket`, and isn't what a handler receives."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from starlette.requests import Request
from starlette.websockets import WebSocket

from ssc_rx import InvalidOptionError, Pool
from ssc_rx.adapters import adapter_for, asgi

HTTP: dict[str, Any] = {"type": "http", "path": "/", "headers": []}
WEBSOCKET: dict[str, Any] = {"type": "websocket", "path": "/", "headers": []}


async def _receive() -> dict[str, Any]:
    return {}


async def _send(event: Any) -> None: ...


def _aiohttp_request() -> web.Request:
    return make_mocked_request("GET", "/")


WRONG = {
    "nothing": lambda: None,
    "an ASGI scope alone": lambda: WEBSOCKET,
    "two of the three arguments": lambda: (WEBSOCKET, _receive),
    "the scope of an HTTP request": lambda: (HTTP, _receive, _send),
    "an HTTP request of Starlette": lambda: Request(HTTP, _receive, _send),
    "the class of Starlette's WebSocket": lambda: WebSocket,
    "aiohttp's request alone": _aiohttp_request,
    "an HTTP answer of aiohttp": lambda: (_aiohttp_request(), web.Response()),
    "the class of aiohttp's response": lambda: (
        _aiohttp_request(),
        web.WebSocketResponse,
    ),
}


@pytest.mark.parametrize("make", WRONG.values(), ids=WRONG)
async def test_what_is_no_connection_is_refused_at_the_call(
    pool: Pool, make: Any
) -> None:
    with pytest.raises(InvalidOptionError, match="what the handler receives"):
        pool.add_client_socket("x", make())


async def test_a_forgotten_await_warns(pool: Pool) -> None:
    websocket = WebSocket(WEBSOCKET, _receive, _send)
    with pytest.warns(RuntimeWarning, match="add_client_socket. was never awaited"):
        pool.add_client_socket("x", websocket)
    assert pool.count() == 0


def test_three_arguments_are_known_by_their_scope() -> None:
    assert adapter_for((WEBSOCKET, _receive, _send)).open is asgi.open
