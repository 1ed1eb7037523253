"""What is dialled, and what start() dials."""

import asyncio
from collections.abc import Callable
from typing import Any, Literal

import pytest

from ssc_rx import (
    DialError,
    DialFailed,
    InvalidOptionError,
    Message,
    Pool,
    PoolStartError,
    PoolStats,
    Reconnect,
    ReconnectScheduled,
    SocketClosed,
    SocketOpened,
)
from tests.assertions import assert_nothing_left
from tests.network import (
    ENDS,
    REFUSED,
    URL,
    Network,
    VirtualPool,
    now,
    running,
    turns,
)
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time


async def test_url_and_headers_may_be_functions_called_at_every_dial() -> None:
    tokens = iter("abcdef")

    async def url() -> str:
        return f"{URL}/?token={next(tokens)}"

    def headers() -> dict[str, str]:
        return {"Authorization": next(tokens)}

    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(url, id="x", headers=headers)
        network.cut()
        await heard.event(SocketOpened, generation=2)
        assert [(url[-1], h["Authorization"]) for _, url, h in network.dialled] == [
            ("a", "b"),
            ("c", "d"),
        ]
        assert socket.url == f"{URL}/?token=c"


async def test_a_function_for_a_url_needs_an_id() -> None:
    async with running({"x": lambda: URL}) as (pool, network, _):
        assert network.dialled[0][1] == URL
        with pytest.raises(InvalidOptionError, match="needs an ID"):
            await pool.add_server_socket(lambda: URL)
    with pytest.raises(InvalidOptionError, match="needs an ID"):
        Pool([lambda: URL])  # type: ignore[list-item]


async def test_a_function_that_fails_or_hangs_is_a_failed_dial() -> None:
    calls: list[None] = []

    async def url() -> str:
        calls.append(None)
        if len(calls) == 2:
            raise ZeroDivisionError
        if len(calls) == 3:
            await asyncio.get_running_loop().create_future()
        return URL

    async with running() as (pool, network, heard):
        await pool.add_server_socket(url, id="x", open_timeout=3)
        network.cut()
        await heard.event(SocketOpened, generation=2)
        texts = [str(e.error) for e in heard.of(DialFailed)]
        assert "function for the URL failed (ZeroDivisionError())" in texts[0]
        assert "took longer than open_timeout=3 s" in texts[1]


async def test_a_url_that_is_none_is_no_reason_to_try_again() -> None:
    urls = iter([URL, "http://no"])
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(lambda: next(urls), id="x")
        network.cut()
        await socket.wait_closed()
        assert "no WebSocket URL" in str(heard.of(DialFailed)[0].error)


# The start


async def test_what_did_not_open_at_the_start_is_dialled_in_the_background() -> None:
    pool = VirtualPool(
        {"good": f"{URL}/good", "bad": f"{URL}/bad"},
        ping_interval=None,
        reconnect=Reconnect(jitter=lambda: 1.0),
    )
    network = pool.network = Network()
    network.errors[f"{URL}/bad"] = REFUSED
    heard = Recorder(pool)
    async with pool:
        assert {s.id: s.state for s in pool.stats().sockets} == {
            "good": "open",
            "bad": "reconnecting",
        }
        sending = asyncio.ensure_future(pool.send(Message.of("bad", "at last")))
        await asyncio.sleep(10)
        network.errors.clear()
        opened = await heard.event(SocketOpened, id="bad")
        assert (opened.generation, opened.gap) == (1, None)
        await sending
        assert await network.peers[-1].heard_texts(1) == ["at last"]


async def test_nothing_open_at_the_start_is_too_little() -> None:
    urls = {str(n): f"{URL}/{n}" for n in range(20)}
    pool = VirtualPool(urls, ping_interval=None)
    pool.network = Network()
    refusals = {url: DialError(url, "refused") for url in urls.values()}
    pool.network.errors = dict[str, Exception](refusals)
    heard = Recorder(pool)
    with pytest.raises(
        PoolStartError, match=r"can't open ws://x\.example/0: "
    ) as caught:
        await pool.start()
    assert caught.value.exceptions == tuple(refusals.values())
    stats: PoolStats = pool.stats()
    assert (stats.state, stats.dials_failed, pool.list()) == ("stopped", 20, [])
    assert heard.of(SocketClosed) == []
    await assert_nothing_left()


async def test_a_start_that_needs_all_does_not_try_again() -> None:
    pool = VirtualPool({"a": URL}, ping_interval=None)
    pool.network = Network()
    pool.network.error = REFUSED
    heard = Recorder(pool)
    with pytest.raises(PoolStartError):
        await pool.start(require="all")
    assert heard.of(ReconnectScheduled) == []
    await assert_nothing_left()


async def test_a_start_that_needs_none_dials_in_the_background() -> None:
    pool = VirtualPool({"later": URL, "never": f"{URL}/bad"}, ping_interval=None)
    network = pool.network = Network()
    network.error = REFUSED
    network.errors[f"{URL}/bad"] = DialError(URL, "no", status=404)
    heard = Recorder(pool)
    await pool.start(require="none")
    assert (now(), set(pool.list())) == (0.0, {"later", "never"})
    await heard.event(ReconnectScheduled, id="later")
    network.error = None
    opened = await heard.event(SocketOpened, id="later")
    assert (opened.generation, pool.list()) == (1, ["later"])
    await pool.stop()
    await assert_nothing_left()


async def test_a_start_that_needs_none_and_dials_once() -> None:
    pool = VirtualPool({"a": URL, "b": f"{URL}/b"}, ping_interval=None, reconnect=None)
    network = pool.network = Network()
    network.errors[f"{URL}/b"] = REFUSED
    heard = Recorder(pool)
    await pool.start(require="none")
    await heard.event(DialFailed, id="b")
    await heard.event(SocketOpened, id="a")
    assert pool.list() == ["a"]
    network.cut()
    await heard.event(SocketClosed, id="a")
    assert heard.of(ReconnectScheduled) == []
    await pool.stop()
    await assert_nothing_left()


@pytest.mark.parametrize("require", ["any", "all", "none"])
async def test_headers_of_the_pool_are_sent_to_its_urls(
    require: Literal["any", "all", "none"],
) -> None:
    pool = VirtualPool([URL], ping_interval=None, headers={"X-Who": "me"})
    network = pool.network = Network()
    heard = Recorder(pool)
    await pool.start(require)
    await heard.event(SocketOpened)
    await pool.add_server_socket(f"{URL}/other")
    await pool.stop()
    headers = [headers for _, _, headers in network.dialled]
    assert headers == [{"X-Who": "me"}, None]


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_an_end_during_the_first_attempt_of_the_start(
    end: Callable[[Pool], Any],
) -> None:
    pool = VirtualPool({"x": URL}, ping_interval=None)
    pool.network = Network()
    pool.network.takes_s = 5.0
    start = asyncio.ensure_future(pool.start())
    await turns()
    end(pool)
    with pytest.raises(PoolStartError):
        await start
    assert (now(), pool.list()) == (0.0, [])
    await assert_nothing_left()
