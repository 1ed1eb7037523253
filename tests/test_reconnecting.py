"""Server sockets that drop are dialled again: in virtual time, on the memory transport."""

import asyncio
import random
import re
from collections.abc import Callable
from typing import Any

import pytest

from ssc_rx import (
    CloseInfo,
    DialError,
    DialFailed,
    Event,
    Message,
    Outbox,
    Overflow,
    Pool,
    Reconnect,
    ReconnectScheduled,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    SubscriberFailed,
    WritesLost,
)
from tests.network import (
    ENDS,
    REFUSED,
    URL,
    names,
    now,
    running,
    scheduled,
    turns,
)
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time


async def test_a_drop_is_told_and_dialled_again_under_the_same_socket() -> None:
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        heard_own = Recorder(pool)
        texts: list[str] = []
        socket.messages.subscribe(lambda m: texts.append(m.text))
        network.peers[0].send("before")
        await turns()
        network.cut()
        await turns()
        assert (socket.state, pool.list(), pool["x"]) == ("reconnecting", ["x"], socket)
        assert (socket.remote_address, socket.latency) == (None, None)
        assert socket.close_info is None
        (event,) = heard.of(ReconnectScheduled)
        assert (event.attempt, event.delay, event.error) == (1, 0.5, None)
        assert event.info is not None
        assert (event.info.code, event.info.by) == (1006, "lost")
        opened = await heard.event(SocketOpened, generation=2)
        assert opened.gap == pytest.approx(0.5)
        assert heard.of(SocketOpened)[0].gap is None
        network.peers[1].send("after")
        await turns()
        assert texts == ["before", "after"]
        assert (socket.state, socket.generation) == ("open", 2)
        stats = pool.stats()
        assert (stats.sockets_opened, stats.sockets_closed) == (1, 0)
        assert heard_own.of(SocketClosed) == []
    assert names(heard)[-2:] == ["SocketClosed", "PoolStopped"]
    assert heard.of(SocketClosed)[0].generation == 2


async def test_without_reconnect_a_drop_is_the_end() -> None:
    async with running() as (pool, network, heard):
        await pool.add_server_socket(URL, id="x", reconnect=None)
        network.cut()
        info = (await heard.event(SocketClosed)).info
        assert (info.code, pool.list()) == (1006, [])


async def test_the_delays_double_up_to_the_cap_and_begin_anew_after_min_uptime() -> (
    None
):
    async with running() as (pool, network, heard):
        await pool.add_server_socket(URL)
        network.error = REFUSED
        network.cut()
        await heard.event(ReconnectScheduled, attempt=9)
        assert [d for _, d in scheduled(heard)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
        assert heard.of(DialFailed)[0].error is REFUSED
        assert heard.of(ReconnectScheduled)[1].error is REFUSED
        assert heard.of(ReconnectScheduled)[1].info is None
        assert names(heard)[2:6] == [
            "ReconnectScheduled",
            "DialFailed",
            "ReconnectScheduled",
            "DialFailed",
        ]
        network.error = None
        await heard.event(SocketOpened, generation=2)
        await asyncio.sleep(4.9)  # of min_uptime=5
        network.cut()
        await heard.event(SocketOpened, generation=3)
        assert scheduled(heard)[-1] == (10, 30.0)
        await asyncio.sleep(5.1)
        network.cut()
        await heard.event(SocketOpened, generation=4)
        assert scheduled(heard)[-1] == (1, 0.5)


async def test_a_server_that_accepts_and_hangs_up_is_not_dialled_without_end() -> None:
    async with running() as (pool, network, _):

        def hang_up(event: Event) -> None:
            if isinstance(event, SocketOpened):
                pool._driver.soon(network.cut)  # type: ignore[union-attr]

        pool.events.subscribe(hang_up)
        await pool.add_server_socket(URL)
        await asyncio.sleep(600)
        assert len(network.dialled) < 30


async def test_500_sockets_come_back_and_never_too_many_dial_at_once() -> None:
    seed = 7
    jitter = random.Random(seed).random
    reconnect = Reconnect(max_delay=10.0, jitter=jitter)
    urls = {str(n): URL for n in range(500)}
    async with running(urls, reconnect) as (pool, network, heard):
        assert network.most <= 20
        network.takes_s = 0.01
        network.error = REFUSED
        gone = now()
        before = len(network.dialled)
        network.cut()
        await asyncio.sleep(0.6)
        first = [at for at, _, _ in network.dialled[before : before + 500]]
        assert max(first) - min(first) > 0.2
        await asyncio.sleep(gone + 30 - now())
        network.error = None
        await heard.events.until(lambda: pool.stats().open_sockets == 500)
        assert network.most == 20
        assert now() - gone <= 30 + 10 + 1.0
        assert {e.generation for e in heard.of(SocketOpened)[500:]} == {2}
        assert {s.state for s in pool.stats().sockets} == {"open"}


async def test_attempts_may_be_limited() -> None:
    reconnect = Reconnect(max_attempts=2, jitter=lambda: 1.0)
    async with running((), reconnect) as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        network.error = REFUSED
        network.cut()
        info = await socket.wait_closed()
        assert (info.code, info.by) == (1006, "lost")
        assert pool.list() == []
        assert names(heard)[2:] == [
            "ReconnectScheduled",
            "DialFailed",
            "ReconnectScheduled",
            "DialFailed",
            "SocketClosed",
        ]


async def test_retry_decides_and_one_that_raises_is_reported() -> None:
    asked: list[Any] = []

    def retry(cause: DialError | CloseInfo) -> bool | None:
        asked.append(cause)
        match len(asked):
            case 1:
                return True  # though 1008 is fatal
            case 2:
                raise ZeroDivisionError
            case 3:
                return None
            case _:
                return False

    reconnect = Reconnect(retry=retry, jitter=lambda: 1.0)
    async with running((), reconnect) as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        network.error = REFUSED
        network.far.close(1008, "policy")
        info = await socket.wait_closed()
        assert isinstance(asked[0], CloseInfo)
        assert asked[1:] == [REFUSED] * 3
        assert (info.code, info.reason) == (1008, "policy")
        (failed,) = heard.of(SubscriberFailed)
        assert (failed.stream, failed.id) == ("Reconnect.retry", "x")


@pytest.mark.parametrize(
    ("code", "says"),
    [(1008, "the server socket 'x' is gone for good.*1008 'policy'"), (1000, None)],
)
async def test_who_is_given_up_is_told_in_the_log_who_left_normally_is_not(
    caplog: pytest.LogCaptureFixture, code: int, says: str | None
) -> None:
    async with running((), Reconnect(retry=lambda _: False)) as (pool, network, _):
        socket = await pool.add_server_socket(URL, id="x")
        network.far.close(code, "policy")
        await socket.wait_closed()
    told = [r.getMessage() for r in caplog.records if "gone for good" in r.getMessage()]
    assert (len(told), says is not None) in ((1, True), (0, False))
    assert says is None or re.search(says, told[0])


async def test_a_write_is_refused_meanwhile_and_a_send_waits_for_the_next() -> None:
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        network.far.stalled = True
        socket.write("lost")
        await turns()
        network.cut()
        await turns()
        (lost,) = heard.of(WritesLost)
        assert (lost.messages, lost.reason) == (1, "lost")
        with pytest.raises(SocketClosedError, match="is reconnecting"):
            pool.write(Message.of("x", "no"))
        assert pool.write_all("no").closed == ("x",)
        sends = [asyncio.ensure_future(socket.send(str(n))) for n in range(3)]
        await turns()
        sends[1].cancel()
        await asyncio.wait(sends)
        assert not sends[0].exception()
        assert await network.peers[1].heard_texts(2) == ["0", "2"]
        assert socket.stats.failed == {"lost": 1}
        assert socket.stats.refused == 2


async def test_a_send_that_waited_for_room_goes_on_waiting() -> None:
    outbox = Outbox(messages=1, overflow=Overflow.ERROR)
    async with running((), outbox=outbox) as (pool, network, _):
        socket = await pool.add_server_socket(URL)
        network.far.stalled = True
        socket.write("lost")
        sends = [asyncio.ensure_future(socket.send(text)) for text in "ab"]
        await turns()
        network.cut()
        await asyncio.gather(*sends)
        assert await network.peers[1].heard_texts(2) == ["a", "b"]


async def test_a_write_inside_the_event_of_an_opening_is_behind_the_sends_that_wait() -> (
    None
):
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL)
        pool.events.subscribe(
            lambda e: socket.write("second") if isinstance(e, SocketOpened) else None
        )
        network.cut()
        await heard.event(ReconnectScheduled)
        await socket.send("first")
        assert await network.peers[1].heard_texts(2) == ["first", "second"]


async def test_a_socket_that_overflows_is_dialled_again_and_sends_wait() -> None:
    async with running((), outbox=Outbox(messages=1)) as (pool, network, heard):
        socket = await pool.add_server_socket(URL)
        network.far.stalled = True
        socket.write("lost")
        await turns()
        send = asyncio.ensure_future(socket.send("kept"))
        await turns()
        assert pool.write_all("too much").queued == 0
        await send
        assert await network.peers[-1].heard_texts(1) == ["kept"]
        assert heard.of(WritesLost)[0].messages == 1


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("when", [0.0, 0.2, 0.5, 0.6])  # waiting, and dialling
async def test_an_end_while_it_is_away_comes_at_once(
    end: Callable[[Pool], Any], when: float
) -> None:
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")
        network.takes_s = 5.0
        network.cut()
        await heard.event(ReconnectScheduled)
        send = asyncio.ensure_future(socket.send("never"))
        await asyncio.sleep(when)
        at = now()
        end(pool)
        assert (socket.state, pool.list()) == ("closed", [])
        info = await socket.wait_closed()
        assert (info.by, info.error) == ("us", None)
        with pytest.raises(SocketClosedError):
            await send
        await turns()
        assert network.in_flight == 0
        assert now() == at
        assert len(heard.of(SocketClosed)) == 1


@pytest.mark.parametrize(
    "kind", [ReconnectScheduled, DialFailed, SocketOpened, WritesLost]
)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_an_end_inside_any_event_leaves_nothing(
    kind: type[Event], end: Callable[[Pool], Any]
) -> None:
    async with running() as (pool, network, heard):
        socket = await pool.add_server_socket(URL, id="x")

        def react(event: Event) -> None:
            network.error = None if isinstance(event, DialFailed) else network.error
            if isinstance(event, kind) and "x" in pool:
                end(pool)

        pool.events.subscribe(react)
        network.far.stalled = True
        socket.write("lost")
        await turns()
        network.error = REFUSED
        network.cut()
        await socket.wait_closed()
        assert len(heard.of(SocketClosed)) == 1
        assert network.in_flight == 0
