"""A connection that is a `Transport` already, such as one of a memory pair."""

from typing import Any

from ssc_rx.options import Options
from ssc_rx.ports import Refusal, Transport

__all__ = ["matches", "open", "refuse", "request"]


def matches(connection: object) -> bool:
    """Whether it has the methods of a transport."""
    # The first settles it for most, at a twentieth of the cost.
    return hasattr(connection, "attach") and isinstance(connection, Transport)


def request(connection: Transport) -> Any:
    """The opening request, if there was one."""
    return connection.request


async def open(connection: Transport, options: Options) -> Transport:
    """The connection itself."""
    return connection


async def refuse(connection: Transport, refusal: Refusal) -> None:
    """Nothing: it is open, and left to whoever gave it."""
