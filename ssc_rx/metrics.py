"""A pool's counters for Prometheus: `pip install 'ssc-rx[prometheus]'`.

    from prometheus_client import REGISTRY, start_http_server
    from ssc_rx.metrics import PoolCollector

    REGISTRY.register(PoolCollector(pool))
    start_http_server(9000)

Nothing is counted for it: what a pool knows anyway is read when it is scraped.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import get_args
from weakref import ref

from ssc_rx.core.lifecycle import SocketState
from ssc_rx.core.round_trips import BOUNDS_S
from ssc_rx.core.stats import PoolStats
from ssc_rx.errors import DialFailure, InvalidOptionError
from ssc_rx.events import DropReason, HandshakeRefusal, LostReason, SocketKind
from ssc_rx.pool import Pool

try:
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
    )
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError(
        "metrics for Prometheus need its client: pip install 'ssc-rx[prometheus]'"
    ) from error

__all__ = ["PoolCollector"]

Numbers = Iterable[tuple[tuple[str, ...], float]]
"""Values of the labels after `pool`, with a number each."""

_KINDS: tuple[SocketKind, ...] = get_args(SocketKind)
_STATES = [state for state in SocketState if state is not SocketState.CLOSED]
_FAMILIES = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily}


@dataclass(frozen=True, slots=True)
class _Row:
    """One metric.

    Attributes:
        type: "counter" or "gauge".
        name: Its name.
        help: What it is.
        labels: Those after `pool`.
        read: Finds its numbers in a snapshot.
    """

    type: str
    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[PoolStats], Numbers]


def _connections(stats: PoolStats) -> Numbers:
    there = Counter((socket.kind, socket.state) for socket in stats.sockets)
    for kind in _KINDS:
        for state in _STATES:
            yield (kind, state.value), there[kind, state]


def _opened(stats: PoolStats) -> Numbers:
    for kind in _KINDS:
        yield (kind,), stats.connections_opened.get(kind, 0)


def _closed(stats: PoolStats) -> Numbers:
    for kind, codes in stats.connections_closed.items():
        for code, n in codes.items():
            yield (kind, code), n


def _connect_failures(stats: PoolStats) -> Numbers:
    for reason in get_args(DialFailure):
        yield (reason,), stats.dial_failures.get(reason, 0)


def _handshakes_refused(stats: PoolStats) -> Numbers:
    for reason in get_args(HandshakeRefusal):
        yield (reason,), stats.handshakes_refused.get(reason, 0)


def _dropped(stats: PoolStats) -> Numbers:
    yield from _by_reason("outbox", get_args(DropReason), stats.dropped)
    yield from _by_reason("link", get_args(LostReason), stats.failed)
    yield ("refused",), stats.refused


def _by_reason(
    place: str, reasons: Iterable[str], counts: Mapping[str, int]
) -> Numbers:
    for reason in reasons:
        yield (f"{place}_{reason}",), counts.get(reason, 0)


_ROWS = (
    _Row(
        "gauge",
        "ssc_connections",
        "Sockets in the pool.",
        ("kind", "state"),
        _connections,
    ),
    _Row(
        "counter",
        "ssc_connections_opened_total",
        "Connections that opened, of one socket perhaps several.",
        ("kind",),
        _opened,
    ),
    _Row(
        "counter",
        "ssc_connections_closed_total",
        "Connections that ended, by close code.",
        ("kind", "code"),
        _closed,
    ),
    _Row(
        "counter",
        "ssc_connect_failures_total",
        "Dials that failed.",
        ("reason",),
        _connect_failures,
    ),
    _Row(
        "counter",
        "ssc_handshakes_refused_total",
        "Opening handshakes of peers that were not let in.",
        ("reason",),
        _handshakes_refused,
    ),
    _Row(
        "counter",
        "ssc_messages_total",
        "TEXT and BINARY messages received (in), and messages handed over (out).",
        ("direction",),
        lambda s: ((("in",), s.messages_in), (("out",), s.messages_out)),
    ),
    _Row(
        "counter",
        "ssc_message_bytes_total",
        "Their payload bytes.",
        ("direction",),
        lambda s: ((("in",), s.bytes_in), (("out",), s.bytes_out)),
    ),
    _Row(
        "counter",
        "ssc_dropped_messages_total",
        "Writes dropped by a full outbox, lost with their connection, or refused.",
        ("where",),
        _dropped,
    ),
    _Row(
        "gauge",
        "ssc_send_queue_messages",
        "Writes that wait in outboxes.",
        (),
        lambda s: (((), s.queued),),
    ),
    _Row(
        "counter",
        "ssc_subscriber_errors_total",
        "How often a subscriber raised.",
        (),
        lambda s: (((), s.subscriber_failures),),
    ),
    _Row(
        "counter",
        "ssc_invalid_payloads_total",
        "Payloads that an operator could not decode.",
        (),
        lambda s: (((), s.payloads_invalid),),
    ),
    _Row(
        "counter",
        "ssc_loop_lags_total",
        "How often the event loop was held up by 0.25 s or more.",
        (),
        lambda s: (((), s.loop_lags),),
    ),
)
_Metric = CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily


class PoolCollector(Collector):
    """Reads pools when a Prometheus registry is scraped, in whatever thread that is.

    A registry takes one of it, for all of the pools. It holds no pool: the series of one
    that nobody else holds any more end. Those of a stopped pool stay as they are.

    Args:
        pools: What to read, each under its name, which is the label `pool`. They may be
            new, running or stopped.

    Raises:
        InvalidOptionError: As `add`.
    """

    def __init__(self, *pools: Pool) -> None:
        self._changing = threading.Lock()
        self._pools: dict[str, ref[Pool]] = {}
        """Copied on write: a scrape goes on with what it found."""
        for pool in pools:
            self.add(pool)

    def add(self, pool: Pool) -> None:
        """Read this pool as well, from any thread; twice is once.

        A stopped pool of the same name gives way to it: to Prometheus, its counters begin
        anew.

        Raises:
            InvalidOptionError: If it is no pool, or another one of its name isn't stopped.
        """
        if not isinstance(pool, Pool):
            raise InvalidOptionError(
                f"a PoolCollector reads pools, not {type(pool).__name__}: "
                "PoolCollector(pool, another)"
            )
        with self._changing:
            living = {other.name: other for other in self._living()}
            rival = living.get(pool.name, pool)
            if rival is not pool and rival.stats().state != "stopped":
                raise InvalidOptionError(
                    f"another pool named {pool.name!r} is read already, and their numbers "
                    "can't be told apart; give each a name: Pool(name=...)"
                )
            living[pool.name] = pool
            self._pools = {name: ref(pool) for name, pool in living.items()}

    def remove(self, pool: Pool) -> None:
        """Read this pool no more, from any thread; one that isn't read is ignored."""
        with self._changing:
            self._pools = {
                other.name: ref(other) for other in self._living() if other is not pool
            }

    def _living(self) -> Iterator[Pool]:
        for reference in self._pools.values():
            pool = reference()
            if pool is not None:
                yield pool

    def describe(self) -> Iterable[_Metric]:
        """The metrics without numbers, by which a registry knows their names."""
        return _metrics(())

    def collect(self) -> Iterable[_Metric]:
        """The metrics of all pools, as they are now."""
        return _metrics([pool.stats() for pool in self._living()])


def _metrics(snapshots: Iterable[PoolStats]) -> Iterator[_Metric]:
    named = [(_encodable(stats.name), stats) for stats in snapshots]
    for row in _ROWS:
        family = _FAMILIES[row.type](row.name, row.help, labels=("pool", *row.labels))
        for pool, stats in named:
            for labels, number in row.read(stats):
                family.add_metric((pool, *labels), number)
        yield family
    yield _ping_rtt(named)


def _ping_rtt(named: Iterable[tuple[str, PoolStats]]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "ssc_ping_rtt_seconds",
        "How long peers took to answer pings.",
        labels=("pool",),
    )
    bounds = [*(str(float(bound)) for bound in BOUNDS_S), "+Inf"]
    for pool, stats in named:
        trips = stats.round_trips
        up_to = list(zip(bounds, accumulate(trips.buckets), strict=True))
        family.add_metric((pool,), up_to, trips.total_s)
    return family


def _encodable(name: str) -> str:
    return name.encode(errors="backslashreplace").decode()
