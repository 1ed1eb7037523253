import asyncio
import math
import time
from collections.abc import Iterator

import pytest

from ssc_rx.driver import LATE_S, Driver
from ssc_rx.transports.clock import clock_of


class Clockwork:
    """Something driven: it notes when it was called."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.due = math.inf
        self.called: list[float] = []
        self.flushed = 0

    def on_due(self, now: float) -> None:
        self.called.append(round(now, 6))

    def flush(self) -> None:
        self.flushed += 1

    def broke(self, error: Exception) -> None:
        raise error


@pytest.fixture
async def driver() -> Driver:
    return Driver(asyncio.get_running_loop())


@pytest.mark.virtual_time
async def test_deadlines_come_in_order_each_once(driver: Driver) -> None:
    things = [Clockwork(driver) for _ in range(3)]
    for thing, due in zip(things, (3.0, 1.0, 2.0), strict=True):
        driver.schedule(thing, due)
    await asyncio.sleep(10)
    assert [thing.called for thing in things] == [[3.0], [1.0], [2.0]]


@pytest.mark.virtual_time
async def test_the_last_word_on_a_deadline_counts(driver: Driver) -> None:
    sooner, later, never = (Clockwork(driver) for _ in range(3))
    for thing in (sooner, later, never):
        driver.schedule(thing, 5.0)
    driver.schedule(sooner, 1.0)
    driver.schedule(later, 7.0)
    driver.schedule(never, math.inf)
    await asyncio.sleep(10)
    assert (sooner.called, later.called, never.called) == ([1.0], [7.0], [])


@pytest.mark.virtual_time
async def test_a_deadline_may_set_the_next(driver: Driver) -> None:
    class Ticking(Clockwork):
        def on_due(self, now: float) -> None:
            super().on_due(now)
            self.driver.schedule(self, now + 1.0)

    ticking = Ticking(driver)
    driver.schedule(ticking, 1.0)
    await asyncio.sleep(3.5)
    assert ticking.called == [1.0, 2.0, 3.0]
    driver.close(lambda: None, 0)


async def test_a_late_timer_lets_the_loop_read_before_it_judges(driver: Driver) -> None:
    """The order of reading and timers differs between loops; the outcome doesn't."""
    order: list[str] = []
    done = asyncio.get_running_loop().create_future()

    class Judge(Clockwork):
        def on_due(self, now: float) -> None:
            order.append("judged")
            done.set_result(None)

    async def greet(_: object, writer: asyncio.StreamWriter) -> None:
        writer.write(b"alive")
        writer.close()

    class Reader(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            order.append("read")

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    transport, _ = await driver.loop.create_connection(Reader, "127.0.0.1", port)
    driver.schedule(Judge(driver), driver.now())
    _block(LATE_S * 3)
    await done
    assert order[-1] == "judged"
    transport.abort()
    server.close()


def _block(seconds: float) -> None:
    """Keep the loop from turning, as a long computation does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


async def test_a_flush_comes_once_at_the_end_of_the_turn(driver: Driver) -> None:
    thing = Clockwork(driver)
    driver.flush_soon(thing)
    assert thing.flushed == 0
    await asyncio.sleep(0)
    assert thing.flushed == 1


async def test_it_ends_the_tasks_it_owns(driver: Driver) -> None:
    ended = asyncio.get_running_loop().create_future()
    task = driver.spawn(asyncio.sleep(3600), "long")
    driver.close(lambda: ended.set_result(task.cancelled()), 0)
    assert await ended
    driver.close(lambda: None, 0)


@pytest.mark.virtual_time
async def test_tasks_have_some_grace_to_end_by_themselves(driver: Driver) -> None:
    ended = asyncio.get_running_loop().create_future()
    quick = driver.spawn(asyncio.sleep(1), "quick")
    slow = driver.spawn(asyncio.sleep(100), "slow")
    driver.close(lambda: ended.set_result(driver.now()), 5)
    assert await ended == pytest.approx(5)
    assert (quick.cancelled(), slow.cancelled()) == (False, True)


@pytest.mark.virtual_time
async def test_a_task_that_refuses_to_end_holds_nobody_up(driver: Driver) -> None:
    async def stubborn() -> None:
        try:
            await asyncio.sleep(100)
        finally:
            await asyncio.sleep(100)

    ended = asyncio.get_running_loop().create_future()
    task = driver.spawn(stubborn(), "stubborn")
    await asyncio.sleep(0)
    driver.close(lambda: ended.set_result(driver.now()), 1)
    assert await ended < 2
    task.cancel()


async def test_deadlines_come_on_a_loop_that_is_always_late(driver: Driver) -> None:
    thing = Clockwork(driver)
    driver.schedule(thing, driver.now())
    for _ in range(6):
        _block(LATE_S * 1.5)
        await asyncio.sleep(0)
    assert len(thing.called) == 1


async def test_what_is_scheduled_anew_or_never_is_not_kept(driver: Driver) -> None:
    for _ in range(1000):
        thing = Clockwork(driver)
        driver.schedule(thing, driver.now() + 3600)
        driver.schedule(thing, math.inf)
    last = Clockwork(driver)
    driver.schedule(last, driver.now() + 3600)
    assert len(driver._deadlines) < 250
    assert driver._deadlines[-1][2] is last or len(driver._deadlines) > 1
    driver.close(lambda: None, 0)


async def test_one_that_raises_keeps_nobody_from_its_turn(driver: Driver) -> None:
    class Broken(Clockwork):
        error: Exception | None = None

        def flush(self) -> None:
            raise ValueError

        def on_due(self, now: float) -> None:
            raise KeyError

        def broke(self, error: Exception) -> None:
            self.error = error

    broken, sound = Broken(driver), Clockwork(driver)
    driver.flush_soon(broken)
    driver.flush_soon(sound)
    await asyncio.sleep(0)
    assert (sound.flushed, type(broken.error)) == (1, ValueError)
    driver.schedule(broken, driver.now())
    driver.schedule(sound, driver.now())
    while not sound.called:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert type(broken.error) is KeyError


async def test_unix_time_is_anchored_and_never_runs_backwards(driver: Driver) -> None:
    times = [driver.wall() for _ in range(100)]
    assert times == sorted(times)
    assert abs(times[0] - time.time()) < 5.0


@pytest.mark.virtual_time
async def test_a_loop_with_a_time_of_its_own_is_asked() -> None:
    loop = asyncio.get_running_loop()
    now = clock_of(loop)
    before = now()
    await asyncio.sleep(1000)
    assert now() - before == pytest.approx(1000)


async def test_the_clock_is_finer_than_a_millisecond() -> None:
    now = clock_of(asyncio.get_running_loop())

    def steps() -> Iterator[float]:
        for _ in range(1000):
            yield now()

    assert len({round(t, 9) for t in steps()}) > 20
