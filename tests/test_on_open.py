"""What happens first on every connection that is dialled."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    DialError,
    DialFailed,
    InvalidOptionError,
    Message,
    Pool,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
)
from tests.network import (
    ENDS,
    URL,
    names,
    running,
    scheduled,
    turns,
)
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time


async def test_on_open_runs_at_every_opening_and_alone_may_write() -> None:
    generations: list[int] = []

    async def log_in(socket: Socket) -> None:
        generations.append(socket.generation)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        subscription = socket.messages.subscribe(lambda m: answer.set_result(m.text))
        socket.write("user")
        await asyncio.wait_for(socket.send("password"), 10)  # in a task of its own
        assert await answer == "welcome"
        subscription.dispose()

    async with running() as (pool, network, heard):
        adding = asyncio.ensure_future(
            pool.add_server_socket(URL, id="x", on_open=log_in)
        )
        for n in (1, 2):
            await heard.event(SocketOpened, generation=n)
            await turns()
            state = "opening" if n == 1 else "reconnecting"
            assert pool["x"].state == pool["x"].stats.state == state
            with pytest.raises(SocketClosedError, match=f"is {state}"):
                pool.write(Message.of("x", "too early"))
            send = asyncio.ensure_future(pool.send(Message.of("x", "later")))
            await turns()
            assert network.peers[-1].heard.texts == ["user", "password"]
            assert not send.done()
            network.peers[-1].send("welcome")
            await send
            socket = await adding
            assert socket.state == "open"
            texts = await network.peers[-1].heard_texts(3)
            assert texts == ["user", "password", "later"]
            network.cut()
        assert generations == [1, 2]


async def test_what_is_left_of_the_last_opening_may_not_write_before_the_log_in() -> (
    None
):
    refused: list[SocketClosedError] = []

    def answer(message: Message) -> None:
        try:
            pool["x"].write(f"answer to {message.text}")
        except SocketClosedError as error:
            refused.append(error)

    async def log_in(socket: Socket) -> None:
        if socket.generation == 1:
            socket.messages.subscribe(answer)
            return
        await asyncio.sleep(5)
        socket.write("log-in")

    async with running() as (pool, network, heard):
        await pool.add_server_socket(URL, id="x", on_open=log_in)
        network.cut()
        await heard.event(SocketOpened, generation=2)
        peer = network.peers[-1]
        peer.send("too early")
        await heard.messages.reach(1)
        assert [error.state for error in refused] == ["reconnecting"]
        assert await peer.heard_texts(1) == ["log-in"]
        peer.send("in time")
        assert await peer.heard_texts(2) == ["log-in", "answer to in time"]


async def test_an_on_open_may_be_a_plain_function() -> None:
    async with running() as (pool, network, _):
        await pool.add_server_socket(URL, on_open=lambda socket: socket.write("hi"))
        assert await network.peers[0].heard_texts(1) == ["hi"]
        network.cut()
        await turns()
        await asyncio.sleep(1)
        assert await network.peers[1].heard_texts(1) == ["hi"]


async def test_an_on_open_that_fails_is_an_error_of_the_first_dial() -> None:
    def fail(_: Socket) -> None:
        raise ZeroDivisionError("no login")

    async with running() as (pool, _network, heard):
        with pytest.raises(DialError, match=r"on_open failed .*no login") as caught:
            await pool.add_server_socket(URL, id="x", on_open=fail)
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert pool.list() == []
        assert names(heard) == [
            "SocketOpening",
            "SocketOpened",
            "DialFailed",
            "SocketClosed",
        ]
        assert heard.of(SocketClosed)[0].info.code == 1011


async def test_an_on_open_that_fails_later_is_a_failed_attempt() -> None:
    def fail(socket: Socket) -> None:
        if 1 < socket.generation < 4:
            raise ZeroDivisionError

    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, on_open=fail)
        network.cut()
        await heard.event(SocketOpened, generation=4)
        await turns()
        assert socket.state == "open"
        assert scheduled(heard) == [(1, 0.5), (2, 1.0), (3, 2.0)]
        assert len(heard.of(DialFailed)) == 2
        assert isinstance(heard.of(ReconnectScheduled)[1].error, DialError)


async def test_an_on_open_is_cancelled_when_its_connection_ends() -> None:
    cancelled: list[int] = []

    async def wait(socket: Socket) -> None:
        try:
            if socket.generation < 3:
                await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            cancelled.append(socket.generation)
            raise

    async with running() as (pool, network, heard):
        adding = asyncio.ensure_future(
            pool.add_server_socket(URL, id="x", on_open=wait)
        )
        await heard.event(SocketOpened)
        await turns()
        network.cut()
        with pytest.raises(DialError, match="closed before on_open returned"):
            await adding
        assert (cancelled, pool.list()) == ([1], [])


async def test_a_later_on_open_whose_connection_ends_is_cancelled_too() -> None:
    entered: list[int] = []

    async def wait(socket: Socket) -> None:
        entered.append(socket.generation)
        if socket.generation == 2:
            await asyncio.get_running_loop().create_future()

    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, on_open=wait)
        network.cut()
        await heard.event(SocketOpened, generation=2)
        await turns()
        network.cut()
        await heard.event(SocketOpened, generation=3)
        await turns()
        assert (socket.state, entered) == ("open", [1, 2, 3])


async def greeting_for_ever(pool: Pool, heard: Recorder) -> "asyncio.Task[Socket]":
    """A socket is being added whose `on_open` never ends."""

    async def wait(_: Socket) -> None:
        await asyncio.get_running_loop().create_future()

    adding = asyncio.create_task(pool.add_server_socket(URL, id="x", on_open=wait))
    await heard.event(SocketOpened)
    await turns()
    return adding


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_an_end_while_on_open_runs(end: Callable[[Pool], Any]) -> None:
    async with running() as (pool, _network, heard):
        adding = await greeting_for_ever(pool, heard)
        end(pool)
        with pytest.raises(SocketClosedError):
            await adding
        assert len(heard.of(SocketClosed)) == 1
        assert heard.of(DialFailed) == []


async def test_an_adding_that_is_cancelled_while_on_open_runs_closes() -> None:
    async with running() as (pool, _network, heard):
        adding = await greeting_for_ever(pool, heard)
        adding.cancel()
        info = (await heard.event(SocketClosed)).info
        assert info.code == 1001
        with pytest.raises(asyncio.CancelledError):
            await adding


async def test_an_on_open_that_cancels_itself_is_a_failed_attempt() -> None:
    async def cancel(_: Socket) -> None:
        raise asyncio.CancelledError

    async with running() as (pool, _, __):
        with pytest.raises(DialError, match="on_open was cancelled"):
            await pool.add_server_socket(URL, on_open=cancel)


async def test_an_on_open_must_be_callable() -> None:
    async with running() as (pool, _, __):
        with pytest.raises(InvalidOptionError, match="on_open"):
            await pool.add_server_socket(URL, on_open="hello")  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionError, match="on_open must be a function"):
        Pool([URL], on_open="hello")


async def test_an_on_open_of_the_pool_is_for_all_of_its_urls() -> None:
    urls = {"a": URL, "b": URL}
    async with running(urls, on_open=lambda socket: socket.write(socket.id)) as (
        _,
        network,
        _,
    ):
        texts = [await peer.heard_texts(1) for peer in network.peers]
    assert sorted(texts) == [["a"], ["b"]]
