"""The pool of an outage: it keeps many sockets to one server open."""

from functools import partial
from time import monotonic

from ssc_rx import DialFailed, Event, Pool, Reconnect, ReconnectScheduled, SocketOpened
from tests.soak.control import Control
from tests.soak.words import (
    AnyOrder,
    Dialled,
    Listening,
    Outage,
    Stop,
    Stopped,
)

__all__ = ["outage"]


async def outage(order: Outage, control: Control[AnyOrder]) -> None:
    """Tell every step of every dial."""
    pool = Pool(
        {
            str(n): partial(_url, str(n), order.url, control)
            for n in range(order.sockets)
        },
        reconnect=Reconnect(max_delay=order.max_delay, max_dials=order.max_dials),
    )

    def happened(event: Event) -> None:
        match event:
            case DialFailed():
                step = Dialled(id=event.id, step="failed", time=monotonic())
            case SocketOpened():
                step = Dialled(id=event.id, step="opened", time=monotonic())
            case ReconnectScheduled():
                step = Dialled(
                    id=event.id,
                    step="scheduled",
                    time=monotonic(),
                    attempt=event.attempt,
                    delay=event.delay,
                )
            case _:
                return
        control.tell(step)

    pool.events.subscribe(happened)
    async with pool:
        control.tell(Listening(url=""))
        while not isinstance(await control.hear(), Stop):
            pass
        await pool.stop(deadline=10.0)
    control.tell(Stopped.of(pool.stats()))


def _url(id: str, url: str, control: Control[AnyOrder]) -> str:
    """Called at every dial, when it begins: after the wait, and when it has its turn."""
    control.tell(Dialled(id=id, step="begun", time=monotonic()))
    return url
