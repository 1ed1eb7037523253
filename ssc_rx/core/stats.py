"""The numbers: plain counters that sockets add to, and the snapshots made of them."""

from collections.abc import Iterable, Mapping

import msgspec

from ssc_rx.core.lifecycle import SocketState
from ssc_rx.core.round_trips import RoundTrips
from ssc_rx.errors import DialFailure
from ssc_rx.events import HandshakeRefusal, SocketKind
from ssc_rx.wording import counted, shown

__all__ = ["Counts", "PoolStats", "SocketStats", "add_up"]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Cumulative counts of one socket, or of a whole pool; they never go down.

    Writes are *refused* or *accepted*; of the accepted, at every instant,
    `accepted == messages_out + queued + dropped_total + failed_total` (see `balanced`).

    Attributes:
        messages_in: TEXT and BINARY messages received.
        bytes_in: Their payload bytes.
        messages_out: Writes handed to the transport; not to say delivered.
        bytes_out: Their payload bytes.
        accepted: Writes accepted.
        refused: Writes refused with an error.
        queued: Writes that wait in outboxes now.
        queued_bytes: Their payload bytes.
        failed: Accepted writes that their link took down with it, by reason:
            "closed", "lost", "overflow", "stopped".
        dropped: Accepted writes that a full outbox gave up, by reason: "oldest",
            "newest", "superseded".
    """

    messages_in: int = 0
    bytes_in: int = 0
    messages_out: int = 0
    bytes_out: int = 0
    accepted: int = 0
    refused: int = 0
    queued: int = 0
    queued_bytes: int = 0
    failed: Mapping[str, int] = {}
    dropped: Mapping[str, int] = {}

    @property
    def dropped_total(self) -> int:
        """Accepted writes that full outboxes gave up, whatever the reason."""
        return sum(self.dropped.values()) if self.dropped else 0

    @property
    def failed_total(self) -> int:
        """Accepted writes that were lost, whatever the reason."""
        return sum(self.failed.values()) if self.failed else 0

    @property
    def balanced(self) -> bool:
        """Whether every accepted write is accounted for."""
        waiting_or_gone = self.queued + self.dropped_total + self.failed_total
        return self.accepted == self.messages_out + waiting_or_gone


class SocketStats(Counts, frozen=True, kw_only=True):
    """A snapshot of one socket.

    Attributes:
        id: The socket's ID.
        kind: "server" (dialled) or "client" (accepted).
        state: Where it is in its life.
        generation: How many connections it has had.
        latency: Seconds of the last ping's round trip; `None` before the first.
        opened_at: UNIX seconds; `None` before it opened.
        last_received: UNIX seconds of the last bytes read; `None` if none were.
        pinged_at: UNIX seconds at which the last ping left; `None` once it is answered.
        subscribers: How many subscribe to its messages in particular.
    """

    id: str
    kind: SocketKind
    state: SocketState
    generation: int
    latency: float | None
    opened_at: float | None
    last_received: float | None
    pinged_at: float | None = None
    subscribers: int = 0

    def __repr__(self) -> str:
        """Short; the fields say more."""
        return (
            f"<SocketStats {shown(self.id)} {self.kind} {self.state}: "
            f"{self.messages_in:,} in, {self.messages_out:,} out, {self.queued:,} queued>"
        )

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.socket_stats(self))


class PoolStats(Counts, frozen=True, kw_only=True):
    """A snapshot of a pool; its counts include the sockets that are gone.

    Attributes:
        name: The pool's name.
        state: "new", "running", "stopping" or "stopped".
        time: UNIX seconds of the snapshot.
        sockets: One entry for each socket in the pool.
        sockets_opened: How many sockets ever opened.
        sockets_closed: How many of those are gone.
        dials_failed: How many dials failed.
        connections_opened: How many connections opened, by the kind of their socket. A
            server socket has one after the other.
        connections_closed: How many of those have ended, by kind, then by close code:
            a registered code, "3xxx", "4xxx" or "other".
        dial_failures: How many dials failed, by `DialError.kind`.
        round_trips: How long the peers took to answer pings.
        subscriber_failures: How often a subscriber raised.
        payloads_invalid: How many payloads an operator couldn't decode.
        loop_lags: How often the event loop was held up, by 0.25 s or more.
        subscribers: How many subscribe to `pool.messages`.
        handshakes_refused: How many opening handshakes weren't let in, by reason: see
            `ssc_rx.events.HandshakeRefusal`.
    """

    name: str
    state: str
    time: float
    sockets: tuple[SocketStats, ...]
    sockets_opened: int
    sockets_closed: int
    dials_failed: int
    subscriber_failures: int
    payloads_invalid: int
    loop_lags: int
    connections_opened: Mapping[SocketKind, int] = {}
    connections_closed: Mapping[SocketKind, Mapping[str, int]] = {}
    dial_failures: Mapping[DialFailure, int] = {}
    round_trips: RoundTrips = RoundTrips()
    subscribers: int = 0
    handshakes_refused: Mapping[HandshakeRefusal, int] = {}

    @property
    def open_sockets(self) -> int:
        """How many sockets are open now."""
        return sum(s.state is SocketState.OPEN for s in self.sockets)

    def __repr__(self) -> str:
        """Short; the fields say more."""
        lost = self.dropped_total + self.failed_total
        sockets = counted(len(self.sockets), "socket")
        return (
            f"<PoolStats {self.name!r} {self.state}: {sockets}, "
            f"{self.open_sockets:,} open; {self.messages_in:,} in, {self.messages_out:,} "
            f"out, {self.queued:,} queued, {lost:,} lost, {self.refused:,} refused>"
        )

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> dict[str, str]:
        from ssc_rx.notebook import faces, markup

        return markup.bundle(repr(self), faces.pool(self, "PoolStats"))


def add_up(counts: Iterable[Counts]) -> Counts:
    """The sum, field by field."""
    rows = list(counts)
    return Counts(
        messages_in=sum(r.messages_in for r in rows),
        bytes_in=sum(r.bytes_in for r in rows),
        messages_out=sum(r.messages_out for r in rows),
        bytes_out=sum(r.bytes_out for r in rows),
        accepted=sum(r.accepted for r in rows),
        refused=sum(r.refused for r in rows),
        queued=sum(r.queued for r in rows),
        queued_bytes=sum(r.queued_bytes for r in rows),
        failed=_add_up_reasons(r.failed for r in rows),
        dropped=_add_up_reasons(r.dropped for r in rows),
    )


def _add_up_reasons(rows: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for row in rows:
        for reason, n in row.items():
            total[reason] = total.get(reason, 0) + n
    return total
