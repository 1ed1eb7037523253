"""Calls at a wrong time, in a wrong thread, loop or process."""

import asyncio
import copy
import os
import pickle
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ssc_rx import (
    Message,
    Pool,
    PoolNotRunningError,
    WrongThreadError,
)
from ssc_rx.transports.memory import memory_pair
from tests.assertions import assert_accounted
from tests.far_end import AddPeer
from tests.recorder import Recorder

Call = Callable[[Pool], Any]
CALLS: dict[str, Call] = {
    "write": lambda pool: pool.write(Message.of("x", "")),
    "write_all": lambda pool: pool.write_all(""),
    "serve": lambda pool: pool.serve(),
    "remove_socket": lambda pool: pool.remove_socket("x"),
    "send": lambda pool: pool.send(Message.of("x", "")),
    "add_server_socket": lambda pool: pool.add_server_socket("ws://127.0.0.1:1"),
    "add_client_socket": lambda pool: pool.add_client_socket("x", memory_pair()[0]),
}


async def outcome(call: Call, pool: Pool) -> object:
    """What it raises, or gives, at the call or when it is awaited."""
    try:
        result = call(pool)
        return await result if isinstance(result, Awaitable) else result
    except Exception as error:
        return error


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_before_the_start_and_after_the_end_it_says_so(
    make_pool: Callable[..., Pool], call: Call
) -> None:
    pool = make_pool()
    assert isinstance(await outcome(call, pool), PoolNotRunningError)
    await pool.start()
    await pool.stop()
    assert isinstance(await outcome(call, pool), PoolNotRunningError)
    assert_accounted(pool)


WRONG_PLACES = CALLS | {
    "start": lambda pool: pool.start(),
    "stop": lambda pool: pool.stop(),
}


@pytest.mark.parametrize("call", WRONG_PLACES.values(), ids=WRONG_PLACES)
async def test_in_another_thread_it_says_so(pool: Pool, call: Call) -> None:
    there = await asyncio.to_thread(lambda: asyncio.run(outcome(call, pool)))
    assert isinstance(there, WrongThreadError)
    assert pool.stats().state == "running"


def test_on_another_loop_of_the_thread_it_says_so() -> None:
    pool = Pool(ping_interval=None)
    own, other = asyncio.new_event_loop(), asyncio.new_event_loop()
    own.run_until_complete(pool.start())
    for name, call in WRONG_PLACES.items():
        if name not in ("write", "send"):  # the own loop will take it when it runs
            there = other.run_until_complete(outcome(call, pool))
            assert isinstance(there, WrongThreadError), name
    own.run_until_complete(pool.stop())
    other.close()
    own.close()


def test_when_its_loop_was_closed_it_says_so() -> None:
    async def open_one() -> None:
        await pool.start()
        await pool.add_client_socket("x", memory_pair()[0]).__aenter__()

    pool = Pool(ping_interval=None)
    asyncio.run(open_one())
    for name, call in (WRONG_PLACES | {"socket": lambda p: p["x"].write("")}).items():
        there = asyncio.run(outcome(call, pool))
        assert isinstance(there, PoolNotRunningError), name
    assert isinstance(pool.write_threadsafe(Message()).exception(), PoolNotRunningError)
    assert pool.stats().accepted == 0
    assert_accounted(pool)


async def test_a_forked_process_may_not_use_it_and_harms_nobody(
    pool: Pool, heard: Recorder
) -> None:
    outcomes, child_s = os.pipe()
    if (child := os.fork()) == 0:
        verdict = b"no error"
        try:
            pool.write(Message.of("healthy", "from the child"))
        except WrongThreadError:
            try:
                pool["healthy"].write("from the child")
            except WrongThreadError:
                verdict = b"both refused"
        finally:
            os.write(child_s, verdict)
            os._exit(0)
    assert await asyncio.to_thread(os.waitpid, child, 0) == (child, 0)
    assert os.read(outcomes, 100) == b"both refused"
    os.close(outcomes)
    os.close(child_s)
    assert heard.messages == []


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickle.dumps])
async def test_it_can_not_be_copied(pool: Pool, copied: Callable[[Any], Any]) -> None:
    for what in (pool, pool["healthy"]):
        with pytest.raises(TypeError, match="can't be copied or pickled"):
            copied(what)


async def test_what_it_tells_can_be_copied(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    (await add_peer("peer")).send("hello")
    await heard.messages.reach(1)
    await pool.remove_socket("peer")
    for value in (heard.messages[0], *heard.events, pool.stats()):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
