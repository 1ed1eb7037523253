"""A fault planted between the pool and its connections: the checker has to notice.

Links are what the pool itself makes, so the fault is put around two methods of theirs;
this is the pool's process, which does nothing else and ends after the run.
"""

from collections.abc import Sequence

from ssc_rx.message import MessageType
from ssc_rx.ports import Outgoing, Receiver
from ssc_rx.transports.link import Link
from tests.mistreatment import Mistreatment
from tests.soak.words import Plant

__all__ = ["plant_in"]


def plant_in(plant: Plant) -> None:
    """Mistreat the planted message in all links from now on."""
    if plant.on == "write":
        _plant_in_writes(plant)
    else:
        _plant_in_reads(plant)


def _plant_in_writes(plant: Plant) -> None:
    write = Link.write
    mistreat = _Mistreating(plant)

    def mistreating(link: Link, batch: Sequence[Outgoing]) -> None:
        write(link, [passed for item in batch for passed in mistreat(link, item)])

    setattr(Link, "write", mistreating)  # noqa: B010 - it is no method of ours


def _plant_in_reads(plant: Plant) -> None:
    attach = Link.attach
    mistreat = _Mistreating(plant)

    def attach_mistreating(link: Link, receiver: Receiver) -> None:
        on_message = receiver.on_message

        def mistreating(type: MessageType, payload: bytes) -> None:
            for item in mistreat(link, Outgoing(type, payload)):
                on_message(item.type, item.payload)

        attach(link, _Through(receiver, mistreating))

    setattr(Link, "attach", attach_mistreating)  # noqa: B010


class _Through:
    """A receiver, but for what becomes of its messages."""

    def __init__(self, receiver: Receiver, on_message: object) -> None:
        self.on_message = on_message
        self.on_data = receiver.on_data
        self.on_pong = receiver.on_pong
        self.on_writable = receiver.on_writable
        self.on_closing = receiver.on_closing
        self.on_closed = receiver.on_closed


class _Mistreating:
    """Finds the one message, once, and its neighbour on the same link."""

    def __init__(self, plant: Plant) -> None:
        self._mistreat = Mistreatment[Outgoing](plant.fault)
        self._stamp = plant.stamp
        self._link: Link | None = None

    def __call__(self, link: Link, item: Outgoing) -> Sequence[Outgoing]:
        if self._link is None and item.payload.startswith(self._stamp):
            self._link = link
            return self._mistreat(item, True)
        if self._link is link:
            return self._mistreat(item, False)
        return [item]
