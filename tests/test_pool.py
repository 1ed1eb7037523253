"""The life of a pool, and what it is."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    DialError,
    DialFailed,
    DuplicateIdError,
    EmptyIdError,
    InvalidIdError,
    InvalidOptionError,
    InvalidUrlError,
    Message,
    Pool,
    PoolNotRunningError,
    PoolStartError,
    PoolStopped,
    SocketClosed,
    SocketOpened,
    SocketOpening,
    UnknownSocketError,
)
from tests.assertions import assert_nothing_left
from tests.peers import echo, silent, tcp_server, websocket_server
from tests.recorder import Recorder

MakePool = Callable[..., Pool]


@pytest.mark.parametrize(
    ("urls", "error"),
    [
        ("ws://one.example", InvalidOptionError),
        (7, InvalidOptionError),
        (["http://one.example"], InvalidUrlError),
        (["one.example/feed"], InvalidUrlError),
        ([" ws://one.example/feed"], InvalidUrlError),
        (["ws://one example/feed"], InvalidUrlError),
        (["ws://one.example/feed\n"], InvalidUrlError),
        (["ws://"], InvalidUrlError),
        (["ws://x:notaport"], InvalidUrlError),
        (["ws://x/#fragment"], InvalidUrlError),
        ([b"ws://x"], InvalidUrlError),
        ([None], InvalidUrlError),
        (["ws://x", "ws://x"], DuplicateIdError),
        ({"": "ws://x"}, EmptyIdError),
        ({1: "ws://x"}, InvalidIdError),
    ],
)
def test_urls_that_can_not_be_are_refused_when_the_pool_is_made(
    urls: Any, error: type[Exception]
) -> None:
    with pytest.raises(error):
        Pool(urls)


def test_making_one_touches_no_event_loop_and_streams_can_be_subscribed_to() -> None:
    pool = Pool(["ws://x"], 30)
    seen: list[Any] = []
    pool.messages.subscribe(seen.append)
    pool.events.subscribe(seen.append)
    assert (pool.stats().state, len(pool), bool(pool)) == ("new", 0, True)
    assert seen == []


def test_a_name_is_made_up_unless_it_is_given() -> None:
    assert Pool(name="feed").name == "feed"
    first, second = Pool(), Pool()
    assert first.name != second.name
    assert repr(Pool(name="feed")) == "<Pool 'feed' new, 0 sockets>"


async def test_it_is_a_collection_of_ids(pool: Pool) -> None:
    async with websocket_server(silent) as url:
        for id in "ba":
            await pool.add_server_socket(url, id=id)
        assert (len(pool), pool.count(), pool.list()) == (2, 2, ["b", "a"])
        assert list(pool) == ["b", "a"]
        assert "a" in pool
        assert "c" not in pool
        assert 1 not in pool
        assert pool["a"].id == "a"
        with pytest.raises(UnknownSocketError):
            pool["c"]
        for id in pool:
            await pool.remove_socket(id)
        assert bool(pool)


async def test_start_dials_every_url_and_a_mapping_names_them(
    make_pool: MakePool,
) -> None:
    async with websocket_server(echo) as url:
        pool = make_pool({"one": url, "two": url + "/2"})
        heard = Recorder(pool)
        async with pool:
            assert sorted(pool.list()) == ["one", "two"]
            assert pool["two"].url == url + "/2"
            assert pool.write_all("hi").queued == 2
            await heard.messages.reach(2)
        assert pool.stats().state == "stopped"
        assert heard.messages.completed
        assert heard.events.completed


async def test_events_tell_the_story_in_order(make_pool: MakePool) -> None:
    async with websocket_server(echo) as url:
        pool = make_pool({"x": url})
        heard = Recorder(pool)
        order: list[str] = []
        pool.events.subscribe(lambda e: order.append(type(e).__name__))
        pool.messages.subscribe(lambda m: order.append(m.text))
        async with pool:
            pool.write(Message.of("x", "hi"))
            await heard.messages.reach(1)
    assert order == [
        "SocketOpening",
        "SocketOpened",
        "hi",
        "SocketClosed",
        "PoolStopped",
    ]
    assert [e.id for e in heard.events] == ["x", "x", "x", ""]
    times = [e.time for e in heard.events]
    assert times == sorted(times)
    opened, closed = heard.of(SocketOpened)[0], heard.of(SocketClosed)[0]
    assert (opened.kind, opened.generation) == ("server", 1)
    assert (closed.info.code, closed.info.by, closed.info.clean) == (1001, "us", True)
    assert heard.of(PoolStopped)[0].aborted == 0
    assert len(heard.of(SocketOpening)) == 1


async def test_any_open_socket_is_enough_and_the_others_are_told(
    make_pool: MakePool,
) -> None:
    async with websocket_server(silent) as url:
        pool = make_pool({"good": url, "bad": "ws://127.0.0.1:1"}, reconnect=None)
        heard = Recorder(pool)
        await pool.start()
        assert pool.list() == ["good"]
        (failed,) = heard.of(DialFailed)
        assert failed.id == "bad"
        assert isinstance(failed.error, DialError)
        assert pool.stats().dials_failed == 1


async def test_no_open_socket_is_too_few(make_pool: MakePool) -> None:
    pool = make_pool(["ws://127.0.0.1:1", "ws://127.0.0.1:2"])
    heard = Recorder(pool)
    with pytest.raises(PoolStartError, match="could not start") as caught:
        async with pool:
            raise AssertionError
    assert len(caught.value.exceptions) == 2
    assert heard.messages.completed
    with pytest.raises(PoolNotRunningError, match="a stopped one stays stopped"):
        await pool.start()


async def test_a_start_that_is_cancelled_leaves_nothing(make_pool: MakePool) -> None:
    async def never(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()

    arrived = asyncio.Event()
    async with tcp_server(never) as url, websocket_server(silent) as good:
        pool = make_pool([url, good])
        start = asyncio.ensure_future(pool.start())
        await arrived.wait()
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        assert (len(pool), pool.stats().state) == (0, "stopped")
        await assert_nothing_left()


async def test_starting_a_running_pool_does_nothing(pool: Pool) -> None:
    await pool.start()
    assert pool.stats().state == "running"


async def test_a_wrong_requirement_is_refused(make_pool: MakePool) -> None:
    with pytest.raises(InvalidOptionError, match="require"):
        await make_pool().start(require="some")  # type: ignore[arg-type]


async def test_a_pool_that_never_started_can_be_stopped(make_pool: MakePool) -> None:
    pool = make_pool()
    heard = Recorder(pool)
    await pool.stop()
    assert heard.messages.completed
    with pytest.raises(PoolNotRunningError):
        await pool.start()


def test_stopping_outside_an_event_loop_says_so() -> None:
    with pytest.raises(PoolNotRunningError):
        Pool().stop()


@pytest.mark.parametrize("deadline", ["soon", None, True, float("inf"), float("nan")])
async def test_a_wrong_deadline_is_refused(pool: Pool, deadline: Any) -> None:
    with pytest.raises(InvalidOptionError, match="finite number of seconds"):
        pool.stop(deadline)
    assert pool.stats().state == "running"


async def test_stop_acts_at_the_call_and_may_be_dropped(pool: Pool) -> None:
    heard = Recorder(pool)
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url, id="x")
        pool.stop()
        with pytest.raises(PoolNotRunningError, match="takes no new work"):
            await pool.add_server_socket(url, id="y")
        assert pool.write_all("").closed == ("x",)
        assert pool["x"].state == "closing"
        await heard.events.until(lambda: heard.events.completed)


async def test_cancelling_the_wait_for_stop_stops_nothing(pool: Pool) -> None:
    heard = Recorder(pool)
    async with websocket_server(silent) as url:
        await pool.add_server_socket(url)
        pool.stop().cancel()
        await heard.event(PoolStopped)


async def test_a_pool_can_be_stopped_inside_on_next(pool: Pool) -> None:
    heard = Recorder(pool)
    async with websocket_server(echo) as url:
        await pool.add_server_socket(url, id="x")
        pool.messages.subscribe(lambda _: pool.stop())
        pool.write(Message.of("x", "stop!"))
        await heard.event(PoolStopped)
        assert [m.text for m in heard.messages] == ["stop!"]


async def test_a_body_that_raises_still_stops_the_pool(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(ZeroDivisionError):
        async with pool:
            _ = 1 / 0
    assert pool.stats().state == "stopped"


async def test_a_subscriber_after_the_end_completes_at_once(pool: Pool) -> None:
    await pool.stop()
    assert Recorder(pool).messages.completed


async def test_statistics_may_be_read_at_any_time_and_add_up(
    pool: Pool, heard: Recorder
) -> None:
    async with websocket_server(echo) as url:
        for id in "ab":
            await pool.add_server_socket(url, id=id)
        pool.write_all("12345")
        await heard.messages.reach(2)
        await pool.remove_socket("a")
        stats = pool.stats()
        assert (stats.sockets_opened, stats.sockets_closed) == (2, 1)
        assert (stats.messages_in, stats.bytes_in) == (2, 10)
        assert (stats.messages_out, stats.bytes_out, stats.accepted) == (2, 10, 2)
        assert (stats.open_sockets, [s.id for s in stats.sockets]) == (1, ["b"])
        b = stats.sockets[0]
        assert (b.messages_in, b.state, b.kind) == (1, "open", "server")
        assert b.opened_at is not None
        assert b.last_received is not None
        assert b.opened_at <= b.last_received <= stats.time


@pytest.mark.parametrize(
    ("url", "meant"),
    [
        ("127.0.0.1:8000/feed", "ws://127.0.0.1:8000/feed"),
        ("localhost:8000", "ws://localhost:8000"),
        ("user:secret@example.org/feed", "ws://example.org/feed"),
        ("http://example.org/feed", "ws://example.org/feed"),
        ("HTTPS://example.org/?key=secret", "wss://example.org/?…"),
        ("wss://example.org/feed\n", "wss://example.org/feed"),
    ],
)
def test_a_url_that_is_none_is_told_with_what_may_be_meant(
    url: str, meant: str
) -> None:
    with pytest.raises(InvalidUrlError) as caught:
        Pool([url])
    assert str(caught.value).endswith(f"; do you mean {meant!r}?")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["feed", "", "ftp://example.org", "ws://"])
def test_a_url_that_is_none_is_told_with_one_that_is(url: str) -> None:
    with pytest.raises(InvalidUrlError, match="give one like 'wss://example"):
        Pool([url])
