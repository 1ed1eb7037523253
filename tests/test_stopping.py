"""`stop(deadline)` with a thousand peers that don't answer."""

import asyncio

import pytest

from ssc_rx import Message, Pool, PoolStopped
from ssc_rx.testing.transport_contract import RecordingReceiver
from ssc_rx.transports.memory import MemoryTransport, memory_pair
from tests.assertions import assert_accounted
from tests.peers import mute, tcp_server
from tests.recorder import Recorder

PEERS = 1000


async def _mute_pool() -> tuple[Pool, list[MemoryTransport]]:
    pool = Pool(ping_interval=None, close_timeout=60.0)
    await pool.start()
    far_ends = []
    for n in range(PEERS):
        near, far = memory_pair()
        far.attach(RecordingReceiver())
        far.answers = False
        far_ends.append(far)
        await pool.add_client_socket(f"peer {n}", near).__aenter__()
    return pool, far_ends


@pytest.mark.virtual_time
@pytest.mark.parametrize("deadline", [0.0, 0.5, 5.0])
async def test_a_thousand_mute_peers_are_cut_off_at_the_deadline(
    deadline: float,
) -> None:
    pool, _ = await _mute_pool()
    heard = Recorder(pool)
    pool.write_all("last words")
    begun = asyncio.get_running_loop().time()
    await pool.stop(deadline)
    assert asyncio.get_running_loop().time() - begun == pytest.approx(deadline)
    assert heard.of(PoolStopped)[0].aborted == PEERS
    stats = pool.stats()
    assert (stats.messages_out, stats.failed, len(pool)) == (PEERS, {}, 0)
    assert_accounted(pool)


@pytest.mark.virtual_time
async def test_what_a_thousand_stalled_peers_did_not_take_is_told_lost() -> None:
    pool, far_ends = await _mute_pool()
    for far in far_ends:
        far.stalled = True
    pool.write_all("last words")
    await pool.stop(1.0)
    stats = pool.stats()
    assert (stats.messages_out, stats.failed) == (0, {"stopped": PEERS})
    assert_accounted(pool)


@pytest.mark.virtual_time
async def test_a_second_stop_can_only_hurry_the_first() -> None:
    loop = asyncio.get_running_loop()
    pool, _ = await _mute_pool()
    begun = loop.time()
    first = pool.stop(20.0)
    await asyncio.sleep(1.0)
    await asyncio.gather(first, pool.stop(3.0), pool.stop(50.0))
    assert loop.time() - begun == pytest.approx(4.0)


@pytest.mark.slow
async def test_a_thousand_mute_peers_on_real_sockets() -> None:
    async with tcp_server(mute) as url:
        pool = Pool(ping_interval=None, close_timeout=60.0)
        await pool.start()
        heard = Recorder(pool)
        adding = (pool.add_server_socket(url, id=f"peer {n}") for n in range(PEERS))
        await asyncio.gather(*adding)
        assert pool.stats().open_sockets == PEERS
        for n in range(0, PEERS, 10):  # more than the operating system takes
            for _ in range(9):
                pool.write(Message.of(f"peer {n}", bytes(400_000)))
        await pool.stop(deadline=0.5)
        assert heard.of(PoolStopped)[0].aborted == PEERS
        assert set(pool.stats().failed) <= {"stopped"}
        assert_accounted(pool)


@pytest.mark.parametrize("deadlines", [(0.1, 600.0), (600.0, 0.1)])
async def test_the_soonest_deadline_is_that_of_handshakes_under_way_too(
    pool: Pool, deadlines: tuple[float, float]
) -> None:
    async def never(_: object) -> None:
        asked.set()
        await asyncio.get_running_loop().create_future()

    asked = asyncio.Event()
    server = await pool.serve(process_request=never, open_timeout=600.0).__aenter__()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await asked.wait()
    async with asyncio.timeout(10):
        await asyncio.gather(*(pool.stop(deadline) for deadline in deadlines))
    writer.transport.abort()
    del reader
