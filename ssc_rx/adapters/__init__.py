"""Adapters: a framework's connection becomes a `Transport`; by shape, importing none.

To add one: write `adapters/<framework>.py` with `matches(connection)` and
`async open(connection)`, and add its row to `ADAPTERS`.
"""

from typing import Any, Protocol

from ssc_rx.adapters import transport, websockets
from ssc_rx.errors import InvalidOptionError
from ssc_rx.ports import Transport

__all__ = ["ADAPTERS", "Adapter", "adapter_for"]


class Adapter(Protocol):
    """What a module of this package offers."""

    @staticmethod
    def matches(connection: object) -> bool:
        """Whether it is a connection of this framework."""

    @staticmethod
    async def open(connection: Any) -> Transport:
        """The connection, accepted if it wasn't, as a transport."""


ADAPTERS: tuple[Adapter, ...] = (transport, websockets)


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
