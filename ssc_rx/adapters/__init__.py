"""Adapters: a framework's connection becomes a `Transport`; by shape, importing none.

To add one: write `adapters/<framework>.py` with `matches(connection)` and
`async open(connection, options)`, and add its row to `ADAPTERS`.
"""

from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from ssc_rx.adapters import transport, websockets
from ssc_rx.errors import InvalidOptionError
from ssc_rx.options import Options
from ssc_rx.ports import Transport

__all__ = ["ADAPTERS", "Adapter", "adapter_for"]


class Adapter(NamedTuple):
    """A row of the table.

    Attributes:
        matches: Tells whether something is a connection of this framework.
        open: Makes a transport of one, accepting it first if nobody did. It has the
            options that the socket will have.
    """

    matches: Callable[[object], bool]
    open: Callable[[Any, Options], Coroutine[Any, Any, Transport]]


ADAPTERS = (
    Adapter(transport.matches, transport.open),
    Adapter(websockets.matches, websockets.open),
)


def adapter_for(connection: object) -> Adapter:
    """The adapter that knows this kind of connection.

    Raises:
        InvalidOptionError: If none does.
    """
    for adapter in ADAPTERS:
        if adapter.matches(connection):
            return adapter
    kind = type(connection)
    raise InvalidOptionError(
        f"don't know how to use a {kind.__module__}.{kind.__qualname__} as a connection; "
        "give the connection that a websockets.asyncio.server handler receives, "
        "or an object that has the methods of ssc_rx.ports.Transport"
    )
