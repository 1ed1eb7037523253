"""The survey: readings of all counters, told as what changed since the last one."""

import asyncio
from collections.abc import Iterable, Iterator
from itertools import islice

from ssc_rx.core.stats import Counts, SocketStats, add_up
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.wire import (
    PoolRow,
    SocketHead,
    SocketRow,
    State,
    SubscriberRow,
    encode,
)
from ssc_rx.ports import Watched, WatchedSocket

__all__ = ["SLICE", "Survey"]

SLICE = 500
"""Sockets that are read, or told of, in one turn of the event loop: half a millisecond."""


class Survey:
    """Reads a pool's counters, in turns that are short whatever the pool's size."""

    def __init__(self, watched: Watched, roll: Roll) -> None:
        self._watched = watched
        self._roll = roll
        self._known: dict[WatchedSocket, SocketStats] = {}
        self._pool: PoolRow | None = None
        self._time = 0.0

    @property
    def sockets(self) -> int:
        """How many it read last time."""
        return len(self._known)

    async def read(
        self, lag: float, viewers: int, timed: tuple[SubscriberRow, ...] = ()
    ) -> tuple[list[bytes], list[WatchedSocket]]:
        """Read all counters.

        The books balance: who leaves while this goes on counts with those that are here.

        Args:
            lag: The longest delay of the event loop since the last reading, in seconds.
            viewers: How many are attached.
            timed: The slowest subscribers.

        Returns:
            Frames that tell what changed, and the sockets that have left.
        """
        known = self._known
        books = self._watched.without_sockets()
        sockets = self._watched.sockets()
        gone = list(known.keys() - set(sockets))
        last = State(
            time=books.time,
            rows=tuple(_row(self._roll.head(s).number, s.stats) for s in gone),
            gone=tuple(self._roll.head(socket).number for socket in gone),
        )
        for socket in gone:
            del known[socket]
        frames: list[bytes] = [encode(last)] if gone else []
        sums: list[Counts] = []
        open_sockets = 0
        for some in _slices(sockets):
            born: list[SocketHead] = []
            rows: list[SocketRow] = []
            read: list[SocketStats] = []
            for socket in some:
                stats = socket.stats
                read.append(stats)
                open_sockets += stats.state == "open"
                before = known.get(socket)
                if before == stats:
                    continue
                known[socket] = stats
                head = self._roll.head(socket)
                if before is None:
                    born.append(head)
                rows.append(_row(head.number, stats))
            sums.append(add_up(read))
            if rows:
                state = State(time=books.time, born=tuple(born), rows=tuple(rows))
                frames.append(encode(state))
            await asyncio.sleep(0)
        total = add_up((books, *sums))
        self._time = books.time
        self._pool = PoolRow(
            state=books.state,
            sockets=len(sockets),
            open_sockets=open_sockets,
            messages_in=total.messages_in,
            bytes_in=total.bytes_in,
            messages_out=total.messages_out,
            bytes_out=total.bytes_out,
            accepted=total.accepted,
            refused=total.refused,
            queued=total.queued,
            queued_bytes=total.queued_bytes,
            failed=dict(total.failed),
            sockets_opened=books.sockets_opened,
            sockets_closed=books.sockets_closed,
            dials_failed=books.dials_failed,
            subscriber_failures=books.subscriber_failures,
            payloads_invalid=books.payloads_invalid,
            lag=lag,
            viewers=viewers,
            dropped=dict(total.dropped),
            subscribers=books.subscribers,
            handshakes_refused=dict(books.handshakes_refused.items()),
            timed=timed,
        )
        frames.append(encode(State(time=books.time, pool=self._pool)))
        return frames, gone

    def whole(self) -> Iterator[bytes]:
        """Frames that tell all that was read last; made as they are asked for."""
        yield encode(State(time=self._time, begin=True))
        for some in _slices(list(self._known)):
            here = [(s, self._known[s]) for s in some if s in self._known]
            heads = [(self._roll.head(socket), stats) for socket, stats in here]
            yield encode(
                State(
                    time=self._time,
                    born=tuple(head for head, _ in heads),
                    rows=tuple(_row(head.number, stats) for head, stats in heads),
                )
            )
        yield encode(State(time=self._time, pool=self._pool))

    def clear(self) -> None:
        """Nobody looks any more."""
        self._known.clear()


def _slices(sockets: Iterable[WatchedSocket]) -> Iterator[list[WatchedSocket]]:
    rest = iter(sockets)
    while some := list(islice(rest, SLICE)):
        yield some


def _row(number: int, stats: SocketStats) -> SocketRow:
    return SocketRow(
        number=number,
        state=str(stats.state),
        generation=stats.generation,
        messages_in=stats.messages_in,
        bytes_in=stats.bytes_in,
        messages_out=stats.messages_out,
        bytes_out=stats.bytes_out,
        refused=stats.refused,
        queued=stats.queued,
        queued_bytes=stats.queued_bytes,
        failed=stats.failed_total,
        latency=stats.latency,
        opened_at=stats.opened_at,
        last_received=stats.last_received,
        dropped=stats.dropped_total,
        accepted=stats.accepted,
        losses=stats.failed,
        drops=stats.dropped,
        pinged_at=stats.pinged_at,
        subscribers=stats.subscribers,
    )
