"""A connection that is a `Transport` already, such as one of a memory pair."""

from ssc_rx.options import Options
from ssc_rx.ports import Transport

__all__ = ["matches", "open"]


def matches(connection: object) -> bool:
    """Whether it has the methods of a transport."""
    return isinstance(connection, Transport)


async def open(connection: Transport, options: Options) -> Transport:
    """The connection itself."""
    return connection
