"""The fault proxy does what its names say, and leaves nothing behind."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator

import pytest

from tests.fault_proxy import FaultProxy, Stream
from tests.peers import tcp_server
from tests.toxics import Bandwidth, Latency, LimitData, Slicer, SlowClose, Timeout

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Ends:
    """Both ends of a connection through the proxy: the test is client and server."""

    def __init__(self, proxy: FaultProxy, client: Streams, server: Streams) -> None:
        self.proxy = proxy
        self.client = client
        self.server = server

    def of(self, stream: Stream) -> tuple[asyncio.StreamWriter, asyncio.StreamReader]:
        """Where a stream is written, and where it is read."""
        if stream == "upstream":
            return self.client[1], self.server[0]
        return self.server[1], self.client[0]


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    arrived: asyncio.Queue[Streams] = asyncio.Queue()
    leave = asyncio.Event()

    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await arrived.put((reader, writer))
        await leave.wait()

    async with tcp_server(behave) as url, FaultProxy(url) as proxy:
        client = await connect(proxy)
        yield Ends(proxy, client, await arrived.get())
        client[1].transport.abort()
        leave.set()


async def connect(proxy: FaultProxy) -> Streams:
    host, _, port = proxy.url.removeprefix("ws://").partition(":")
    return await asyncio.open_connection(host, int(port))


@pytest.fixture(params=["upstream", "downstream"])
def stream(request: pytest.FixtureRequest) -> Stream:
    chosen: Stream = request.param
    return chosen


async def test_without_a_toxic_everything_passes(ends: Ends, stream: Stream) -> None:
    writer, reader = ends.of(stream)
    sent = bytes(range(256)) * 4000
    writer.write(sent)
    writer.write_eof()
    assert await reader.read() == sent
    assert ends.proxy.passed_bytes[stream] == len(sent)


async def test_the_end_of_one_stream_leaves_the_other_open(ends: Ends) -> None:
    ends.client[1].write_eof()
    assert await ends.server[0].read() == b""
    ends.server[1].write(b"late")
    assert await ends.client[0].readexactly(4) == b"late"


async def test_latency_delays_and_keeps_the_order(ends: Ends, stream: Stream) -> None:
    clock = asyncio.get_running_loop()
    writer, reader = ends.of(stream)
    ends.proxy.add(Latency(0.02, jitter_s=0.01, seed=1), stream)
    begun = clock.time()
    for byte in b"abc":
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert await reader.readexactly(3) == b"abc"
    assert clock.time() - begun >= 0.01


async def test_a_seed_gives_the_same_jitter_again() -> None:
    async def delays(seed: int) -> list[float]:
        toxic = Latency(1.0, jitter_s=0.5, seed=seed)
        return [toxic.random.random() for _ in range(5)]

    assert await delays(1) == await delays(1) != await delays(2)


async def test_bandwidth_is_what_it_says(ends: Ends, stream: Stream) -> None:
    clock = asyncio.get_running_loop()
    writer, reader = ends.of(stream)
    ends.proxy.add(Bandwidth(100_000), stream)
    begun = clock.time()
    writer.write(bytes(10_000))
    await reader.readexactly(10_000)
    assert clock.time() - begun >= 0.09


async def test_a_slicer_passes_a_byte_at_a_time(ends: Ends, stream: Stream) -> None:
    writer, reader = ends.of(stream)
    ends.proxy.add(Slicer(), stream)
    writer.write(b"sliced")
    first = await reader.read(100)
    assert len(first) < len(b"sliced")
    assert first + await reader.readexactly(6 - len(first)) == b"sliced"


async def test_a_slow_close_delays_the_end_alone(ends: Ends, stream: Stream) -> None:
    clock = asyncio.get_running_loop()
    writer, reader = ends.of(stream)
    ends.proxy.add(SlowClose(0.05), stream)
    writer.write(b"last words")
    writer.write_eof()
    assert await reader.readexactly(10) == b"last words"
    begun = clock.time()
    assert await reader.read() == b""
    assert clock.time() - begun >= 0.02


async def test_a_timeout_swallows_until_it_is_removed(
    ends: Ends, stream: Stream
) -> None:
    writer, reader = ends.of(stream)
    toxic = ends.proxy.add(Timeout(), stream)
    other: Stream = "downstream" if stream == "upstream" else "upstream"
    writer.write(b"swallowed")
    await passes(ends, other)  # which takes the proxy longer than to swallow
    assert ends.proxy.passed_bytes[stream] == 0
    ends.proxy.remove(toxic)
    writer.write(b"again")
    assert await reader.readexactly(5) == b"again"


async def passes(ends: Ends, stream: Stream) -> None:
    """A piece of data goes through, in several turns of the loop."""
    writer, reader = ends.of(stream)
    for _ in range(20):
        writer.write(b".")
        assert await reader.readexactly(1) == b"."


async def test_a_timeout_holds_the_end_back_as_well(ends: Ends) -> None:
    toxic = ends.proxy.add(Timeout())
    ends.client[1].transport.abort()
    reading = asyncio.ensure_future(ends.server[0].read())
    for _ in range(50):
        await asyncio.sleep(0)
    assert not reading.done()
    ends.proxy.remove(toxic)
    assert await reading == b""


async def test_a_timeout_may_end_with_a_cut(ends: Ends, stream: Stream) -> None:
    writer, reader = ends.of(stream)
    ends.proxy.add(Timeout(0.01), stream)
    writer.write(b"swallowed")
    assert await reader.read() == b""


async def test_a_limit_cuts_after_so_many_bytes(ends: Ends, stream: Stream) -> None:
    writer, reader = ends.of(stream)
    ends.proxy.add(LimitData(5), stream)
    writer.write(b"12")
    assert await reader.readexactly(2) == b"12"
    writer.write(b"345678")
    assert await reader.read() == b"345"


async def test_toxics_act_one_upon_the_other(ends: Ends, stream: Stream) -> None:
    writer, reader = ends.of(stream)
    ends.proxy.add(Slicer(), stream)
    ends.proxy.add(LimitData(3), stream)
    writer.write(b"12345")
    assert await reader.read() == b"123"


async def test_a_cut_is_a_fin_for_both(ends: Ends) -> None:
    await ends.proxy.cut()
    assert await ends.client[0].read() == b""
    assert await ends.server[0].read() == b""
    assert ends.proxy.lines == set()


async def test_a_reset_is_an_rst_for_both(ends: Ends) -> None:
    await ends.proxy.reset_peer()
    for reader, _ in (ends.client, ends.server):
        with pytest.raises(ConnectionResetError):
            await reader.read()


async def test_a_reset_of_one_half_reaches_the_other(ends: Ends) -> None:
    writer = ends.client[1]
    ends.proxy.stop()
    ends.server[1].write(b"unread")
    ends.proxy.resume()
    await ends.client[0].readexactly(6)
    reset(writer)
    with pytest.raises(ConnectionResetError):
        await ends.server[0].read()


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with an RST."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def test_a_stop_holds_everything_and_loses_nothing(
    ends: Ends, stream: Stream
) -> None:
    writer, reader = ends.of(stream)
    ends.proxy.stop()
    writer.write(b"held")
    reading = asyncio.ensure_future(reader.readexactly(4))
    for _ in range(50):
        await asyncio.sleep(0)
    assert not reading.done()
    ends.proxy.resume()
    assert await reading == b"held"


async def test_a_server_that_is_down_comes_up_at_the_same_url(ends: Ends) -> None:
    url = ends.proxy.url
    await ends.proxy.down()
    with pytest.raises(ConnectionResetError):
        await ends.client[0].read()
    with pytest.raises(ConnectionRefusedError):
        await connect(ends.proxy)
    await ends.proxy.up()
    assert ends.proxy.url == url
    _, writer = await connect(ends.proxy)
    writer.transport.abort()


async def test_a_server_that_is_not_there_is_an_end_for_the_client() -> None:
    async with tcp_server(lambda r, w: asyncio.sleep(0)) as url:
        pass
    async with FaultProxy(url) as proxy:
        reader, writer = await connect(proxy)
        assert await reader.read() == b""
        writer.transport.abort()


async def test_it_listens_on_loopback_only(ends: Ends) -> None:
    assert ends.proxy.url.startswith("ws://127.0.0.1:")
    assert ends.client[1].get_extra_info("peername")[0] == "127.0.0.1"


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="nothing tells descriptors")
async def test_it_leaves_no_task_and_no_descriptor() -> None:
    async def behave(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.read()

    async with tcp_server(behave) as url:
        before = descriptors()
        async with FaultProxy(url) as proxy:
            proxy.add(Timeout())
            clients = [await connect(proxy) for _ in range(5)]
            for _, writer in clients:
                writer.write(b"held")
            # uvloop loses a connection that was accepted as the accepting is cancelled.
            async with asyncio.timeout(10):
                while len(proxy.lines) < len(clients):  # noqa: ASYNC110
                    await asyncio.sleep(0)
            proxy.stop()
        assert proxy.lines == set()
        names = [task.get_name() for task in asyncio.all_tasks()]
        assert not [name for name in names if name.startswith("fault proxy")]
        for reader, writer in clients:
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.transport.abort()
        async with asyncio.timeout(10):
            while descriptors() > before:  # noqa: ASYNC110 - the far ends close later
                await asyncio.sleep(0)


def descriptors() -> int:
    """How many this process has open."""
    return len(os.listdir("/dev/fd"))
