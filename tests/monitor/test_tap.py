"""The tap sees what it may, counts what it doesn't, and takes itself out."""

from ssc_rx import Message
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.sampler import Sampler
from ssc_rx.monitor.tap import Tap
from ssc_rx.monitor.wire import Selection
from tests.monitor.fakes import FakePool


def sampler(rate: int = 40, **selection: object) -> Sampler:
    return Sampler(
        Selection(rate=rate, **selection),  # type: ignore[arg-type]
        ticks_per_s=4,
        redact=None,
        clock=lambda: 0.0,
    )


def test_nobody_is_tapped_until_somebody_looks() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap = Tap(pool, Roll())
    tap.came("a")
    assert not socket.tapped
    watching = sampler()
    tap.add(watching)
    assert socket.tapped
    tap.remove(watching)
    assert not socket.tapped


def test_messages_are_sampled_and_go_on_to_the_pool() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler()
    tap.add(watching)
    socket.receive("one")
    socket.receive("two")
    assert [s.preview for s in watching.batch().samples] == [b"one", b"two"]
    assert [m.text for m in pool.delivered] == ["one", "two"]


def test_in_a_burst_it_takes_itself_out_and_counts_what_passed() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler(rate=40)
    tap.add(watching)
    for _ in range(10):
        socket.receive()
    assert not socket.tapped
    for _ in range(990):
        socket.receive()
    tap.tick()
    assert socket.tapped
    batch = watching.batch()
    assert (batch.seen, batch.matched, batch.sent) == (1000, 1000, 10)
    assert batch.sampled_out == 990
    assert len(pool.delivered) == 1000


def test_what_passes_can_be_counted_at_any_time() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler(rate=4)
    tap.add(watching)
    for n in (30, 70):
        for _ in range(n):
            socket.receive()
        tap.settle()
        tap.settle()
    assert watching.batch().matched == 100
    tap.tick()
    assert watching.batch().matched == 100


def test_a_socket_that_leaves_is_counted_to_its_end() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler(rate=4)
    tap.add(watching)
    for _ in range(100):
        socket.receive()
    pool.remove("a")
    tap.forget(socket)
    tap.tick()
    assert not socket.tapped
    assert watching.batch().matched == 100


def test_newcomers_are_tapped_when_they_come() -> None:
    pool = FakePool()
    tap, watching = Tap(pool, Roll()), sampler()
    tap.add(watching)
    socket = pool.add("a")
    tap.came("a")
    tap.came("a")
    tap.came("unknown")
    socket.receive("first")
    assert [s.preview for s in watching.batch().samples] == [b"first"]


def test_writes_are_sampled_by_id() -> None:
    pool = FakePool()
    pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler(direction="out")
    tap.add(watching)
    pool.writes.on_next(Message.of("a", "written"))
    pool.writes.on_next(Message.of("unknown", "lost"))
    (sample,) = watching.batch().samples
    assert (sample.direction, sample.preview) == ("out", b"written")
    assert not pool.members["a"].tapped  # its reading is of no interest
    tap.remove(watching)
    assert pool.writes.observers == []


def test_a_used_id_belongs_to_whoever_has_it() -> None:
    pool = FakePool()
    old = pool.add("a")
    tap, watching = Tap(pool, Roll()), sampler(direction="out")
    tap.add(watching)
    pool.remove("a")
    pool.add("a")
    tap.came("a")
    tap.forget(old)
    pool.writes.on_next(Message.of("a", "to the new one"))
    (sample,) = watching.batch().samples
    assert sample.number == 2


def test_each_viewer_has_samples_of_its_own() -> None:
    pool = FakePool()
    a, b = pool.add("a"), pool.add("b")
    tap, everything, only_b = Tap(pool, Roll()), sampler(), sampler(words=("b",))
    tap.add(everything)
    tap.add(only_b)
    a.receive("1")
    b.receive("2")
    assert [s.preview for s in everything.batch().samples] == [b"1", b"2"]
    batch = only_b.batch()
    assert [s.preview for s in batch.samples] == [b"2"]
    assert batch.seen == 2  # the payload had to be looked at
    tap.remove(everything)
    b.receive("3")
    assert [s.preview for s in only_b.batch().samples] == [b"3"]
    assert everything.batch().samples == ()


def test_a_viewer_that_must_look_at_all_keeps_the_tap_in() -> None:
    pool = FakePool()
    socket = pool.add("a")
    tap, slow, picky = Tap(pool, Roll()), sampler(rate=4), sampler(words=("needle",))
    tap.add(slow)
    tap.add(picky)
    for _ in range(100):
        socket.receive("hay")
    socket.receive("needle")
    assert socket.tapped
    assert len(picky.batch().samples) == 1
    assert slow.batch().matched == 101
