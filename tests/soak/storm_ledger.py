"""Checks what both sides say of a connection that has ended, and adds it up."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.checker import Sequence
from tests.soak.books import Books
from tests.soak.stamp import digest_of
from tests.soak.storm_plan import Plan
from tests.soak.verdict import by_reason
from tests.soak.words import Ended, Stopped

__all__ = ["Connection", "Ledger"]


@dataclass(slots=True)
class Connection:
    """One connection, as its far end knows it.

    Attributes:
        id: The socket's ID.
        serial: Its number; no other connection of the run has it.
        plan: What is to become of it.
        numbers: What was sent to the pool, and came back from it.
        closed: Whether it is gone.
        clean: Whether both sides sent a Close frame.
        ended: What the pool's process said of its end.
    """

    id: str
    serial: int
    plan: Plan
    numbers: Sequence = field(default_factory=Sequence)
    closed: bool = False
    clean: bool = False
    ended: Ended | None = None


class Ledger:
    """What was sent, and what became of it.

    Of each message sent, exactly one is true: it came back; its echo was refused; it was
    accepted, and failed or dropped; it was lost on a link that was killed, on the way to
    the pool or back from it.
    """

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.connections = 0
        self.endings: Counter[str] = Counter()
        self.sent = self.delivered = self.echoed = self.refused = 0
        self.accepted = self.lost_to_pool = self.lost_from_pool = 0
        self.failed: Counter[str] = Counter()
        self.dropped: Counter[str] = Counter()

    def settle(self, connection: Connection) -> None:
        """Both sides have told: compare, and add up."""
        ended = connection.ended
        assert ended is not None
        books = ended.books
        sent, echoed = connection.numbers.sent, connection.numbers.received
        if ended.digest != digest_of(connection.serial, ended.received):
            self._fault(connection, "the pool got other messages, or in another order")
        self._must_be(connection, "received by the pool of", ended.received, 0, sent)
        self._must_be(connection, "counted as received", books.received, ended.received)
        self._must_be(connection, "not accounted for", books.off_by, 0)
        self._must_be(connection, "queued in the end", books.queued, 0)
        self._must_be(connection, "counted as refused", books.refused, ended.refused)
        self._must_be(
            connection, "not refused", books.accepted, ended.received - ended.refused
        )
        self._must_be(
            connection,
            "told as lost",
            dict(ended.told_lost),
            _without_zeros(books.failed),
        )
        self._must_be(
            connection, "came back of those handed over", echoed, 0, books.handed_over
        )
        # What is missing may be so at the end only, whatever ended it.
        for fault in connection.numbers.faults(link_lost=True):
            self._fault(connection, fault)
        self._check_ending(connection, ended)
        self._add(connection, ended)

    def _check_ending(self, connection: Connection, ended: Ended) -> None:
        """A clean close comes after all that was sent before it, in either direction."""
        clean = connection.plan.ending not in ("peer kills", "pool kills")
        self._must_be(connection, "closed cleanly, the pool says", ended.clean, clean)
        self._must_be(connection, "closed cleanly", connection.clean, clean)
        if clean:
            sent, echoed = connection.numbers.sent, connection.numbers.received
            handed_over = ended.books.handed_over
            self._must_be(connection, "received by the pool", ended.received, sent)
            self._must_be(connection, "came back", echoed, handed_over)
        if connection.plan.ending == "end":
            self._must_be(connection, "came back in the end", echoed, sent)

    def _add(self, connection: Connection, ended: Ended) -> None:
        books, sent = ended.books, connection.numbers.sent
        echoed = connection.numbers.received
        self.connections += 1
        self.endings[connection.plan.ending] += 1
        self.sent += sent
        self.delivered += ended.received
        self.echoed += echoed
        self.refused += ended.refused
        self.accepted += books.accepted
        self.failed.update(books.failed)
        self.dropped.update(books.dropped)
        self.lost_to_pool += sent - ended.received
        self.lost_from_pool += books.handed_over - echoed

    def never_told(self, connection: Connection) -> None:
        """The pool said nothing of a connection: it was killed before it was open."""
        self.connections += 1
        self.endings["killed before the pool knew it"] += 1
        sent = connection.numbers.sent
        self.sent += sent
        self.lost_to_pool += sent
        if connection.plan.ending != "peer kills" or connection.numbers.received:
            self._fault(connection, "the pool's process never told of its end")

    def nobody(self, ended: Ended) -> None:
        """A connection that nothing was received on, so that nobody knows which."""
        if ended.received or ended.books.received or ended.books.accepted:
            self.faults.append(f"{ended.id}: a connection without messages: {ended!r}")

    def check(self, books: Books, whose: str) -> None:
        """At any moment, all accepted writes are accounted for."""
        if books.off_by:
            self.faults.append(f"{whose}: {books.off_by} not accounted for: {books!r}")

    def close(self, stopped: Stopped) -> None:
        """The pool's own totals are those of its connections."""
        pool = stopped.pool
        mine = (self.delivered, self.accepted, self.refused, 0)
        told = (pool.received, pool.accepted, pool.refused, pool.queued)
        if mine != told:
            self.faults.append(
                "received, accepted, refused, queued of the connections are "
                f"{mine}, of the pool {told}"
            )
        for mine_by, told_by in (
            (self.failed, pool.failed),
            (self.dropped, pool.dropped),
        ):
            if _without_zeros(mine_by) != _without_zeros(told_by):
                self.faults.append(f"by reason {dict(mine_by)}, the pool {told_by}")
        self.check(pool, "the stopped pool")
        if stopped.sockets or stopped.subscriber_failures:
            self.faults.append(f"the stopped pool is not clean: {stopped!r}")
        if (unaccounted := self.unaccounted()) != 0:
            self.faults.append(f"{unaccounted} messages are not accounted for")

    def unaccounted(self) -> int:
        """Of the messages sent, those of which nothing is known."""
        gone = sum(self.failed.values()) + sum(self.dropped.values())
        lost = self.lost_to_pool + self.lost_from_pool
        return self.sent - self.echoed - self.refused - gone - lost

    def figures(self) -> list[str]:
        """What became of the messages, in words."""
        endings = ", ".join(f"{how} {n:,}" for how, n in sorted(self.endings.items()))
        to_pool, from_pool = self.lost_to_pool, self.lost_from_pool
        return [
            (
                f"{self.sent:,} sent to the pool, {self.delivered:,} delivered to it, "
                f"{self.echoed:,} came back"
            ),
            (
                f"echoes refused: {self.refused:,}; failed: {by_reason(self.failed)}; "
                f"dropped: {by_reason(self.dropped)}"
            ),
            (
                f"lost in flight on killed links: {to_pool:,} to the pool, "
                f"{from_pool:,} from it; not accounted for: {self.unaccounted():,}"
            ),
            f"{self.connections:,} connections ({endings})",
        ]

    def _must_be(
        self, connection: Connection, what: str, value: object, *wanted: object
    ) -> None:
        if len(wanted) == 2:
            low, high = wanted
            good = low <= value <= high  # type: ignore[operator]
        else:
            good = value == wanted[0]
        if not good:
            bounds = " to ".join(map(str, wanted))
            self._fault(connection, f"{what}: {value}, and not {bounds}")

    def _fault(self, connection: Connection, what: str) -> None:
        self.faults.append(
            f"{connection.id}, connection {connection.serial} "
            f"({connection.plan.ending}): {what}"
        )


def _without_zeros(counts: Mapping[str, int]) -> dict[str, int]:
    return {why: n for why, n in counts.items() if n}
