"""Coroutines that take their time: with `Overflow.BLOCK` they lose nothing."""

import asyncio
import gc
from collections.abc import Callable
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection

from ssc_rx import (
    Message,
    Pool,
    Reconnect,
    ReconnectScheduled,
    SocketOpened,
)
from tests.consumers import BLOCK, enter, send, texts, turns
from tests.far_end import AddPeer
from tests.peers import masked, open_client, text_frame, websocket_server
from tests.recorder import Recorder


async def test_a_slow_consumer_gets_everything_in_order(
    pool: Pool, add_peer: AddPeer
) -> None:
    peers = [await add_peer(id) for id in "ab"]
    most = 0
    got: list[Message] = []
    async with pool.stream(buffer=100, overflow=BLOCK) as stream:
        for peer in peers:
            send(peer, 10_000)
        async for message in stream:
            most = max(most, stream.buffered)
            got.append(message)
            if len(got) == 20_000:
                break
            await asyncio.sleep(0)
    assert most == 99  # and one in hand
    assert stream.lost == 0
    for id in "ab":
        assert [m.text for m in got if m.id == id] == [str(n) for n in range(10_000)]


async def test_a_burst_in_one_piece_of_data_stops_at_the_bound(pool: Pool) -> None:
    async with pool.serve() as server:
        stream = pool.stream(buffer=100, overflow=BLOCK)
        host_and_port = server.url.rstrip("/")
        _, writer, _ = await open_client(host_and_port)
        frames = [masked(text_frame(str(n))) for n in range(2000)]
        writer.write(b"".join(frames))
        got = await texts(stream, 1)
        (socket,) = (pool[id] for id in pool)
        while len(got) < 2000:
            assert stream.buffered <= 100
            assert socket.messages_in == len(got) + stream.buffered
            if stream.buffered:
                got += await texts(stream, stream.buffered)
                await turns(5)
            else:
                got += await texts(stream, 1)
        assert got == [str(n) for n in range(2000)]
        writer.close()


async def test_no_other_subscriber_hears_a_socket_that_is_held(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    stream = pool.stream("a", buffer=5, overflow=BLOCK)
    a, b = await add_peer("a"), await add_peer("b")
    send(a, 20)
    b.send("free")
    await turns()
    assert len([m for m in heard.messages if m.id == "a"]) == 5
    assert len([m for m in heard.messages if m.id == "b"]) == 1
    stream.close()
    await heard.messages.reach(21)


async def test_a_newcomer_is_held_too(pool: Pool, add_peer: AddPeer) -> None:
    stream = pool.stream(buffer=2, overflow=BLOCK)
    first = await add_peer("a")
    send(first, 2)
    await turns()
    second = await add_peer("b")
    second.send("late")
    await turns()
    assert stream.buffered == 2
    assert await texts(stream, 3) == ["0", "1", "late"]


async def test_a_new_connection_of_a_held_socket_is_held(
    make_pool: Callable[..., Pool],
) -> None:
    connections = 0

    async def serve_once(connection: ServerConnection) -> None:
        nonlocal connections
        connections += 1
        if connections > 1:
            await connection.send("late")
            await connection.wait_closed()

    soon = Reconnect(min_delay=0.05, jitter=lambda: 1.0)
    pool = make_pool(ping_interval=None, reconnect=soon)
    await pool.start()
    heard = Recorder(pool)
    stream = pool.stream(buffer=2, overflow=BLOCK)
    async with websocket_server(serve_once) as url:
        await pool.add_server_socket(url, id="feed")
        _, peer = await enter(pool, "a")
        await heard.event(ReconnectScheduled, id="feed")
        send(peer, 2)
        await heard.event(SocketOpened, id="feed", generation=2)
        await turns()
        assert stream.buffered == 2
        assert await texts(stream, 3) == ["0", "1", "late"]
        await pool.stop()


async def test_a_socket_is_read_again_when_no_stream_is_full(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    peer = await add_peer("a")
    small = pool.stream(buffer=2, overflow=BLOCK)
    large = pool["a"].stream(buffer=2, overflow=BLOCK)
    send(peer, 10)
    await turns()
    assert small.buffered == large.buffered == 2
    await texts(small, 2)
    await turns()
    assert small.buffered == 0  # the other one is still full
    await texts(large, 2)
    await turns()
    assert small.buffered == large.buffered == 2
    small.close()
    large.close()
    await heard.messages.reach(10)


@pytest.mark.parametrize("how", ["close", "leave", "drop", "collect"])
async def test_a_stream_that_goes_lets_its_sockets_go(
    pool: Pool, heard: Recorder, add_peer: AddPeer, how: str
) -> None:
    peer = await add_peer("a")
    streams = [pool.stream(buffer=5, overflow=BLOCK)]
    send(peer, 100)
    await turns()
    assert len(heard.messages) == 5
    if how == "close":
        streams[0].close()
    elif how == "leave":
        async with streams[0]:
            pass
    else:
        if how == "collect":
            cycle: list[Any] = [streams[0]]
            cycle.append(cycle)
            del cycle
        streams.clear()
        gc.collect()
    await heard.messages.reach(100)
    assert not pool._holds.shut


async def test_a_close_waits_behind_what_is_held(pool: Pool, heard: Recorder) -> None:
    socket, peer = await enter(pool, "a")
    stream = socket.stream(buffer=5, overflow=BLOCK)
    send(peer, 12)
    peer.transport.close(4001, "bye")
    await turns()
    assert socket.state == "open"
    assert await texts(stream) == [str(n) for n in range(12)]
    assert (await socket.wait_closed()).code == 4001


async def test_stopping_while_the_consumer_goes_on_loses_nothing(pool: Pool) -> None:
    _, peer = await enter(pool, "a")
    stream = pool.stream(buffer=5, overflow=BLOCK)
    sent = send(peer, 50)
    await turns()
    stopping = pool.stop()
    assert await texts(stream) == sent
    await stopping
