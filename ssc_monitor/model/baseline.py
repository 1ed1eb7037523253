"""`Baseline`: counters as they were at a moment, for looking at what came since. Pure."""

from typing import NamedTuple

import msgspec

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_rx.monitor import wire

__all__ = ["Baseline", "Counters"]


class Counters(NamedTuple):
    """What of a socket is counted."""

    messages_in: int = 0
    bytes_in: int = 0
    messages_out: int = 0
    bytes_out: int = 0
    refused: int = 0
    failed: int = 0
    dropped: int = 0

    @classmethod
    def of(cls, socket: SocketView) -> "Counters":
        """Those of a socket, since it joined the pool."""
        return cls(*(getattr(socket, name) for name in cls._fields))


_NOTHING = Counters()


class Baseline:
    """The counters of a pool at a moment. It is the viewer's alone: the pool's go on.

    Args:
        view: The pool.

    Attributes:
        time: UNIX seconds of that moment, by the pool's clock.
        incarnation: Whose counters they are; a program that starts anew counts anew.
    """

    def __init__(self, view: PoolView) -> None:
        self.time = view.now
        self.incarnation = view.incarnation
        self._row = view.row
        self._sockets = {
            socket.raw_id: (socket.generation, Counters.of(socket))
            for socket in view.sockets.values()
            if not socket.gone
        }

    def pool(self, row: wire.PoolRow) -> wire.PoolRow:
        """The pool's losses since then; all else as it is."""
        old = self._row
        if old is None:
            return row
        return msgspec.structs.replace(
            row,
            refused=max(0, row.refused - old.refused),
            dials_failed=max(0, row.dials_failed - old.dials_failed),
            subscriber_failures=max(
                0, row.subscriber_failures - old.subscriber_failures
            ),
            failed=_since(row.failed, old.failed),
            dropped=_since(row.dropped, old.dropped),
        )

    def socket(self, socket: SocketView) -> Counters:
        """A socket's counters since then; one that joined later has all of them."""
        generation, old = self._sockets.get(socket.raw_id, (0, _NOTHING))
        now = Counters.of(socket)
        if socket.generation < generation or now.messages_in < old.messages_in:
            return now  # another one of the same ID
        return Counters(*(max(0, n - o) for n, o in zip(now, old, strict=True)))


def _since(now: dict[str, int], old: dict[str, int]) -> dict[str, int]:
    return {reason: max(0, n - old.get(reason, 0)) for reason, n in now.items()}
