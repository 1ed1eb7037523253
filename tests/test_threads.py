"""A pool on a thread of its own, and writes from others."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ssc_rx import (
    Message,
    Pool,
    PoolNotRunningError,
    PoolStartError,
    UnknownSocketError,
)
from tests.assertions import assert_accounted


async def _echo(pool: Pool) -> list[str]:
    """A round trip through the pool's own server."""
    async with pool.serve(id=lambda request: "client") as server:
        await pool.add_server_socket(server.url, id="server")
        heard: asyncio.Queue[str] = asyncio.Queue()
        pool.messages.subscribe(lambda message: heard.put_nowait(message.text))
        pool.write(Message.of("server", "hello"))
        return [await heard.get()]


def test_a_script_uses_a_pool_without_asyncio() -> None:
    with Pool(ping_interval=None).in_thread() as thread:
        assert thread.call(_echo, thread.pool) == ["hello"]
        assert thread.pool.stats().state == "running"
    assert thread.pool.stats().state == "stopped"
    assert_accounted(thread.pool)
    assert not any("ssc-rx" in t.name for t in threading.enumerate())


def test_subscribers_run_in_the_pool_s_thread() -> None:
    pool = Pool(ping_interval=None)
    names: list[str] = []
    pool.messages.subscribe(lambda m: names.append(threading.current_thread().name))
    with pool.in_thread() as thread:
        thread.call(_echo, pool)
    assert names == [f"ssc-rx {pool.name}"]


def test_what_start_raises_is_raised_here() -> None:
    pool = Pool(["ws://127.0.0.1:1/"])
    with pytest.raises(PoolStartError), pool.in_thread():
        pytest.fail("it did not start")
    assert pool.stats().state == "stopped"


def test_what_the_coroutine_raises_is_raised_here() -> None:
    async def fail() -> None:
        raise ValueError("of the coroutine")

    with (
        Pool().in_thread() as thread,
        pytest.raises(ValueError, match="of the coroutine"),
    ):
        thread.call(fail)


def test_outside_the_with_statement_nothing_runs() -> None:
    thread = Pool().in_thread()
    with pytest.raises(PoolNotRunningError):
        thread.call(asyncio.sleep, 0)
    with thread:
        pass
    with pytest.raises(PoolNotRunningError):
        thread.call(asyncio.sleep, 0)
    with pytest.raises(PoolNotRunningError), thread:
        pass


def test_what_is_called_need_be_no_coroutine_function() -> None:
    with Pool(ping_interval=None).in_thread() as thread:
        pool = thread.pool

        async def serve_and_dial() -> None:
            server = await pool.serve().__aenter__()
            await pool.add_server_socket(server.url, id="x")

        thread.call(serve_and_dial)
        assert thread.call(pool.write_all, "hi").queued == 2
        assert thread.call(pool.count) == 2
        assert thread.call(pool.remove_socket, "x", 4000).code == 4000
        with pytest.raises(UnknownSocketError):
            thread.call(pool.remove_socket, "x")


def test_the_pool_s_own_thread_may_not_wait_for_itself() -> None:
    with Pool().in_thread() as thread:

        async def wait() -> None:
            thread.call(asyncio.sleep, 0)

        with pytest.raises(RuntimeError, match="own thread"):
            thread.call(wait)


def test_an_exception_in_the_body_stops_the_pool() -> None:
    pool = Pool()
    with pytest.raises(ZeroDivisionError), pool.in_thread():
        raise ZeroDivisionError
    assert pool.stats().state == "stopped"


def test_writes_from_many_threads_all_arrive_in_each_one_s_order() -> None:
    each, threads = 500, 8
    pool = Pool(ping_interval=None)
    heard: list[str] = []
    all_heard = threading.Event()
    with pool.in_thread() as thread:

        async def open_both() -> None:
            server = await pool.serve(id=lambda request: "client").__aenter__()
            await pool.add_server_socket(server.url, id="server")
            pool.messages.subscribe(hear)

        def hear(message: Message) -> None:
            heard.append(message.text)
            if len(heard) == each * threads:
                all_heard.set()

        def write(who: int) -> None:
            for n in range(each):
                pool.write_threadsafe(Message.of("server", f"{who} {n}")).result()

        thread.call(open_both)
        with ThreadPoolExecutor(threads) as workers:
            list(workers.map(write, range(threads)))
        all_heard.wait()
    assert_accounted(pool)
    for who in range(threads):
        own = [text for text in heard if text.startswith(f"{who} ")]
        assert own == [f"{who} {n}" for n in range(each)]
