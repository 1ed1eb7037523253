"""What happened in a pool, told as events and kept as counts."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar
from weakref import ref

from ssc_rx.core.close_codes import close_label
from ssc_rx.core.round_trips import RoundTrips
from ssc_rx.core.stats import Counts, PoolStats, SocketStats, add_up
from ssc_rx.errors import (
    DialError,
    DialFailure,
    ReentrancyLimitError,
    SocketClosedError,
)
from ssc_rx.events import (
    DialFailed,
    Event,
    HandshakeRefusal,
    LoopLagged,
    PayloadInvalid,
    SocketKind,
    SocketOpened,
    SourceFailed,
    SubscriberFailed,
    WriteRefused,
)
from ssc_rx.logbook import Logbook
from ssc_rx.notebook.shell import tell_failure
from ssc_rx.streams.hub import Hub
from ssc_rx.streams.stream import Home
from ssc_rx.wording import shown

__all__ = ["Ledger"]

S = TypeVar("S")


class Ledger:
    """Owns `pool.events` and the pool's own counters.

    Args:
        home: Where the stream lives.
        pool: The pool's name.

    Attributes:
        events: The stream.
        clock: UNIX time in seconds; the pool's own once it runs.
    """

    def __init__(self, home: Home, pool: str = "") -> None:
        self._log = Logbook(pool)
        self.events: Hub[Event] = Hub("pool.events", home)
        self.clock: Callable[[], float] = time.time
        self._opened = self._closed = 0
        self._connections_opened: dict[SocketKind, int] = {"server": 0, "client": 0}
        self._connections_closed: dict[SocketKind, dict[str, int]] = {
            "server": {},
            "client": {},
        }
        self._dial_failures: dict[DialFailure, int] = {}
        self._round_trips = RoundTrips()
        self._handshakes_refused: dict[HandshakeRefusal, int] = {}
        self._subscriber_failures = self._payloads_invalid = 0
        self._lags, self._longest_lag = 0, 0.0
        # Those that are gone, and the last of them: one value, for readers elsewhere.
        self._gone: tuple[Counts, ref[object] | None] = (Counts(), None)
        self._refused = 0

    def tell(self, event: Event) -> None:
        """Count an event and emit it."""
        match event:
            case SocketOpened(kind=kind, generation=generation):
                self._opened += generation == 1
                self._connections_opened[kind] += 1
            case DialFailed(error=error) if not isinstance(error, SocketClosedError):
                at = error.kind if isinstance(error, DialError) else "other"
                self._dial_failures[at] = self._dial_failures.get(at, 0) + 1
            case _:
                pass  # as is what was given up, at our side's wish
        self._log.enter(event)
        try:
            self.events.emit_in_turn(event)
        except ReentrancyLimitError as error:
            self._log.event_dropped(event, error)

    def subscriber_failed(
        self, stream: str, id: str, error: BaseException, failures: int, ended: bool
    ) -> None:
        """A subscriber raised: count it, and say so ever more rarely."""
        self._subscriber_failures += 1
        if not _is_power_of_two(failures) and not ended:
            return
        self._log.subscriber_failed(stream, id, error, failures)
        where = f" at what came of {shown(id)}" if id else ""
        tell_failure(stream, where, error, failures, ended)
        self.tell(
            SubscriberFailed(
                id=id,
                stream=stream,
                error=error,
                failures=failures,
                ended=ended,
                time=self.clock(),
            )
        )

    def source_failed(self, stream: str, id: str, error: Exception) -> None:
        """An Observable that fed a Subject failed: it writes no more."""
        self._log.source_failed(stream, id, error)
        self.tell(SourceFailed(id=id, stream=stream, error=error, time=self.clock()))

    def payload_invalid(self, id: str, error: Exception) -> None:
        """An operator skipped a payload that it couldn't decode."""
        self._payloads_invalid += 1
        if _is_power_of_two(self._payloads_invalid):
            self.tell(
                PayloadInvalid(
                    id=id,
                    error=error,
                    failures=self._payloads_invalid,
                    time=self.clock(),
                )
            )

    def lagged(self, lag: float) -> None:
        """The event loop was held up for `lag` seconds."""
        self._lags += 1
        worse = lag >= 2 * self._longest_lag
        self._longest_lag = max(lag, self._longest_lag)
        if not worse and not _is_power_of_two(self._lags):
            return
        self._log.lagged(lag)
        self.tell(LoopLagged(lag=lag, lags=self._lags, time=self.clock()))

    def write_refused(self, id: str, error: Exception) -> None:
        """A write that was pushed into a Subject was refused."""
        self.tell(WriteRefused(id=id, error=error, time=self.clock()))

    def refuse(self, writes: int = 1) -> None:
        """Count refused writes that no socket counts."""
        self._refused += writes

    def handshake_refused(self, reason: HandshakeRefusal) -> None:
        """Count a peer that wasn't let in."""
        refused = self._handshakes_refused
        refused[reason] = refused.get(reason, 0) + 1

    def connection_ended(self, kind: SocketKind, code: int) -> None:
        """Count the end of a connection, whether or not its socket goes on."""
        closed, label = self._connections_closed[kind], close_label(code)
        closed[label] = closed.get(label, 0) + 1

    def round_trip(self, seconds: float) -> None:
        """Count a ping that was answered."""
        self._round_trips = self._round_trips.and_one_of(seconds)

    def gone(self, socket: object, last: SocketStats) -> None:
        """Keep the counts of a socket that is about to leave the registry."""
        self._closed += last.generation > 0
        self._gone = add_up((self._gone[0], last)), ref(socket)

    def divide(self, sockets: Callable[[], Iterable[S]]) -> tuple[Counts, list[S]]:
        """The counts of the sockets that are gone, and those in the pool.

        Each socket is in one of them, and in one only, whatever thread asks: else a sum
        would go up and down again, which a reader takes for a counter that began anew.
        """
        while True:
            before = self._gone
            counts, last = before
            here = list(sockets())
            if self._gone is before:
                leaving = None if last is None else last()
                return counts, [socket for socket in here if socket is not leaving]

    @property
    def refused(self) -> int:
        """Refused writes that no socket counts."""
        return self._refused

    def stats(
        self,
        name: str,
        state: str,
        sockets: Iterable[SocketStats],
        *,
        gone: Counts,
        refused: int,
        subscribers: int,
    ) -> PoolStats:
        """A snapshot of the pool: of what these sockets, and those gone, have counted."""
        rows = tuple(sockets)
        sums = add_up((gone, *rows))
        failures = dict(self._dial_failures)
        return PoolStats(
            name=name,
            state=state,
            time=self.clock(),
            sockets=rows,
            sockets_opened=self._opened,
            sockets_closed=self._closed,
            dials_failed=sum(failures.values()),
            subscriber_failures=self._subscriber_failures,
            payloads_invalid=self._payloads_invalid,
            loop_lags=self._lags,
            connections_opened=dict(self._connections_opened),
            connections_closed={
                kind: dict(codes) for kind, codes in self._connections_closed.items()
            },
            dial_failures=failures,
            round_trips=self._round_trips,
            subscribers=subscribers,
            handshakes_refused=dict(self._handshakes_refused),
            messages_in=sums.messages_in,
            bytes_in=sums.bytes_in,
            messages_out=sums.messages_out,
            bytes_out=sums.bytes_out,
            accepted=sums.accepted,
            refused=sums.refused + refused,
            queued=sums.queued,
            queued_bytes=sums.queued_bytes,
            failed=sums.failed,
            dropped=sums.dropped,
        )


def _is_power_of_two(n: int) -> bool:
    return n & (n - 1) == 0
