"""Collecting ends when it should, has what came, and lets go of the stream."""

import asyncio
import threading
from typing import Any

import pytest
import reactivex as rx
from reactivex import Observable
from reactivex import operators as rx_ops
from reactivex.subject import Subject
from websockets.asyncio.server import ServerConnection

from ssc_rx import (
    CollectTimeoutError,
    InvalidMessageError,
    InvalidOptionError,
    Message,
    Pool,
    Recording,
    collect,
)
from ssc_rx import operators as ops
from ssc_rx.collecting.collect import ROWS_AT_A_TIME
from ssc_rx.collecting.columns import ROW_BYTES
from tests.peers import websocket_server


def messages(n: int) -> list[Message]:
    return [Message.of("xyz"[k % 3], str(k)) for k in range(n)]


async def collecting(stream: Observable[Message], **wanted: Any) -> Any:
    """The task, once it has subscribed."""
    task = asyncio.ensure_future(collect(stream, **wanted))
    await asyncio.sleep(0)
    return task


async def test_so_many_of_a_pool_over_real_sockets() -> None:
    async def feed(connection: ServerConnection) -> None:
        async for ask in connection:
            for n in range(int(ask)):
                await connection.send(str(n))

    async with websocket_server(feed) as url, Pool({"feed": url}) as pool:
        task = await collecting(pool.messages, n=500)
        pool.write(Message.of("feed", "600"))
        recording: Recording = await task
    assert [m.text for m in recording] == [str(n) for n in range(500)]
    assert recording.ids == ["feed"]
    assert recording.times == sorted(recording.times)
    assert recording.end == "closed"


async def test_begun_before_the_pool_it_has_all_from_the_first() -> None:
    async def feed(connection: ServerConnection) -> None:
        for n in range(20):
            await connection.send(str(n))
        await connection.wait_closed()

    async with websocket_server(feed) as url:
        pool = Pool({"feed": url})
        task = asyncio.create_task(collect(pool.messages, n=20))
        async with pool:
            assert [m.text for m in await task] == [str(n) for n in range(20)]


@pytest.mark.parametrize("n", [1, ROWS_AT_A_TIME, 2 * ROWS_AT_A_TIME + 1])
async def test_exactly_so_many_whatever_else_comes(n: int) -> None:
    source, sent = Subject[Message](), messages(n + 3)
    task = await collecting(source, n=n)
    for message in sent:
        source.on_next(message)
    recording = await task
    assert list(recording) == sent[:n]
    assert not source.observers


@pytest.mark.virtual_time
async def test_for_so_long_by_the_time_of_the_loop() -> None:
    loop, source = asyncio.get_running_loop(), Subject[Message]()
    began = loop.time()
    for at in (1, 59, 61):
        loop.call_later(at, source.on_next, Message.of("x", str(at)))
    recording = await collect(source, seconds=60, timeout=5)
    assert loop.time() - began == pytest.approx(60)
    assert [m.text for m in recording] == ["1", "59"]
    assert recording.end == "max_seconds"
    assert not source.observers


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("n", "came", "end"), [(1, 1, "closed"), (3, 2, "max_seconds")]
)
async def test_with_both_the_first_ends_it(n: int, came: int, end: str) -> None:
    loop, source = asyncio.get_running_loop(), Subject[Message]()
    for at in (1, 2):
        loop.call_later(at, source.on_next, Message.of("x", str(at)))
    recording = await collect(source, n=n, seconds=5)
    assert (len(recording), recording.end) == (came, end)


@pytest.mark.virtual_time
async def test_too_few_in_time_is_an_error_that_has_them() -> None:
    source = Subject[Message]()
    task = await collecting(source, n=1000, timeout=3)
    source.on_next(Message.of("x", "1"))
    with pytest.raises(
        CollectTimeoutError, match=r"1 of 1,000 messages came in 3 s.*timeout="
    ) as caught:
        await task
    assert list(caught.value.recording) == [Message.of("x", "1")]
    assert isinstance(caught.value, TimeoutError)
    assert not source.observers


@pytest.mark.virtual_time
async def test_a_stream_that_does_not_end_is_not_waited_for_without_end() -> None:
    with pytest.raises(
        CollectTimeoutError, match=r"did not end, 0 messages came in 10 s"
    ):
        await collect(Subject[Message]())


async def test_a_stream_that_ends_gives_what_it_had() -> None:
    sent = messages(5)
    recording = await collect(rx.from_iterable(sent), n=100)
    assert list(recording) == sent
    assert recording.end == "stopped"


async def test_a_pool_that_stops_ends_it() -> None:
    async with Pool() as pool:
        task = await collecting(pool.messages, n=3)
    assert (len(await task), (await task).end) == (0, "stopped")


async def test_what_the_stream_fails_with_is_raised() -> None:
    failing = rx.concat(rx.of(*messages(3)), rx.throw(KeyError("x")))
    with pytest.raises(KeyError) as caught:
        await collect(failing, n=10)
    assert caught.value.__notes__ == ["after 3 messages that were collected"]


async def test_cancelling_it_unsubscribes() -> None:
    source = Subject[Message]()
    task = await collecting(source, n=3)
    assert source.observers
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not source.observers


async def test_a_bound_in_bytes_ends_it_and_says_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    source = Subject[Message]()
    task = await collecting(source, n=100, max_bytes=2 * (ROW_BYTES + 10))
    for _ in range(3):
        source.on_next(Message.of("x", "0123456789"))
    recording = await task
    assert (len(recording), recording.end) == (2, "max_bytes")
    assert "max_bytes" in repr(recording)
    assert "max_bytes" in caplog.text


async def test_what_is_no_message_is_refused_at_once_with_what_to_do() -> None:
    source = Subject[Message]()
    decoded: Observable[Any] = source.pipe(ops.json())
    task = await collecting(decoded, n=3)
    source.on_next(Message.of("x", {"a": 1}))
    with pytest.raises(InvalidMessageError, match=r"got dict.*to_polars\(json=True\)"):
        await task


async def test_a_stream_of_another_thread() -> None:
    source, sent = Subject[Message](), messages(20)
    task = await collecting(source, n=20)
    thread = threading.Thread(target=lambda: [source.on_next(m) for m in sent])
    thread.start()
    assert list(await task) == sent
    await asyncio.to_thread(thread.join)


async def test_it_takes_the_pipelines_of_reactivex() -> None:
    sent = messages(9)
    recording = await collect(rx.of(*sent).pipe(ops.from_id("y"), rx_ops.take(2)))
    assert list(recording) == [sent[1], sent[4]]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"n": 0}, "n must"),
        ({"n": 2.5}, "n must"),
        ({"n": True}, "n must"),
        ({"seconds": 0}, "seconds must"),
        ({"seconds": float("inf")}, "seconds must"),
        ({"timeout": -1}, "timeout must"),
        ({"timeout": "soon"}, "timeout must"),
        ({"max_bytes": 0}, "max_bytes must"),
    ],
)
async def test_wrong_arguments_are_told(wrong: dict[str, Any], what: str) -> None:
    with pytest.raises(InvalidOptionError, match=what):
        await collect(Subject[Message](), **wrong)


async def test_a_pool_is_no_stream_but_has_one() -> None:
    pool: Any = Pool()
    with pytest.raises(InvalidOptionError, match=r"pool\.messages, not Pool"):
        await collect(pool, n=1)
