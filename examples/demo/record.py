"""What the desk's pool did from its first event on, kept for the report at the end."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from ssc_rx import (
    CloseInfo,
    Event,
    Message,
    Pool,
    PoolStats,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketOpened,
    SocketStats,
)

__all__ = ["Past", "Record"]

SAMPLE_INTERVAL_S = 0.2
ARRIVAL_S = 2.0


@dataclass(slots=True)
class Past:
    """All that happened under one ID, over all the sockets that had it.

    Attributes:
        kind: "server" or "client".
        opened: How often a connection opened.
        closed: How the connections ended that ended before the desk wanted it.
        counts: Sums of the sockets' counts that are gone, by name of the count.
        delivered: Messages that reached a subscriber of `pool.messages`.
    """

    kind: str
    opened: int = 0
    closed: list[CloseInfo] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    delivered: int = 0
    socket: Socket | None = None
    unbalanced: int = 0

    def total(self, name: str) -> int:
        """One count, of the sockets that are gone and the one that lives."""
        living = _counts(self.socket.stats)[name] if self.socket is not None else 0
        return self.counts[name] + living


class Record:
    """Watches a pool through its streams and snapshots.

    Attributes:
        past: By ID, in the order in which the IDs came.
        unbalanced: Snapshots in which a write was unaccounted for.
        snapshots: Snapshots looked at.
        most_open: The most sockets that were open at once.
    """

    def __init__(self, pool: Pool) -> None:
        self.past: dict[str, Past] = {}
        self.unbalanced = self.snapshots = self.most_open = 0
        self._pool = pool
        self._ending = False
        pool.events.subscribe(self._happened)
        pool.messages.subscribe(self._delivered)

    def _happened(self, event: Event) -> None:
        match event:
            case SocketOpened(id=id, kind=kind):
                past = self.past.setdefault(id, Past(kind))
                past.opened += 1
                past.socket = self._pool[id]
            case ReconnectScheduled(id=id, info=CloseInfo() as info):
                self.past[id].closed.append(info)
            case SocketClosed(id=id, info=info) if id in self.past:
                past = self.past[id]
                assert past.socket is not None
                last = past.socket.stats
                past.socket = None
                past.counts.update(_counts(last))
                past.unbalanced += not last.balanced
                if not self._ending:
                    past.closed.append(info)
            case _:
                pass

    def _delivered(self, message: Message) -> None:
        self.past[message.id].delivered += 1

    async def sample(self) -> None:
        """Check the accounting of snapshot after snapshot, until cancelled."""
        while True:
            self.look(self._pool.stats())
            await asyncio.sleep(SAMPLE_INTERVAL_S)

    def look(self, stats: PoolStats) -> None:
        """Check the accounting of one snapshot: of the pool and of each socket."""
        self.snapshots += 1
        self.most_open = max(self.most_open, stats.open_sockets)
        balanced = stats.balanced and all(s.balanced for s in stats.sockets)
        self.unbalanced += not balanced

    async def arrived(self, sent: Mapping[str, int], breaks: int) -> None:
        """Wait until all that was sent has arrived, and all that dropped is back.

        After two seconds it waits no longer; the checks will tell.
        """
        loop = asyncio.get_running_loop()
        latest = loop.time() + ARRIVAL_S
        while loop.time() < latest:
            past = self.past
            steady = [id for id in sent if id in past and not past[id].closed]
            drops = sum(len(past[id].closed) for id in sent if id in past)
            back = self._pool.stats().open_sockets == len(self._pool)
            arrived = all(past[id].delivered >= sent[id] for id in steady)
            if back and drops >= breaks and arrived:
                return
            await asyncio.sleep(0.02)

    def end(self) -> None:
        """The desk stops: sockets that close from now on close on purpose."""
        self._ending = True


def _counts(stats: SocketStats) -> dict[str, int]:
    return {
        "messages_in": stats.messages_in,
        "messages_out": stats.messages_out,
        "bytes_in": stats.bytes_in,
        "accepted": stats.accepted,
        "refused": stats.refused,
        "queued": stats.queued,
        "failed": stats.failed_total,
    }
