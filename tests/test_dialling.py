"""Server sockets that drop are dialled again: in virtual time, on the memory transport."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Literal

import pytest

from ssc_rx import (
    CloseInfo,
    DialError,
    DialFailed,
    Event,
    InvalidOptionError,
    Message,
    Outbox,
    Overflow,
    Pool,
    PoolStartError,
    PoolStats,
    Reconnect,
    ReconnectScheduled,
    Socket,
    SocketClosed,
    SocketClosedError,
    SocketOpened,
    SubscriberFailed,
    WritesLost,
)
from ssc_rx.ports import Transport
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.assertions import assert_accounted, assert_nothing_left
from tests.far_end import Peer
from tests.recorder import Recorder

pytestmark = pytest.mark.virtual_time

URL = "ws://x.example"
REFUSED = DialError(URL, "refused")


class Network:
    """What is dialled: it is up or down, and slow.

    Attributes:
        error: What a dial fails with; `None` while the server is up.
        errors: The same of one URL.
        takes_s: Seconds that a dial takes.
        peers: The far ends of all connections there were.
        dialled: When each dial began, and its URL and headers.
        in_flight: Dials under way now; `most`: the most there were.
    """

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.errors: dict[str, Exception] = {}
        self.takes_s = 0.0
        self.peers: list[Peer] = []
        self.dialled: list[tuple[float, str, Any]] = []
        self.in_flight = self.most = 0

    async def dial(self, url: str, headers: Any) -> Transport:
        self.dialled.append((now(), url, headers))
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        try:
            await asyncio.sleep(self.takes_s)
        finally:
            self.in_flight -= 1
        error = self.errors.get(url, self.error)
        if error is not None:
            raise error.with_traceback(None)
        near, far = memory_pair()
        self.peers.append(Peer(far))
        return near

    @property
    def far(self) -> MemoryTransport:
        """The far end of the last connection."""
        return self.peers[-1].transport

    def cut(self) -> None:
        """Break every connection."""
        for peer in self.peers:
            peer.transport.abort()


class VirtualPool(Pool):
    """A pool that dials a `Network`."""

    network: Network

    async def _dial(self, url: str, options: Any, **how: Any) -> Transport:
        return await self.network.dial(url, how.get("headers"))


def now() -> float:
    return asyncio.get_running_loop().time()


async def turns(n: int = 12) -> None:
    """Let what is due happen, while no time passes."""
    for _ in range(n):
        await asyncio.sleep(0)


@asynccontextmanager
async def running(
    urls: Any = (), reconnect: Reconnect | None = None, **options: Any
) -> AsyncIterator[tuple[VirtualPool, Network, Recorder]]:
    """A pool on a network of its own, and what it says; without jitter by default."""
    reconnect = reconnect or Reconnect(jitter=lambda: 1.0)
    options = {"ping_interval": None, "reconnect": reconnect} | options
    pool = VirtualPool(urls, **options)
    pool.network = Network()
    heard = Recorder(pool)
    async with pool:
        yield pool, pool.network, heard
        assert_accounted(pool)
    assert_accounted(pool)
    await assert_nothing_left()


def scheduled(heard: Recorder) -> list[tuple[int, float]]:
    return [(e.attempt, e.delay) for e in heard.of(ReconnectScheduled)]


def names(heard: Recorder) -> list[str]:
    return [type(e).__name__ for e in heard.events]


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


ENDS: dict[str, Callable[[Pool], Any]] = {
    "remove": lambda pool: pool.remove_socket("x", 4000, "enough"),
    "close": lambda pool: pool["x"].close(4000, "enough"),
    "stop": lambda pool: pool.stop(),
}


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


# on_open


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


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
async def test_an_end_while_on_open_runs(end: Callable[[Pool], Any]) -> None:
    async def wait(_: Socket) -> None:
        await asyncio.get_running_loop().create_future()

    async with running() as (pool, _network, heard):
        adding = asyncio.ensure_future(
            pool.add_server_socket(URL, id="x", on_open=wait)
        )
        await heard.event(SocketOpened)
        await turns()
        end(pool)
        with pytest.raises(SocketClosedError):
            await adding
        assert len(heard.of(SocketClosed)) == 1
        assert heard.of(DialFailed) == []


async def test_an_adding_that_is_cancelled_while_on_open_runs_closes() -> None:
    async def wait(_: Socket) -> None:
        await asyncio.get_running_loop().create_future()

    async with running() as (pool, _network, heard):
        adding = asyncio.ensure_future(
            pool.add_server_socket(URL, id="x", on_open=wait)
        )
        await heard.event(SocketOpened)
        await turns()
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


# Where to, and with what


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
    pool = VirtualPool({"a": URL, "b": URL}, ping_interval=None)
    pool.network = Network()
    pool.network.error = REFUSED
    heard = Recorder(pool)
    with pytest.raises(PoolStartError) as caught:
        await pool.start()
    assert caught.value.exceptions == (REFUSED, REFUSED)
    stats: PoolStats = pool.stats()
    assert (stats.state, stats.dials_failed, pool.list()) == ("stopped", 2, [])
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
