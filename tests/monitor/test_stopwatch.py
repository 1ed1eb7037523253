"""The stopwatch: who is slow is known by name, and nobody else pays for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_rx import Message, Pool
from ssc_rx import operators as ops
from ssc_rx.monitor import stopwatch
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.stopwatch import EMISSIONS, HUBS_PER_PROBE, TOLD, Stopwatch
from ssc_rx.monitor.wire import SubscriberRow
from tests.far_end import AddPeer
from tests.monitor.fakes import FakePool
from tests.monitor.viewing import attached


class Time:
    """A clock that stands still, until a subscriber takes its time."""

    def __init__(self) -> None:
        self.now = 0.0

    def taking(self, *seconds: float) -> Callable[[object], None]:
        """A subscriber that takes so long, emission by emission."""
        left = list(seconds)

        def take(_: object) -> None:
            self.now += left.pop(0) if len(left) > 1 else left[0]

        return take


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def fake() -> FakePool:
    return FakePool()


@pytest.fixture
def watch(fake: FakePool, time: Time) -> Stopwatch:
    return Stopwatch(fake, Roll(), lambda: time.now)


def emit(fake: FakePool, n: int, id: str = "a") -> None:
    for _ in range(n):
        fake.messages.emit(Message.of(id, "x"))


def test_some_emissions_are_timed_and_the_others_run_as_usual(
    fake: FakePool, watch: Stopwatch, time: Time
) -> None:
    fake.messages.subscribe(time.taking(0.5, 2.0, 0.25))
    plain = fake.messages._targets
    watch.probe()
    assert fake.messages._targets != plain
    emit(fake, EMISSIONS + 5)
    assert fake.messages._targets == plain
    (row,) = watch.rows()
    assert (row.stream, row.id, row.emissions) == ("pool.messages", "", EMISSIONS)
    assert (row.seconds, row.longest) == (0.5 + 2.0 + 6 * 0.25, 2.0)
    (row,) = watch.rows()
    assert (row.emissions, row.longest) == (EMISSIONS, 0.0)


def test_the_slowest_come_first_and_each_keeps_its_number(
    fake: FakePool, watch: Stopwatch, time: Time
) -> None:
    for n in range(TOLD + 5):
        fake.messages.subscribe(time.taking(float(n)))
    for _ in range(2):
        watch.probe()
        emit(fake, EMISSIONS)
        rows = watch.rows()
        means = [row.seconds / row.emissions for row in rows]
        assert means == [float(n) for n in range(TOLD + 4, 4, -1)]
        assert [row.number for row in rows] == [n + 1 for n in range(TOLD + 4, 4, -1)]


def test_one_that_raises_is_timed_and_the_others_are_served(
    fake: FakePool, watch: Stopwatch, time: Time
) -> None:
    failures: list[BaseException] = []

    class Listener:
        def subscriber_failed(
            self, stream: str, id: str, error: BaseException, n: int, ended: bool
        ) -> None:
            failures.append(error)

    fake.messages.home.listener = Listener()  # type: ignore[assignment]
    got: list[Message] = []

    def bad(_: Message) -> None:
        time.now += 1.0
        raise ValueError

    fake.messages.subscribe(bad)
    fake.messages.subscribe(got.append)
    watch.probe()
    emit(fake, 3)
    assert len(failures) == len(got) == 3
    assert watch.rows()[0].seconds == 3.0


def test_who_subscribes_meanwhile_is_served_and_who_left_is_forgotten(
    fake: FakePool, watch: Stopwatch, time: Time
) -> None:
    got: list[Message] = []
    left = fake.messages.subscribe(time.taking(1.0))
    watch.probe()
    emit(fake, 1)
    fake.messages.subscribe(got.append)
    left.dispose()
    emit(fake, 2)
    assert len(got) == 2
    assert watch.rows() == ()


def test_names_take_turns(fake: FakePool, watch: Stopwatch, time: Time) -> None:
    names = [f"s{n}" for n in range(2 * HUBS_PER_PROBE)]
    for name in names:
        fake.messages.by_name(name).subscribe(time.taking(1.0))
    watch.rows()  # a round begins
    for _ in range(2):
        watch.probe()
        for name in names:
            emit(fake, 1, name)
    assert len(watch._laps) == 2 * HUBS_PER_PROBE
    assert {row.id for row in watch.rows()} <= set(names)


def test_nothing_is_left_when_nobody_looks(
    fake: FakePool, watch: Stopwatch, time: Time
) -> None:
    fake.messages.subscribe(time.taking(1.0))
    plain = fake.messages._targets
    watch.probe()
    watch.clear()
    assert fake.messages._targets == plain
    assert watch.rows() == ()


def test_how_many_are_timed_has_a_bound(
    fake: FakePool, watch: Stopwatch, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stopwatch, "MAX_TIMED", 2)
    got: list[Message] = []
    for _ in range(3):
        fake.messages.subscribe(got.append)
    watch.probe()
    emit(fake, 2 * EMISSIONS)
    assert len(got) == 6 * EMISSIONS
    assert len(watch.rows()) == 2


def slow(message: object) -> None:
    """What blocks the loop for a moment, as nobody should."""
    Clock.block(0.02)


class Clock:
    @staticmethod
    def block(seconds: float) -> None:
        from time import perf_counter

        end = perf_counter() + seconds
        while perf_counter() < end:
            pass


async def test_a_viewer_learns_the_name_of_the_subscriber_that_is_slow(
    watched: Pool, add_peer: AddPeer, runtime: Path
) -> None:
    watched.messages.subscribe(lambda _: None)
    watched.messages.pipe(ops.map(str)).subscribe(slow)
    far = await add_peer("a")
    watched["a"].messages.subscribe(lambda _: None)
    async with attached(watched.monitor_path) as viewing:
        rows: tuple[SubscriberRow, ...] = ()
        while not rows or rows[0].emissions < 5:
            far.send("x")
            rows = (await viewing.reading()).timed
        assert rows[0].name == "slow"
        assert 0.02 <= rows[0].seconds / rows[0].emissions < 0.2
        assert viewing.pool is not None
        assert viewing.pool.subscribers == 2
        assert viewing.rows["a"].subscribers == 1
