"""A source applied to a view."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ssc_monitor.feed import Feed, slices
from ssc_monitor.model.filter import Filter
from ssc_monitor.model.pool import PoolView
from ssc_monitor.sources.source import Attached, Lost
from ssc_rx.monitor import wire
from tests.ssc_monitor.scripted import FixedClock, Pool, Scripted, hello, until


def feed_of(*items: object) -> tuple[Feed, Scripted, FixedClock]:
    source, clock = Scripted(), FixedClock()
    feed = Feed(source, clock.now)
    for item in items:
        feed.take(item)  # type: ignore[arg-type]
    return feed, source, clock


async def test_it_applies_what_the_source_says() -> None:
    pool = Pool((("a", "client"),))
    source = Scripted(pool.greet())
    feed = Feed(source, FixedClock().now)
    reading = asyncio.create_task(feed.run())
    await until(lambda: feed.readings)
    assert [socket.id for socket in feed.view.sockets.values()] == ["a"]
    assert feed.health == "live"
    await source.close()
    await reading


def health(feed: Feed) -> str:
    return feed.health


def test_it_tells_how_the_link_is() -> None:
    pool = Pool()
    feed, _, clock = feed_of()
    assert health(feed) == "attaching"
    for item in pool.greet():
        feed.take(item)
    assert health(feed) == "live"
    clock.seconds += 0.9
    assert health(feed) == "live"
    clock.seconds += 0.2
    assert health(feed) == "stale"
    assert feed.silence == pytest.approx(1.1)
    feed.take(pool.state())
    assert health(feed) == "live"
    feed.take(Lost("the process went away"))
    assert health(feed) == "gone"
    for item in pool.greet():
        feed.take(item)
    assert health(feed) == "live"


def test_a_pool_that_tells_its_state_seldom_is_not_stale_at_once() -> None:
    pool = Pool()
    feed, _, clock = feed_of(*pool.greet())
    for _ in range(40):
        pool.time += 1.25
        feed.take(pool.state())
    clock.seconds += 3.0
    assert feed.health == "live"
    assert feed.readings_per_s == pytest.approx(0.8, abs=0.001)


def test_it_asks_for_messages_when_it_knows_that_they_are_shown() -> None:
    pool = Pool()
    feed, source, _ = feed_of()
    feed.watch(Filter())
    assert source.requests == []
    for item in pool.greet():
        feed.take(item)
    assert source.requests == [wire.Watch(wire.Selection())]
    feed.watch(Filter())
    assert len(source.requests) == 1
    feed.watch(Filter.parse("dir:out"), 7)
    wanted = wire.Selection(numbers=(7,), direction="out")
    assert source.requests[-1] == wire.Watch(wanted)


def test_a_new_link_is_told_by_the_source_itself() -> None:
    pool = Pool()
    feed, source, _ = feed_of()
    feed.watch(Filter())
    for item in [*pool.greet(), Lost("gone"), *pool.greet()]:
        feed.take(item)
    assert len(source.requests) == 1


def test_it_asks_a_pool_without_messages_for_none() -> None:
    path = Path("x.sock")
    feed, source, _ = feed_of(Attached(path, hello("stats")), hello("stats"))
    feed.watch(Filter())
    assert source.requests == []
    assert not feed.shows_traffic


@given(st.integers(0, 30), st.integers(0, 40), st.integers(1, 12), st.booleans())
def test_slices_say_what_the_frame_says(
    born: int, rows: int, size: int, begin: bool
) -> None:
    pool = Pool((f"s{n}", "client") for n in range(max(born, rows)))
    state = pool.state(begin=begin)
    heads = tuple(pool.heads.values())[:born]
    state = wire.State(state.time, begin, heads, state.rows[:rows], (3, 4), state.pool)
    parts = list(slices(state, size))
    assert [part.begin for part in parts] == [begin] + [False] * (len(parts) - 1)
    assert [part.pool is not None for part in parts][-1]
    assert sum(part.pool is not None for part in parts) == 1
    assert all(len(part.rows) <= size and len(part.born) <= size for part in parts)
    whole, sliced = PoolView(), PoolView()
    whole.apply(state)
    for part in parts:
        sliced.apply(part)
    assert whole.row == sliced.row
    assert [
        (socket.number, socket.id, socket.state) for socket in whole.sockets.values()
    ] == [
        (socket.number, socket.id, socket.state) for socket in sliced.sockets.values()
    ]


async def test_a_large_frame_gives_the_loop_turns() -> None:
    pool = Pool((f"s{n}", "client") for n in range(3000))
    source = Scripted(pool.greet())
    feed = Feed(source, FixedClock().now)
    reading = asyncio.create_task(feed.run())
    turns = 0

    def read() -> int:
        nonlocal turns
        turns += 1
        return feed.readings

    await until(read)
    assert turns > 10
    assert len(feed.view.sockets) == 3000
    await source.close()
    await reading
