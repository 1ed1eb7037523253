"""Peers of every character; one's own is any async function of a `Peer`."""

import asyncio

from ssc_rx.testing.peer import Behaviour, Peer

__all__ = ["echo", "rude", "silent", "slow"]


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
