"""Peers of every character; one's own is any async function of a `Peer`."""

import asyncio
from collections.abc import Mapping

from ssc_rx.message import Message
from ssc_rx.testing.marbles import message_of, read, stand_for
from ssc_rx.testing.peer import Behaviour, Peer

__all__ = ["echo", "plays", "rude", "silent", "slow"]


async def echo(peer: Peer) -> None:
    """Send everything back."""
    while True:
        peer.send(await peer.receive())


async def silent(peer: Peer) -> None:
    """Read everything and say nothing: no pongs, and no answer to a Close frame."""
    peer.mute()


def slow(per_s: float | None = None) -> Behaviour:
    """Read so many messages a second; with `None` nothing, until `peer.read()`.

    What isn't read yet waits in the outbox of the pool's socket, but for 64 KiB at most
    that were handed over before: as with the buffers of a real connection.
    """

    async def behave(peer: Peer) -> None:
        peer.stall()
        while per_s is not None:
            await asyncio.sleep(1.0 / per_s)
            n = len(peer.received)
            peer.read(1)
            await peer.until(lambda: len(peer.received) > n)  # noqa: B023 - at once

    return behave


def rude(after: int = 0, *, code: int | None = None, breaks: bool = False) -> Behaviour:
    """Read `after` messages, then leave in the middle of things.

    Args:
        after: How many messages it reads first.
        code: Closes with this code; `None` cuts the connection without a Close frame.
        breaks: Breaks the rules of the protocol instead.
    """

    async def behave(peer: Peer) -> None:
        await peer.until(lambda: len(peer.received) >= after)
        if breaks:
            peer.break_rules()
        elif code is None:
            peer.cut()
        else:
            peer.close(code)

    return behave


def plays(
    picture: str,
    *,
    messages: Mapping[str, Message] | None = None,
    timespan_s: float = 1.0,
) -> Behaviour:
    """Send what is drawn as marbles, from when it is connected; read everything.

    Args:
        picture: As the source of `assert_marbles`; IDs don't matter, as one peer sends
            it all. `|` closes with 1000, `#` cuts the connection.
        messages: What the names stand for.
        timespan_s: Seconds of one character; 1 by default.

    Raises:
        ValueError: If it is no marble picture.
    """
    marbles = read(picture, stand_for(picture, messages or {}, message_of))

    async def behave(peer: Peer) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for at, kind, value in marbles:
            await asyncio.sleep(began + at * timespan_s - loop.time())
            if kind == "N":
                peer.send(value)
            elif kind == "C":
                peer.close()
            else:
                peer.cut()

    return behave
