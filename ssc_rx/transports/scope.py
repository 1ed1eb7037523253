"""What the scope of an ASGI connection tells of its opening request."""

from collections.abc import Mapping
from typing import Any

from websockets.datastructures import Headers
from websockets.http11 import Request

__all__ = ["is_websocket", "request_of"]


def is_websocket(scope: Any) -> bool:
    """Whether it is the scope of a WebSocket."""
    return _is_mapping(scope) and scope.get("type") == "websocket"


def _is_mapping(scope: Any) -> bool:
    return isinstance(scope, Mapping)


def request_of(scope: Mapping[str, Any]) -> Request:
    """The opening request; its path with the query, as it was sent."""
    path = scope.get("raw_path") or scope["path"].encode()
    if query := scope.get("query_string"):
        path += b"?" + query
    headers = Headers()
    for name, value in scope["headers"]:
        headers[name.decode("latin-1")] = value.decode("latin-1")
    return Request(path.decode("latin-1"), headers)
