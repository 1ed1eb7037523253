"""Writing through Subjects, inside observers, and from other threads."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
import reactivex as rx

from ssc_rx import (
    InvalidMessageError,
    Message,
    MessageType,
    Outbox,
    OutboxFullError,
    Overflow,
    Pool,
    ReentrancyLimitError,
    SocketClosedError,
    SourceFailed,
    SubscriberFailed,
    UnknownSocketError,
    WriteRefused,
    WrongThreadError,
)
from tests.assertions import assert_accounted, assert_delivered
from tests.far_end import AddPeer
from tests.recorder import Recorder, Seen


def tight(overflow: Overflow = Overflow.ERROR) -> Outbox:
    return Outbox(messages=2, bytes=100, overflow=overflow)


async def test_a_source_that_fails_is_told(pool: Pool, heard: Recorder) -> None:
    error = ValueError("the source broke")
    rx.throw(error).subscribe(pool.writes)
    (failed,) = heard.of(SourceFailed)
    assert (failed.stream, failed.error) == ("pool.writes", error)


async def test_a_source_may_be_subscribed_to_write(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    rx.of("one", b"two").subscribe(pool["a"].writes)
    rx.throw(ValueError()).subscribe(pool["a"].writes)
    rx.of(Message.of("a", "three"), Message.of("a", "four")).subscribe(pool.writes)
    pool.inbound.on_next("five")
    assert await peer.heard_texts(5) == ["one", "two", "three", "four", "five"]


async def test_a_refused_push_is_an_event_and_never_raises(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a", outbox=tight())
    peer.transport.stalled = True
    pool.writes.on_next(Message.of("nobody", ""))
    pool.writes.on_next("no id")
    pool.inbound.on_next(None)  # type: ignore[arg-type]
    for n in range(3):
        pool.inbound.on_next(str(n))
    pool["a"].writes.on_next("full")
    refused = [(e.id, type(e.error)) for e in heard.of(WriteRefused)]
    assert refused == [
        ("nobody", UnknownSocketError),
        ("", InvalidMessageError),
        ("", InvalidMessageError),
        ("a", OutboxFullError),
        ("a", OutboxFullError),
    ]
    assert pool.stats().refused == 5
    peer.transport.stalled = False


async def test_every_accepted_write_shows_whatever_its_door(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    await add_peer("b")
    shown, own = Seen(pool.writes), Seen(pool["a"].writes)
    broadcasts = Seen(pool.inbound)
    pool.write(Message.of("a", "1"))
    await pool["a"].send("2")
    pool.write_all("3")
    pool.inbound.on_next("4")
    pool.writes.on_next(Message.of("nobody", "refused"))
    assert_delivered(shown, "a", "1", "2", "3", "4")
    assert_delivered(shown, "b", "3", "4")
    assert_delivered(own, "a", "1", "2", "3", "4")
    assert [m.text for m in broadcasts] == ["4"]


async def test_an_observer_of_writes_that_writes_keeps_one_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    pool.writes.subscribe(
        lambda m: pool.write(Message.of("a", m.text + "!")) if len(m.text) < 3 else None
    )
    shown = Seen(pool.writes)
    pool.write(Message.of("a", "x"))
    assert await peer.heard_texts(3) == ["x", "x!", "x!!"]
    assert_delivered(shown, "a", "x", "x!", "x!!")


async def test_an_observer_of_writes_that_breeds_meets_a_bound(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("a", outbox=Outbox(messages=1_000_000))

    def breed(message: Message) -> None:
        pool.write(message)
        pool.write(message)

    breeding = pool.writes.subscribe(breed)
    pool.write(Message.of("a", ""))
    failed = await heard.event(SubscriberFailed)
    assert isinstance(failed.error, ReentrancyLimitError)
    breeding.dispose()
    assert_accounted(pool)


@pytest.mark.parametrize("door", ["socket.writes", "pool.inbound"])
async def test_a_write_refused_for_re_entrancy_was_not_queued(
    pool: Pool, heard: Recorder, add_peer: AddPeer, door: str
) -> None:
    await add_peer("a", outbox=Outbox(messages=100_000))
    writes = pool["a"].writes if door == "socket.writes" else pool.inbound
    bursts: list[int] = []

    def burst(_: Message) -> None:
        if not bursts:
            bursts.append(1)
            for _again in range(10_050):
                writes.on_next("x")

    writes.subscribe(burst)
    writes.on_next("first")
    stats = pool.stats()
    assert (stats.accepted, stats.refused) == (10_001, 50)
    refused = heard.of(WriteRefused)
    assert {type(e.error) for e in refused} == {ReentrancyLimitError}
    assert heard.of(SubscriberFailed) == []


async def test_a_write_to_a_socket_that_is_gone_is_counted_by_the_pool(
    pool: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    socket = pool["a"]
    await socket.close()
    with pytest.raises(SocketClosedError):
        socket.write("too late")
    with pytest.raises(InvalidMessageError):
        socket.write(None)  # type: ignore[arg-type]
    assert (socket.stats.refused, pool.stats().refused) == (2, 2)


async def test_writing_inside_on_next_works(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    pool.messages.subscribe(lambda m: pool.write(Message.of(m.id, "re: " + m.text)))
    peer.transport.write([_outgoing("hello")])
    assert await peer.heard_texts(1) == ["re: hello"]


def _outgoing(text: str) -> Any:
    from ssc_rx.ports import Outgoing

    return Outgoing(MessageType.TEXT, text.encode())


def in_a_thread(work: Callable[[], Any]) -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().run_in_executor(None, work)


@pytest.mark.parametrize(
    "call",
    [
        lambda pool: pool.write(Message.of("a", "")),
        lambda pool: pool.write_all(""),
        lambda pool: pool["a"].write(""),
        lambda pool: pool["a"].close(),
        lambda pool: pool.remove_socket("a"),
        lambda pool: pool.stop(),
        lambda pool: pool.serve(),
        lambda pool: pool.messages.subscribe(print),
        lambda pool: pool["a"].messages.subscribe(print),
    ],
)
async def test_from_another_thread_it_says_so(
    pool: Pool, add_peer: AddPeer, call: Callable[[Pool], Any]
) -> None:
    await add_peer("a")
    with pytest.raises(WrongThreadError, match=r"outside the event loop"):
        await in_a_thread(lambda: call(pool))
    assert pool.stats().state == "running"


async def test_a_push_from_another_thread_hops_to_the_loop_in_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    own, here = pool["a"].writes, threading.get_ident()
    seen_in = set()
    pool.writes.subscribe(lambda _: seen_in.add(threading.get_ident()))

    def push() -> None:
        for n in range(50):
            pool.writes.on_next(Message.of("a", f"{n}"))
        own.on_next("socket")
        pool.inbound.on_next("all")

    await in_a_thread(push)
    assert await peer.heard_texts(52) == [*map(str, range(50)), "socket", "all"]
    assert seen_in == {here}


async def test_too_many_pushes_from_other_threads_are_refused_and_counted(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    await add_peer("a", outbox=Outbox(messages=100_000))

    def flood() -> None:
        for _ in range(10_005):
            pool.writes.on_next(Message.of("a", ""))

    thread = threading.Thread(target=flood)
    thread.start()
    thread.join()  # the loop is blocked meanwhile, as by a long computation
    refused = await heard.event(WriteRefused)
    assert "refused 5 writes of other threads" in str(refused.error)
    await heard.events.until(lambda: pool.stats().accepted == 10_000)
    assert pool.stats().refused == 5
