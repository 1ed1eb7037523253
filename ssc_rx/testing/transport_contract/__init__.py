"""What every transport promises, to be run over one's own; see `ssc_rx.ports.Transport`.

To run it with pytest, one test for each promise, so that a skip is seen as one:

    @pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
    async def test_my_transport(promise: Promise) -> None:
        for turned in (False, True):
            async with my_pair() as (one, other):
                await (promise(other, one) if turned else promise(one, other))

Or all at once, with `check_transport(my_pair)`. To add a promise, write it in one of these
modules, and name it in the tuple at its end.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from unittest import SkipTest

from ssc_rx.ports import Transport
from ssc_rx.testing.transport_contract.end import End, Promise
from ssc_rx.testing.transport_contract.endings import ENDINGS
from ssc_rx.testing.transport_contract.messages import MESSAGES
from ssc_rx.testing.transport_contract.pauses import PAUSES
from ssc_rx.testing.transport_contract.receiver import RecordingReceiver

__all__ = [
    "PROMISES",
    "End",
    "OpenPair",
    "Pair",
    "Promise",
    "RecordingReceiver",
    "check_transport",
]

Pair = tuple[Transport, Transport]
"""Two connected transports, to which nothing is attached yet."""

OpenPair = Callable[[], AbstractAsyncContextManager[Pair]]
"""Connects a pair anew, and disposes of it at the end."""

PROMISES: tuple[Promise, ...] = (*MESSAGES, *ENDINGS, *PAUSES)
"""All of them; each takes a pair, both ways round, one pair for each."""


async def check_transport(open_pair: OpenPair, *, limit_s: float = 10.0) -> list[str]:
    """Ask a transport for every promise, both ways round.

    Args:
        open_pair: Called for each anew.
        limit_s: Seconds that each may take; 10 by default.

    Returns:
        The promises that don't apply to it by what it says that it can, and why; show
        them to somebody.

    Raises:
        ExceptionGroup: With an `AssertionError`, or a `TimeoutError`, for each broken one.
    """
    skipped: list[str] = []
    broken: list[Exception] = []
    for promise in PROMISES:
        for way in ("one to other", "other to one"):
            name = f"{promise.__name__}, {way}"
            async with open_pair() as (one, other):
                pair = (one, other) if way == "one to other" else (other, one)
                try:
                    async with asyncio.timeout(limit_s):
                        await promise(*pair)
                except SkipTest as why:
                    skipped.append(f"{name}: {why}")
                except Exception as error:
                    error.add_note(f"broken: {name}")
                    broken.append(error)
    if broken:
        names = "; ".join(error.__notes__[-1] for error in broken)
        raise ExceptionGroup(f"the transport breaks its promises: {names}", broken)
    return skipped
