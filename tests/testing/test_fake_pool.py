"""A pool on memory is a real pool: its reconnects, outboxes, events and accounts."""

import asyncio

import pytest

from ssc_rx import (
    DialError,
    DuplicateIdError,
    InvalidOptionError,
    InvalidUrlError,
    Message,
    Reconnect,
    ReconnectScheduled,
    Socket,
    SocketClosedError,
)
from ssc_rx.testing import (
    FakePool,
    Peer,
    assert_accounted,
    assert_delivered,
    assert_nothing_left,
    echo,
    late,
    refuse,
    run_virtual,
)

pytestmark = pytest.mark.virtual_time

URL = "wss://a.example/feed"
STEADY = Reconnect(jitter=lambda: 1.0)


def now() -> float:
    return asyncio.get_running_loop().time()


async def test_what_is_written_comes_back_from_an_echo() -> None:
    pool = FakePool([URL])
    pool.answer(echo)
    seen: list[Message] = []
    pool.messages.subscribe(seen.append)
    async with pool:
        pool.write(Message.of(URL, "one"))
        await pool.send(Message.of(URL, "two"))
        await asyncio.sleep(1)
        assert_delivered(seen, URL, "one", "two")
        assert_accounted(pool)
    assert pool.stats().state == "stopped"
    await assert_nothing_left()


async def test_a_peer_is_led_by_hand() -> None:
    async with FakePool({"feed": URL}) as pool:
        seen: list[Message] = []
        pool.messages.subscribe(seen.append)
        pool.write(Message.of("feed", {"op": "subscribe"}))
        peer = pool.peer("feed")
        assert (await peer.receive()).json() == {"op": "subscribe"}
        peer.send("tick", b"\x00", {"n": 1})
        await asyncio.sleep(0.1)
        assert [message.payload for message in seen] == [b"tick", b"\x00", b'{"n":1}']
        assert peer.name == URL
        peer.close(4001, "enough")
        assert (await peer.wait_closed()).code == 4001


async def test_reconnects_take_the_time_of_their_back_off() -> None:
    pool = FakePool({"feed": URL}, reconnect=STEADY)
    pool.answer(None, refuse(), refuse(503, retry_after_s=10.0), echo)
    delays: list[float] = []
    pool.events.subscribe(
        lambda e: delays.append(e.delay) if isinstance(e, ReconnectScheduled) else None
    )
    async with pool:
        pool.peer("feed").cut()
        await pool.peer("feed").wait_closed()
        await pool.send(Message.of("feed", "after the outage"))
        await asyncio.sleep(1)
        assert [round(dial.time, 3) for dial in pool.dials] == [0.0, 0.5, 1.5, 13.5]
        assert delays == [0.5, 1.0, 12.0]
        assert pool["feed"].generation == 2
        assert pool.peer("feed").texts == ["after the outage"]
        assert len(pool.peers) == 2


async def test_a_refusal_that_is_fatal_ends_it() -> None:
    pool = FakePool()
    pool.answer(refuse(401), url=URL)
    async with pool:
        with pytest.raises(DialError, match="HTTP 401"):
            await pool.add_server_socket(URL)
        assert len(pool) == 0
        await pool.add_server_socket("wss://b.example")


@pytest.mark.parametrize("seconds", [10.5, float("inf")])
async def test_an_answer_that_is_too_late_is_none(seconds: float) -> None:
    async with FakePool() as pool:
        pool.answer(late(9.5, echo), late(seconds, echo))
        await pool.add_server_socket(URL, id="in time")
        assert now() == 9.5
        with pytest.raises(DialError, match="open_timeout=10"):
            await pool.add_server_socket(URL, id="late")
        assert now() == 19.5


async def test_on_open_runs_at_every_opening_with_what_is_fresh_then() -> None:
    tokens = iter("abc")

    async def log_in(socket: Socket) -> None:
        await socket.send(f"login {socket.generation}")

    async def server(peer: Peer) -> None:
        peer.send("welcome " + (await peer.receive()).text)

    async with FakePool(reconnect=STEADY) as pool:
        pool.answer(server)
        seen: list[Message] = []
        pool.messages.subscribe(seen.append)
        await pool.add_server_socket(
            lambda: f"{URL}?{next(tokens)}",
            id="feed",
            on_open=log_in,
            headers=lambda: {"N": str(len(pool.dials))},
            subprotocols=["v2", "v1"],
        )
        assert pool["feed"].subprotocol == "v2"
        pool.peer("feed").cut()
        await asyncio.sleep(1)
        assert [dial.url[-1] for dial in pool.dials] == ["a", "b"]
        assert [dial.headers["N"] for dial in pool.dials] == ["0", "1"]
        assert_delivered(seen, "feed", "welcome login 1", "welcome login 2")


async def test_client_sockets_join() -> None:
    async with FakePool() as pool:
        alice = await pool.join("alice", tags=["room"])
        bob = await pool.join("bob", echo)
        with pytest.raises(DuplicateIdError):
            await pool.join("alice")
        result = pool.write_all(Message.of("", "hi"))
        await asyncio.sleep(0.1)
        assert result.queued == 2
        assert (alice.texts, bob.texts) == (["hi"], ["hi"])
        assert pool.tagged("room").list() == ["alice"]
        assert pool["bob"].messages_in == 1
        assert (pool["alice"].kind, pool.peer("bob")) == ("client", bob)
        pool.remove_socket("alice", 4000, "out")
        assert (await alice.wait_closed()).reason == "out"


async def test_keepalive_is_the_real_one() -> None:
    async with FakePool([URL]) as pool:
        await asyncio.sleep(3600)
        assert pool[URL].latency == 0.0
        assert pool[URL].generation == 1


async def test_the_next_peer_is_the_one_after_this() -> None:
    async with FakePool({"feed": URL}, reconnect=STEADY) as pool:
        pool.answer(refuse(), None)
        first = pool.peer("feed")
        first.cut()
        await first.wait_closed()
        await asyncio.sleep(0.1)
        with pytest.raises(LookupError, match="it is reconnecting"):
            pool.peer("feed")
        second = await pool.next_peer("feed")
        assert (second is first, now()) == (False, 1.5)
        assert pool.peers == [first, second]
        waiting = asyncio.gather(
            *(pool.next_peer(id) for id in ("feed", "feed", "other")),
            return_exceptions=True,
        )
        await asyncio.sleep(0)
        pool.remove_socket("feed")
        await asyncio.sleep(1)
        await pool.stop()
        assert [type(result) for result in await waiting] == [LookupError] * 3


@pytest.mark.parametrize("stops", [False, True])
async def test_what_a_behaviour_raises_is_raised_by_the_pools_end(stops: bool) -> None:
    async def expects_a_login(peer: Peer) -> None:
        assert (await peer.receive()).text == "login"

    pool = FakePool([URL], reconnect=None)
    pool.answer(expects_a_login)
    with pytest.raises(AssertionError) as failure:  # noqa: PT012
        async with pool:
            pool.write(Message.of(URL, "no login"))
            await asyncio.sleep(1)
            assert URL not in pool
            if stops:
                await pool.stop()
    assert "raised by the behaviour of <Peer of wss" in failure.value.__notes__[0]
    await assert_nothing_left()


async def test_what_several_behaviours_raise_is_raised_together() -> None:
    async def fails(peer: Peer) -> None:
        raise KeyError(peer.name)

    with pytest.raises(ExceptionGroup) as failure:  # noqa: PT012
        async with FakePool() as pool:
            await pool.join("x", fails)
            await pool.join("y", fails)
    assert [error.args for error in failure.value.exceptions] == [("x",), ("y",)]


async def test_the_tests_own_failure_comes_first() -> None:
    async def fails(peer: Peer) -> None:
        raise KeyError("its own")

    pool = FakePool([URL], reconnect=None)
    pool.answer(fails)
    with pytest.raises(SocketClosedError) as failure:  # noqa: PT012
        async with pool:
            await asyncio.sleep(1)
            raise SocketClosedError(URL, "closed")
    assert "had raised KeyError('its own')" in failure.value.__notes__[0]


async def test_a_behaviour_that_goes_on_ends_with_its_connection() -> None:
    ended: list[float] = []

    async def ticks(peer: Peer) -> None:
        try:
            while True:
                peer.send("tick")
                await asyncio.sleep(1)
        finally:
            ended.append(now())

    pool = FakePool([URL], reconnect=None)
    pool.answer(ticks)
    async with pool:
        await asyncio.sleep(9.5)
        await pool.remove_socket(URL)
        await asyncio.sleep(1)
        assert ended == [9.5]


async def test_there_is_no_peer_where_there_was_no_connection() -> None:
    pool = FakePool({"feed": URL})
    pool.answer(refuse())
    async with FakePool() as other, asyncio.TaskGroup() as group:
        starting = group.create_task(pool.start(require="none"))
        await starting
        with pytest.raises(LookupError, match=r"pool\.dials tells"):
            pool.peer("feed")
        await pool.stop()
        with pytest.raises(ValueError, match="needs an answer"):
            other.answer()


def test_it_takes_the_arguments_of_a_pool_and_is_as_strict() -> None:
    with pytest.raises(InvalidOptionError, match="give a list"):
        FakePool("x")
    with pytest.raises(InvalidUrlError):
        FakePool(["https://a.example"])
    assert FakePool(name="n").name == "n"


def test_a_whole_day_takes_no_time() -> None:
    async def main() -> int:
        async with FakePool([URL]) as pool:
            await asyncio.sleep(80_000)
            return pool[URL].generation

    assert run_virtual(main()) == 1
