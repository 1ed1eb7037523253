"""`Lookout`: looks at a pool after each reading, and keeps what is worth a warning."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import msgspec

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.sockets import SocketView
from ssc_monitor.model.visible import visible
from ssc_monitor.model.warnings.burst import Burst
from ssc_monitor.model.warnings.of_pools import POOL_RULES, SUBSCRIBER_RULES
from ssc_monitor.model.warnings.of_sockets import SOCKET_RULES
from ssc_monitor.model.warnings.openings import Openings
from ssc_monitor.model.warnings.rule import (
    Facts,
    Finding,
    PoolFacts,
    Rule,
    SocketFacts,
    SubscriberFacts,
)
from ssc_monitor.model.warnings.subscribers import Subscribers
from ssc_rx.monitor import wire

__all__ = ["Lookout"]

SOCKETS_A_LOOK = 1000
"""Sockets looked at after a reading, in turn, besides those that have a warning: 4 ms."""
MOST_TOLD = 1000
"""Warnings at a time; what is more is counted."""
LATELY_S = 10.0
"""For so long writes that were given up count as lately."""

_Key = tuple[str, int, int]
"""Rule, number of the socket, number of the subscriber."""


class _Raised:
    """What is known of a warning, or of what may become one."""

    __slots__ = ("finding", "since", "told", "true_at")

    def __init__(self, since: float) -> None:
        self.since = self.true_at = since
        self.told = False
        self.finding: Finding | None = None


class Lookout:
    """The warnings of one pool.

    Attributes:
        findings: Those there are, the latest last.
        suppressed: How many more there are than can be told.
        version: Grows when `findings` changed.
    """

    def __init__(self) -> None:
        self.findings: tuple[Finding, ...] = ()
        self.suppressed = 0
        self.version = 0
        self._openings = Openings()
        self._attachment = -1
        self._begin()

    def _begin(self) -> None:
        self._now = 0.0
        self._raised: dict[_Key, _Raised] = {}
        self._numbers: frozenset[int] = frozenset()
        self._position = 0
        self._dropped: dict[int, Burst] = {}
        self._lost: dict[int, Burst] = {}
        self._missed = Burst(LATELY_S)
        self._subscribers = Subscribers()

    def take(self, event: wire.Event) -> None:
        """Learn from an event."""
        self._openings.take(event)

    def warned(self, number: int) -> bool:
        """Whether there is a warning about a socket."""
        return number in self._numbers

    def mean_s(self, subscriber: int) -> float:
        """Seconds that a subscriber takes for a message, lately."""
        return self._subscribers.mean_s(subscriber)

    def look(self, view: PoolView, *, most: int = SOCKETS_A_LOOK) -> None:
        """Look at a pool whose reading is complete.

        Args:
            view: The pool.
            most: At how many sockets to look, besides those that have a warning.
        """
        if view.attachment != self._attachment or view.now < self._now:
            self._attachment = view.attachment
            self._begin()
        if view.row is None:
            return
        self._now = view.now
        for number in self._due(view, most):
            self._look_at(view.sockets.get(number), number)
        self._look_at_subscribers(view, view.row)
        facts = PoolFacts(
            lag=view.lag,
            unaccounted=view.unaccounted,
            events_missed=sum(
                self._missed.of({"": view.events_missed}, view.now).values()
            ),
        )
        self._check(POOL_RULES, facts)
        self._publish()

    def _due(self, view: PoolView, most: int) -> Iterable[int]:
        """Whom to look at: who has a warning or may get one, and some of the others."""
        total = len(view.sockets)
        if self._position >= total:
            self._position = 0
        start, self._position = self._position, self._position + most
        some = islice(view.sockets, start, start + most)
        return {*some, *(key[1] for key in self._raised if key[1])}

    def _look_at(self, socket: SocketView | None, number: int) -> None:
        if socket is None:  # long gone
            for known in (self._dropped, self._lost):
                known.pop(number, None)
            for key in [key for key in self._raised if key[1] == number]:
                del self._raised[key]
            return
        if socket.gone:
            for rule in SOCKET_RULES:
                self._step(rule, (rule.name, number, 0), None, socket)
            return
        self._check(SOCKET_RULES, self._facts(socket), socket)

    def _facts(self, socket: SocketView) -> SocketFacts:
        now, row, head = self._now, socket.row, socket.head
        dropped = {r: n for r, n in row.drops.items() if r != "superseded"}
        pinged = row.pinged_at
        return SocketFacts(
            state=row.state,
            heard=socket.heard,
            quiet_s=socket.quiet_s(now),
            usual_gap_s=socket.usual_gap_s,
            opened=self._openings.of(socket.raw_id, now),
            queued=row.queued,
            queued_bytes=row.queued_bytes,
            outbox_messages=head.outbox_messages,
            outbox_bytes=head.outbox_bytes,
            overflow=head.overflow,
            dropped=_lately(self._dropped, socket, dropped, socket.first.drops, now),
            lost=_lately(self._lost, socket, row.losses, socket.first.losses, now),
            unanswered_s=0.0 if pinged is None else max(0.0, now - pinged),
            ping_timeout=head.ping_timeout,
            unaccounted=socket.unaccounted,
        )

    def _look_at_subscribers(self, view: PoolView, row: wire.PoolRow) -> None:
        slow = {key for key in self._raised if key[2]}
        for timed in self._subscribers.take(row.timed):
            socket = view.socket_of(timed.id) if timed.id else None
            rate = None
            if timed.stream == "pool.messages":
                rate = view.in_per_s
            elif socket is not None:
                rate = socket.in_per_s(view.now)
            mean_s = self._subscribers.mean_s(timed.number)
            facts = SubscriberFacts(
                name=visible(timed.name, 120),
                stream=visible(timed.stream, 40),
                mean_s=mean_s,
                share=None if rate is None else mean_s * rate,
                timed=timed.emissions,
            )
            self._check(SUBSCRIBER_RULES, facts, socket, timed.number)
            slow -= {
                (r.name, socket.number if socket else 0, timed.number)
                for r in SUBSCRIBER_RULES
            }
        for key in slow:  # who has left, or is one of the fast by now
            for rule in SUBSCRIBER_RULES:
                if rule.name == key[0]:
                    self._step(rule, key, None, view.sockets.get(key[1]))

    def _check(
        self,
        rules: Sequence[Rule[Facts]],
        facts: Facts,
        socket: SocketView | None = None,
        subscriber: int = 0,
    ) -> None:
        for rule in rules:
            key = (rule.name, 0 if socket is None else socket.number, subscriber)
            known = self._raised.get(key)
            text = rule.check(facts, known is not None and known.told)
            if text is not None or known is not None:
                self._step(rule, key, text, socket)

    def _step(
        self,
        rule: Rule[Facts],
        key: _Key,
        text: str | None,
        socket: SocketView | None,
    ) -> None:
        """Raise a warning, keep it, or let it go."""
        now, known = self._now, self._raised.get(key)
        if text is None:
            if known is None:
                return
            if not known.told or now - known.true_at >= rule.hold_s:
                del self._raised[key]
            elif known.finding is not None and not known.finding.over:
                known.finding = _over(known.finding)
            return
        if known is None:
            known = self._raised[key] = _Raised(now)
        known.true_at = now
        known.told = known.told or now - known.since >= rule.after_s
        if known.told:
            known.finding = Finding(
                rule=rule.name,
                text=visible(text),
                advice=rule.advice,
                since=known.since,
                number=key[1],
                id="" if socket is None else socket.id,
                raw_id="" if socket is None else socket.raw_id,
            )

    def _publish(self) -> None:
        told = [r.finding for r in self._raised.values() if r.finding is not None]
        told.sort(key=lambda finding: finding.since)
        findings = tuple(told[-MOST_TOLD:])
        if findings != self.findings:
            self.findings = findings
            self.suppressed = len(told) - len(findings)
            self._numbers = frozenset(f.number for f in told if f.number)
            self.version += 1


def _lately(
    bursts: dict[int, Burst],
    socket: SocketView,
    counts: Mapping[str, int],
    before: Mapping[str, int],
    now: float,
) -> Mapping[str, int]:
    """What a socket's writes were given up for lately."""
    burst = bursts.get(socket.number)
    if burst is None:
        if not counts:
            return counts
        burst = bursts[socket.number] = Burst(LATELY_S, before)
    return burst.of(counts, now)


def _over(finding: Finding) -> Finding:
    return msgspec.structs.replace(finding, over=True)
