"""A pool's counters, read by Prometheus."""

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from urllib.request import urlopen

import pytest
from prometheus_client import CollectorRegistry, generate_latest, start_http_server
from prometheus_client.openmetrics.exposition import generate_latest as open_metrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import REGISTRY, DuplicateTimeseries
from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request

from ssc_rx import (
    DialError,
    InvalidOptionError,
    Message,
    Outbox,
    Overflow,
    Pool,
    Reconnect,
)
from ssc_rx import operators as ops
from ssc_rx.metrics import PoolCollector
from ssc_rx.transports.memory import memory_pair
from tests.far_end import AddPeer, Peer
from tests.peers import echo, mute, tcp_server, websocket_server
from tests.recorder import Recorder

MakePool = Callable[..., Pool]
Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scraped(collector: PoolCollector) -> Samples:
    """All samples, by the way that Prometheus takes: rendered, and parsed strictly."""
    registry = CollectorRegistry(auto_describe=True)
    registry.register(collector)
    text = open_metrics(registry).decode()  # type: ignore[no-untyped-call]
    families = text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in families
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float:
    """The sum of the samples that have these labels."""
    return sum(
        value
        for (sample, having), value in samples.items()
        if sample == name and labels.items() <= having
    )


async def test_connections_and_their_ends_are_counted_by_kind_and_code(
    pool: Pool, heard: Recorder
) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.recv()
        await connection.close(4123, "bye")

    async with websocket_server(leave) as url, pool.serve(id=lambda _: "in") as server:
        out = await pool.add_server_socket(url, id="out")
        await pool.add_server_socket(server.url, id="round")
        now = scraped(PoolCollector(pool))
        assert of(now, "ssc_connections", kind="server", state="open") == 2
        assert of(now, "ssc_connections", kind="client", state="open") == 1
        assert of(now, "ssc_connections") == 3
        out.write("go")
        await out.wait_closed()
        await pool.remove_socket("round")
        await heard.events.until(lambda: not len(pool))
    now = scraped(PoolCollector(pool))
    assert of(now, "ssc_connections") == 0
    assert of(now, "ssc_connections_opened_total", kind="server") == 2
    assert of(now, "ssc_connections_opened_total", kind="client") == 1
    closed = "ssc_connections_closed_total"
    assert of(now, closed, kind="server", code="4xxx") == 1
    assert of(now, closed, kind="server", code="1000") == 1
    assert of(now, closed, kind="client", code="1000") == 1
    assert of(now, closed) == 3


async def test_each_connection_of_a_socket_that_is_dialled_again_is_counted(
    make_pool: MakePool,
) -> None:
    async def hang_up(connection: ServerConnection) -> None:
        await connection.close(1012, "restarting")

    pool = make_pool(ping_interval=None, reconnect=Reconnect(min_delay=0.001))
    heard = Recorder(pool)
    async with websocket_server(hang_up) as url:
        await pool.start()
        socket = await pool.add_server_socket(url, id="x")
        await heard.events.until(lambda: socket.generation == 3)
        await pool.remove_socket("x")
    now = scraped(PoolCollector(pool))
    assert of(now, "ssc_connections_opened_total") == 3
    assert of(now, "ssc_connections_closed_total") == 3
    assert of(now, "ssc_connections_closed_total", code="1012") >= 2


async def test_failed_dials_are_counted_by_reason(pool: Pool) -> None:
    async with tcp_server(mute) as url:
        refused = url  # once the server has gone
    async with websocket_server(process_request=lambda c, r: c.respond(404, "")) as url:
        for bad in (refused, url):
            with pytest.raises(DialError):
                await pool.add_server_socket(bad)
    with pytest.raises(DialError):
        await pool.add_server_socket(lambda: str(1 / 0), id="x")
    now = scraped(PoolCollector(pool))
    for reason in ("network", "http", "function"):
        assert of(now, "ssc_connect_failures_total", reason=reason) == 1
    assert of(now, "ssc_connect_failures_total") == pool.stats().dials_failed == 3


async def test_peers_that_are_not_let_in_are_counted_by_reason(pool: Pool) -> None:
    def judge(request: Request) -> str:
        if request.path == "/forbidden":
            raise PermissionError
        if request.path == "/broken":
            raise KeyError
        return request.path.strip("/")

    async with pool.serve(id=judge, open_timeout=0.2) as server:
        await pool.add_server_socket(server.url + "/taken", id="out")
        for path in ("taken", "forbidden", "broken", ""):
            with pytest.raises(DialError):
                await pool.add_server_socket(f"{server.url}/{path}", id="again")
        with pytest.raises(DialError):
            await pool.add_server_socket(
                server.url + "/page",
                id="page",
                headers={"Origin": "https://evil.example"},
            )
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\n")  # and nothing more
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")  # no WebSocket
        assert b"426" in await reader.read()
        writer.close()
    now = scraped(PoolCollector(pool))
    reasons = ("duplicate", "forbidden", "error", "id", "origin", "timeout", "request")
    for reason in reasons:
        assert of(now, "ssc_handshakes_refused_total", reason=reason) == 1
    assert sum(pool.stats().handshakes_refused.values()) == len(reasons)


async def test_messages_and_losses_are_counted_and_stay_when_sockets_go(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    collector = PoolCollector(pool)
    bound = Outbox(messages=1, overflow=Overflow.DROP_NEWEST)
    peer: Peer = await add_peer("x", outbox=bound)
    peer.send("four")
    await heard.messages.reach(1)
    pool.write(Message.of("x", "out"))
    peer.transport.stalled = True
    for _ in range(3):
        pool.write(Message.of("x", "waits, or is dropped"))
    with pytest.raises(InvalidOptionError):
        pool.remove_socket("x", 7)
    with pytest.raises(Exception, match="UTF-8"):
        pool.write(Message("x", payload=b"\xff"))
    before = scraped(collector)
    assert of(before, "ssc_send_queue_messages") == 1
    assert of(before, "ssc_messages_total", direction="in") == 1
    assert of(before, "ssc_messages_total", direction="out") == 1
    assert of(before, "ssc_message_bytes_total", direction="in") == 4
    assert of(before, "ssc_message_bytes_total", direction="out") == 3
    assert of(before, "ssc_dropped_messages_total", where="outbox_newest") == 2
    assert of(before, "ssc_dropped_messages_total", where="refused") == 1
    await pool.stop(0)
    after = scraped(collector)
    assert of(after, "ssc_send_queue_messages") == 0
    assert of(after, "ssc_dropped_messages_total", where="link_stopped") == 1
    assert_monotonic(before, after)


async def test_faults_of_subscribers_and_payloads_are_counted(
    pool: Pool, heard: Recorder, add_peer: AddPeer
) -> None:
    pool.messages.subscribe(lambda _: 1 / 0)
    pool.messages.pipe(ops.json()).subscribe(print)
    peer: Peer = await add_peer("x")
    peer.send("no JSON")
    await heard.messages.reach(1)
    now = scraped(PoolCollector(pool))
    assert of(now, "ssc_subscriber_errors_total") == 1
    assert of(now, "ssc_invalid_payloads_total") == 1
    assert of(now, "ssc_loop_lags_total") == pool.stats().loop_lags


@pytest.mark.virtual_time
async def test_round_trips_of_pings_are_a_histogram() -> None:
    async with Pool(ping_interval=10) as pool:
        near, far = memory_pair()
        far.attach(Peer(far).heard)
        async with pool.add_client_socket("x", near):
            await asyncio.sleep(1000)
            now = scraped(PoolCollector(pool))
    count = of(now, "ssc_ping_rtt_seconds_count")
    assert 99 <= count <= 100
    assert of(now, "ssc_ping_rtt_seconds_bucket", le="0.001") == count
    assert of(now, "ssc_ping_rtt_seconds_bucket", le="+Inf") == count
    assert of(now, "ssc_ping_rtt_seconds_sum") == 0  # memory takes no time


async def test_no_label_tells_an_id_a_url_or_a_reason(pool: Pool) -> None:
    async with websocket_server(echo) as url:
        secret = f"{url.replace('ws://', 'ws://user:secret@')}/secret?token=secret"
        socket = await pool.add_server_socket(secret, tags=["secret"])
        await socket.close(4000, "secret")
        registry = CollectorRegistry()
        registry.register(PoolCollector(pool))
        text = generate_latest(registry).decode()
        assert "secret" not in text
        assert url not in text


# Scrapes while the pool works, from another thread


def assert_monotonic(before: Samples, after: Samples) -> None:
    """No counter is below what it was."""
    for key, value in before.items():
        if key[0].endswith(("_total", "_count", "_sum", "_bucket")):
            assert after[key] >= value, key


async def churn(pool: Pool, stop: threading.Event) -> int:
    """Open, use and close sockets, some by replacement; gives how many messages."""
    written = 0
    while not stop.is_set():
        near, far = memory_pair()
        peer = Peer(far)
        async with pool.add_client_socket("x", near) as socket:
            for _ in range(20):
                peer.send("in")
                socket.write("out")
                written += 1
            await asyncio.sleep(0)
            if written % 40 == 0:  # else it is closed
                near, far = memory_pair()
                far.attach(Peer(far).heard)
                async with pool.add_client_socket("x", near):
                    await asyncio.sleep(0)
    return written


@pytest.fixture
def threads_in_turns() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("threads_in_turns")
async def test_under_load_no_counter_ever_goes_down(make_pool: MakePool) -> None:
    pool = make_pool(ping_interval=None, on_duplicate="replace")
    await pool.start()
    collector = PoolCollector(pool)
    stop = threading.Event()

    def scrape() -> int:
        scrapes, last = 0, scraped(collector)
        try:
            while of(last, "ssc_messages_total", direction="out") < 2_000:
                now = scraped(collector)
                assert_monotonic(last, now)
                assert 0 <= of(now, "ssc_connections") <= 2
                last = now
                scrapes += 1
        finally:
            stop.set()
        return scrapes

    scraping = asyncio.create_task(asyncio.to_thread(scrape))
    written = await churn(pool, stop)
    assert await scraping > 0
    await pool.stop()
    now = scraped(collector)
    lost = of(now, "ssc_dropped_messages_total")
    assert of(now, "ssc_messages_total", direction="out") + lost == written


# Registries


async def test_prometheus_s_own_server_serves_it_from_its_thread(pool: Pool) -> None:
    registry = CollectorRegistry()
    registry.register(PoolCollector(pool))
    server, thread = start_http_server(0, "127.0.0.1", registry)

    def get() -> str:
        with closing(urlopen(f"http://127.0.0.1:{server.server_port}")) as answer:
            return str(answer.read().decode())

    try:
        text = await asyncio.to_thread(get)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert f'ssc_send_queue_messages{{pool="{pool.name}"}} 0.0' in text


def test_several_pools_are_told_apart_by_their_names() -> None:
    one, two = Pool(name="one"), Pool(name="two")
    collector = PoolCollector(one)
    collector.add(two)
    collector.add(two)
    now = scraped(collector)
    assert {dict(labels)["pool"] for _, labels in now} == {"one", "two"}
    collector.remove(one)
    collector.remove(one)
    assert {dict(labels)["pool"] for _, labels in scraped(collector)} == {"two"}


def test_a_registry_takes_one_and_knows_its_names() -> None:
    pool = Pool()
    collector = PoolCollector(pool)
    with registered(collector):
        with pytest.raises(DuplicateTimeseries):
            REGISTRY.register(PoolCollector(pool))
        some = REGISTRY.restricted_registry(["ssc_send_queue_messages"])
        assert b"ssc_send_queue_messages" in generate_latest(some)


@contextmanager
def registered(collector: PoolCollector) -> Iterator[None]:
    REGISTRY.register(collector)
    try:
        yield
    finally:
        REGISTRY.unregister(collector)


async def test_a_new_pool_has_zeros_and_a_stopped_one_what_it_had(
    make_pool: MakePool,
) -> None:
    pool = make_pool()
    collector = PoolCollector(pool)
    new = scraped(collector)
    assert set(new.values()) == {0}
    async with pool, websocket_server(echo) as url:
        await pool.add_server_socket(url)
    stopped = scraped(collector)
    assert_monotonic(new, stopped)
    assert of(stopped, "ssc_connections_closed_total", code="1001") == 1


async def test_a_stopped_pool_gives_way_to_one_of_its_name(make_pool: MakePool) -> None:
    async with make_pool(name="feed") as first:
        collector = PoolCollector(first)
        second = make_pool(name="feed")
        with pytest.raises(InvalidOptionError, match="give each a name"):
            collector.add(second)
    collector.add(second)
    assert len([name for name, _ in scraped(collector) if "queue" in name]) == 1


def test_it_holds_no_pool_and_the_series_of_one_that_is_gone_end() -> None:
    collector = PoolCollector(Pool(name="gone"))
    gc.collect()
    assert scraped(collector) == {}
    collector.add(Pool(name="gone"))


def test_what_is_no_pool_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="not list"):
        PoolCollector([Pool()])  # type: ignore[arg-type]


def test_a_name_that_is_no_unicode_is_escaped() -> None:
    pool = Pool(name='a"b\ud800\n')
    now = scraped(PoolCollector(pool))
    assert {dict(labels)["pool"] for _, labels in now} == {'a"b\\ud800\n'}


def test_without_prometheus_s_client_the_error_tells_what_to_install() -> None:
    code = "import sys; sys.modules['prometheus_client'] = None; import ssc_rx.metrics"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'ssc-rx[prometheus]'" in run.stderr.splitlines()[-1]
