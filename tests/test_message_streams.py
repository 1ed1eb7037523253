"""`pool.stream` and `socket.stream`: what they receive, until when, what they drop."""

import asyncio
from collections.abc import Callable

import pytest

from ssc_rx import (
    EmptyIdError,
    InvalidIdError,
    InvalidOptionError,
    Overflow,
    Pool,
    WrongThreadError,
)
from tests.consumers import enter, send, texts, turns
from tests.far_end import AddPeer


async def test_it_receives_from_all_sockets_until_the_pool_stops(
    pool: Pool, add_peer: AddPeer
) -> None:
    async with pool.stream() as stream:
        a, b = await add_peer("a"), await add_peer("b")
        a.send("1")
        b.send("2")
        assert sorted(await texts(stream, 2)) == ["1", "2"]
        a.send("last")
        await turns()
        await pool.stop()
        assert await texts(stream) == ["last"]


async def test_before_start_it_may_be_made(make_pool: Callable[..., Pool]) -> None:
    pool = make_pool(ping_interval=None)
    stream = pool.stream()
    await pool.start()
    _, peer = await enter(pool, "a")
    peer.send("1")
    assert await texts(stream, 1) == ["1"]


async def test_by_name_other_messages_cost_nothing(
    pool: Pool, add_peer: AddPeer
) -> None:
    a, b, c = [await add_peer(id) for id in "abc"]
    async with pool.stream("a", "b", "a") as stream:
        assert not pool._messages.observed
        assert set(pool._messages.named) == {"a", "b"}
        c.send("no")
        a.send("1")
        b.send("2")
        assert sorted(await texts(stream, 2)) == ["1", "2"]
        assert stream.buffered == 0
    assert pool._messages.named == {}


async def test_by_name_it_outlives_a_socket(pool: Pool) -> None:
    stream = pool.stream("a")
    for text in ("1", "2"):
        socket, peer = await enter(pool, "a")
        peer.send(text)
        assert await texts(stream, 1) == [text]
        await socket.close()
    await pool.stop()
    assert await texts(stream) == []


async def test_by_identity_it_ends_with_the_socket(pool: Pool) -> None:
    socket, peer = await enter(pool, "a")
    stream = socket.stream()
    peer.send("1")
    peer.transport.close(1000, "")
    await socket.wait_closed()
    assert await texts(stream) == ["1"]
    assert await texts(socket.stream()) == []  # it is gone


@pytest.mark.parametrize(
    ("overflow", "kept", "lost"),
    [
        (Overflow.DROP_OLDEST, ["7", "8", "9"], 7),
        (Overflow.DROP_NEWEST, ["0", "1", "2"], 7),
        (Overflow.LATEST, ["9"], 9),
    ],
)
async def test_what_is_dropped_is_counted(
    pool: Pool, add_peer: AddPeer, overflow: Overflow, kept: list[str], lost: int
) -> None:
    peer = await add_peer("a")
    stream = pool.stream(buffer=3, overflow=overflow)
    send(peer, 10)
    await turns()
    assert stream.lost == lost
    assert await texts(stream, len(kept)) == kept


async def test_what_can_not_be_is_refused(pool: Pool) -> None:
    with pytest.raises(InvalidOptionError):
        pool.stream(overflow=Overflow.CLOSE)
    with pytest.raises(InvalidOptionError):
        pool.stream(buffer=0)
    with pytest.raises(EmptyIdError):
        pool.stream("a", "")
    with pytest.raises(InvalidIdError):
        pool.stream(1)
    assert not pool._messages.observed


async def test_another_thread_may_not_use_it(pool: Pool) -> None:
    stream = pool.stream()

    def elsewhere() -> None:
        with pytest.raises(WrongThreadError, match="stream"):
            pool.stream()
        with pytest.raises(WrongThreadError, match="close"):
            stream.close()
        with pytest.raises(WrongThreadError, match="__anext__"):
            stream.__anext__().send(None)

    await asyncio.to_thread(elsewhere)
