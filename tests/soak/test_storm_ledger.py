"""What the two sides say of a connection has to agree: each lie is noticed."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.soak.books import Books
from tests.soak.stamp import digest_of
from tests.soak.storm_ledger import Connection, Ledger
from tests.soak.storm_plan import Ending, Plan
from tests.soak.words import Ended, Stopped

SERIAL = 7


def connection(ending: Ending, *arrived: int, sent: int = 10) -> Connection:
    plan = Plan(sent, ending, sent, 64, 0, 0.0, 0.0)
    found = Connection("x", SERIAL, plan, closed=True, clean="kill" not in ending)
    found.numbers.sent = sent
    for number in arrived:
        found.numbers.arrived(number)
    return found


def ended(
    received: int,
    *,
    handed_over: int,
    failed: Mapping[str, int] | None = None,
    refused: int = 0,
    clean: bool = True,
    **lies: Any,
) -> Ended:
    """What an honest pool says, but for the lies."""
    failed = failed or {}
    accepted = received - refused
    books = Books(received, accepted, refused, handed_over, 0, failed, {})
    truth = {
        "id": "x",
        "connection": SERIAL,
        "digest": digest_of(SERIAL, received),
        "received": received,
        "refused": refused,
        "clean": clean,
        "told_lost": failed,
        "books": books,
        "dialled": True,
    }
    return Ended(**(truth | lies))


def faults(told: Ended, of: Connection) -> list[str]:
    ledger = Ledger()
    of.ended = told
    ledger.settle(of)
    return ledger.faults


ALL = range(1, 11)


def test_what_is_accounted_for_is_no_fault() -> None:
    assert faults(ended(10, handed_over=10), connection("end", *ALL)) == []
    told = ended(10, handed_over=7, failed={"closed": 2}, refused=1)
    assert faults(told, connection("peer closes", *range(1, 8))) == []
    told = ended(8, handed_over=7, failed={"lost": 1}, clean=False)
    assert faults(told, connection("peer kills", 1, 2, 3)) == []


@pytest.mark.parametrize(
    ("told", "of", "says"),
    [
        (ended(10, handed_over=10, digest=1), connection("end", *ALL), "other order"),
        (ended(9, handed_over=9), connection("end", *range(1, 10)), "received by"),
        (ended(10, handed_over=9), connection("pool closes", *ALL), "not accounted"),
        (
            ended(10, handed_over=10),
            connection("pool closes", *range(1, 10)),
            "came back",
        ),
        (
            ended(10, handed_over=10, clean=False),
            connection("pool kills", 1, 2, 4),
            "missing before others",
        ),
        (
            ended(10, handed_over=9, failed={"closed": 1}, told_lost={}),
            connection("peer closes", *range(1, 10)),
            "told as lost",
        ),
        (
            ended(10, handed_over=10, refused=0, books=Books(10, 10, 1, 10, 0, {}, {})),
            connection("end", *ALL),
            "counted as refused",
        ),
        (
            ended(10, handed_over=10, books=Books(9, 10, 0, 10, 0, {}, {})),
            connection("end", *ALL),
            "counted as received",
        ),
        (ended(10, handed_over=10, clean=False), connection("end", *ALL), "cleanly"),
        (
            ended(10, handed_over=9, books=Books(10, 10, 0, 9, 1, {}, {})),
            connection("peer closes", *range(1, 10)),
            "queued in the end",
        ),
    ],
)
def test_what_does_not_agree_is_a_fault(told: Ended, of: Connection, says: str) -> None:
    found = faults(told, of)
    assert any(says in fault for fault in found), found


def stopped(**changes: Any) -> Stopped:
    books = {"received": 10, "accepted": 10, "refused": 0, "handed_over": 10}
    books |= {"queued": 0} | changes
    pool = Books(**books, failed={}, dropped={})
    return Stopped(pool=pool, sockets=[], subscriber_failures=0)


def test_the_pool_has_to_agree_with_its_connections() -> None:
    ledger = Ledger()
    of = connection("end", *ALL)
    of.ended = ended(10, handed_over=10)
    ledger.settle(of)
    ledger.close(stopped())
    assert ledger.faults == []
    ledger.close(stopped(accepted=11, handed_over=11))
    assert len(ledger.faults) == 1


def test_books_that_do_not_balance_are_a_fault() -> None:
    ledger = Ledger()
    ledger.check(Books(0, 5, 0, 2, 1, {"lost": 1}, {"oldest": 1}), "the pool")
    assert ledger.faults == []
    ledger.check(Books(0, 5, 0, 2, 1, {"lost": 1}, {}), "the pool")
    assert len(ledger.faults) == 1


def test_only_a_killed_connection_may_be_unknown_to_the_pool() -> None:
    ledger = Ledger()
    ledger.never_told(connection("peer kills"))
    assert ledger.faults == []
    ledger.never_told(connection("peer closes"))
    ledger.never_told(connection("peer kills", 1))
    assert len(ledger.faults) == 2
