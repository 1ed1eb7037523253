"""The lookout: warnings come, stay as long as they are true, and go."""

from typing import Any

import msgspec
import pytest

from ssc_monitor.model.pool import PoolView
from ssc_monitor.model.warnings import lookout
from ssc_monitor.model.warnings.lookout import Lookout
from ssc_rx.monitor import wire
from tests.ssc_monitor.model.frames import POOL, event, hello, row

BOUND = (100, 1000, "drop_oldest", 20.0)


class Watched:
    """A pool that says what it is told to, a second at a time."""

    def __init__(self, sockets: int = 2) -> None:
        self.view = PoolView()
        self.lookout = Lookout()
        self.time = 1000.0
        self.view.apply(hello())
        self.read(
            born=tuple(
                wire.SocketHead(n + 1, f"s{n + 1}", "client", *BOUND)
                for n in range(sockets)
            ),
            rows=tuple(row(n + 1) for n in range(sockets)),
            begin=True,
        )

    def read(
        self, *rows: wire.SocketRow, after: float = 1.0, pool: Any = None, **state: Any
    ) -> list[str]:
        """A reading; gives what is warned of then."""
        self.time += after
        state.setdefault("rows", rows)
        totals = msgspec.structs.replace(POOL, **({"subscribers": 1} | (pool or {})))
        self.view.apply(wire.State(self.time, pool=totals, **state))
        self.lookout.look(self.view)
        return self.told

    @property
    def told(self) -> list[str]:
        return [f"{f.id or 'pool'} {f.rule}" for f in self.lookout.findings]


@pytest.fixture
def pool() -> Watched:
    return Watched()


def test_an_outbox_that_stays_full_is_told_and_one_that_was_full_for_a_moment_is_not(
    pool: Watched,
) -> None:
    assert pool.read(row(1, queued=90)) == []
    assert pool.read(row(1, queued=0)) == []
    assert pool.read(row(1, queued=90)) == []
    assert pool.read() == ["s1 slow-peer"]
    (finding,) = pool.lookout.findings
    assert finding.text.startswith("outbox 90% full, 90 writes wait")
    assert (finding.number, finding.since) == (1, pool.time - 1)
    assert pool.lookout.warned(1)
    assert not pool.lookout.warned(2)


def test_it_stays_a_moment_longer_than_it_is_true_and_does_not_flicker(
    pool: Watched,
) -> None:
    pool.read(row(1, queued=90))
    pool.read(row(1, queued=90))
    assert pool.read(row(1, queued=30)) == ["s1 slow-peer"]
    since = pool.lookout.findings[0].since
    assert pool.read(row(1, queued=0)) == ["s1 slow-peer"]
    assert pool.lookout.findings[0].over
    pool.read(row(1, queued=60))
    assert pool.lookout.findings[0].since == since
    assert not pool.lookout.findings[0].over
    pool.read(row(1, queued=0))
    assert pool.read(after=4.9) == []


def test_drops_of_old_are_no_news_and_what_drops_now_is(pool: Watched) -> None:
    old = Watched(sockets=0)
    old.read(
        begin=True,
        born=(wire.SocketHead(1, "s1", "client"),),
        rows=(row(1, dropped=5, drops={"oldest": 5}),),
    )
    assert old.read() == []
    assert old.read(row(1, dropped=9, drops={"oldest": 9})) == ["s1 drops"]
    assert old.lookout.findings[0].text.startswith("4 writes dropped")
    assert old.read(after=10.0) == ["s1 drops"]
    assert old.read(after=1.0) == ["s1 drops"]
    assert old.read(after=5.0) == []
    assert pool.read(row(2, dropped=3, drops={"superseded": 3})) == []
    assert pool.read(row(2, dropped=4, drops={"superseded": 3, "newest": 1})) == [
        "s2 drops"
    ]


def test_reasons_from_the_wire_are_made_visible(pool: Watched) -> None:
    pool.read(row(1, dropped=1, drops={"\x1b[2J": 1}))
    assert "\x1b" not in pool.lookout.findings[0].text


def test_a_feed_that_stops_is_told_until_it_talks_again(pool: Watched) -> None:
    for n in range(1, 31):
        assert pool.read(row(1, messages_in=2 * n)) == []
    assert pool.read(after=9.0) == []
    assert pool.read() == ["s1 silent"]
    assert "silent for 10 s" in pool.lookout.findings[0].text
    assert pool.read(row(1, messages_in=61)) == []


def test_one_that_always_pauses_is_told_once_and_then_known(pool: Watched) -> None:
    total = 0

    def talk() -> None:
        nonlocal total
        for _ in range(8):
            total += 10
            assert pool.read(row(1, messages_in=total), after=0.25) == []

    talk()
    assert pool.read(after=15.0) == ["s1 silent"]
    for _ in range(5):
        talk()
        assert pool.read(after=15.0) == []


def test_a_socket_that_opens_again_and_again_is_told(pool: Watched) -> None:
    for n in range(1, 5):
        pool.lookout.take(event(n, "SocketOpened", "s2", generation=n))
    assert pool.read() == ["s2 flapping"]
    assert pool.read(after=60.0) == ["s2 flapping"]
    assert pool.read(after=5.0) == []


def test_a_ping_without_its_pong_is_told_in_time(pool: Watched) -> None:
    pinged = pool.time
    assert pool.read(row(1, pinged_at=pinged), after=9.0) == []
    assert pool.read() == ["s1 no-pong"]
    assert pool.read(row(1)) == []


def test_books_that_do_not_close_are_told_of_the_socket_and_of_the_pool(
    pool: Watched,
) -> None:
    assert pool.read(row(1, accepted=5, messages_out=3, queued=2)) == []
    wrong = row(1, accepted=5, messages_out=3, queued=1)
    assert pool.read(wrong, pool={"accepted": 5, "messages_out": 4}) == []
    assert pool.read(pool={"accepted": 5, "messages_out": 4}) == [
        "s1 accounting",
        "pool accounting",
    ]


def test_a_recording_keeps_no_books_to_check() -> None:
    pool = Watched()
    books = {"accepted": 5, "subscribers": None}
    assert pool.read(pool=books) == pool.read(pool=books) == []


def test_lag_and_missed_events_are_told_of_the_pool(pool: Watched) -> None:
    assert pool.read(pool={"lag": 0.3}) == ["pool loop-lag"]
    assert pool.read(after=9.0) == ["pool loop-lag"]
    assert pool.read() == []
    pool.view.apply(wire.Events((event(1),)))
    assert pool.read() == []
    pool.view.apply(wire.Events((event(5),)))
    assert pool.read() == ["pool events-missed"]
    assert pool.lookout.findings[0].text == "3 events didn't come here"


def timed(
    emissions: int, seconds: float, id: str = "", stream: str = "pool.messages"
) -> wire.SubscriberRow:
    return wire.SubscriberRow(7, stream, id, "book\x1b[2J", emissions, seconds, 0.0)


def test_a_slow_subscriber_is_named_and_nothing_of_it_reaches_the_terminal_raw(
    pool: Watched,
) -> None:
    assert pool.read(pool={"timed": (timed(8, 0.001),)}) == []
    assert pool.read(pool={"timed": (timed(16, 0.9),)}) == ["pool slow-subscriber"]
    assert "\x1b" not in pool.lookout.findings[0].text
    assert pool.lookout.findings[0].text.startswith("book")
    pool.read(pool={"timed": ()})  # it has left
    assert pool.read(after=5.0) == []


def test_a_slow_subscriber_of_one_socket_marks_that(pool: Watched) -> None:
    slow = timed(8, 1.0, id="s2", stream="socket.messages")
    assert pool.read(pool={"timed": (slow,)}) == ["s2 slow-subscriber"]
    assert pool.lookout.warned(2)


def test_a_socket_that_left_takes_its_warnings_along(pool: Watched) -> None:
    pool.read(row(1, queued=90))
    assert pool.read() == ["s1 slow-peer"]
    pool.read(gone=(1,))
    assert pool.read(after=11.0) == []
    assert pool.lookout._raised == {}


def test_another_attachment_begins_anew(pool: Watched) -> None:
    pool.read(row(1, queued=90))
    assert pool.read() == ["s1 slow-peer"]
    pool.view.apply(hello())
    assert pool.read() == []
    assert pool.lookout.version > 1


def test_a_clock_that_is_set_back_begins_anew(pool: Watched) -> None:
    pool.read(pool={"lag": 0.3})
    assert pool.read(after=-3600.0) == []
    assert pool.read(pool={"lag": 0.3}) == ["pool loop-lag"]


def test_many_sockets_take_turns_and_those_with_a_warning_are_always_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lookout, "MOST_TOLD", 3)
    pool = Watched(sockets=10)
    full = tuple(row(n + 1, queued=90) for n in range(10))
    pool.read(*full)
    for _ in range(6):
        pool.time += 1.0
        pool.view.apply(wire.State(pool.time, pool=POOL))
        pool.lookout.look(pool.view, most=2)
    assert len(pool.told) == 3
    assert pool.lookout.suppressed == 7
    pool.view.apply(wire.State(pool.time, rows=(row(1),), pool=POOL))
    pool.lookout.look(pool.view, most=0)
    assert pool.lookout._raised["slow-peer", 1, 0].finding.over  # type: ignore[union-attr]
