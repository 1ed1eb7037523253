"""Opening handshakes through faults, and coming back after them."""

import pytest
from websockets.exceptions import InvalidMessage

from ssc_rx import (
    DialError,
    DialFailed,
    Message,
    Pool,
    Reconnect,
    SocketOpened,
)
from tests.assertions import assert_accounted, assert_delivered
from tests.fault_proxy import FaultProxy, Stream
from tests.faults.through import (
    Healthy,
    assert_lost,
    connect_to,
    end_of,
    received,
    within,
)
from tests.peers import echo, websocket_server
from tests.recorder import Recorder
from tests.toxics import LimitData, Slicer, Timeout

pytestmark = pytest.mark.slow

# The opening handshake


async def test_a_handshake_a_byte_at_a_time_is_as_good_as_all_at_once(
    pool: Pool, heard: Recorder
) -> None:
    async with (
        pool.serve(id=lambda _: "client") as server,
        FaultProxy(server.url) as proxy,
    ):
        proxy.add(Slicer())
        await pool.add_server_socket(proxy.url, id="server")
        pool.write(Message.of("server", "to the client"))
        pool.write(Message.of("client", "to the server"))
        await heard.messages.reach(2)
    assert_delivered(heard.messages, "client", "to the client")
    assert_delivered(heard.messages, "server", "to the server")


@pytest.mark.parametrize("fault", ["cut", "silent", "down"])
@pytest.mark.parametrize("stream", ["upstream", "downstream"])
async def test_a_dial_through_a_fault_fails_in_time_and_frees_the_id(
    pool: Pool, heard: Recorder, healthy: Healthy, fault: str, stream: Stream
) -> None:
    async with websocket_server(echo) as url, FaultProxy(url) as proxy:
        if fault == "down":
            await proxy.down()
        else:
            proxy.add(LimitData(20) if fault == "cut" else Timeout(), stream)
        async with within(0.2):
            with pytest.raises(DialError):
                await pool.add_server_socket(proxy.url, id="x", open_timeout=0.2)
        assert isinstance(heard.of(DialFailed)[0].error, DialError)
        assert pool.list() == ["healthy"]
        await healthy.echoes()
        await proxy.down()
        proxy.remove()
        await proxy.up()
        await pool.add_server_socket(proxy.url, id="x")
        assert pool.list() == ["healthy", "x"]


@pytest.mark.parametrize("fault", ["cut", "silent"])
async def test_a_request_that_never_arrives_whole_makes_no_socket(
    pool: Pool, heard: Recorder, healthy: Healthy, fault: str
) -> None:
    async with pool.serve(open_timeout=0.2) as server, FaultProxy(server.url) as proxy:
        proxy.add(LimitData(20) if fault == "cut" else Timeout(), "upstream")
        async with within(0.2):
            with pytest.raises((InvalidMessage, EOFError, ConnectionError)):
                await connect_to(proxy.url)
        await healthy.echoes()
    assert [event.id for event in heard.of(SocketOpened)] == ["healthy"]
    assert pool.list() == ["healthy"]


async def test_an_answer_that_is_cut_is_a_socket_that_is_lost(
    pool: Pool, heard: Recorder, healthy: Healthy
) -> None:
    async with (
        pool.serve(id=lambda _: "faulty") as server,
        FaultProxy(server.url) as proxy,
    ):
        proxy.add(LimitData(20), "downstream")
        with pytest.raises((InvalidMessage, EOFError, ConnectionError)):
            await connect_to(proxy.url)
        assert_lost(await end_of(heard))
        await healthy.echoes()


# Coming back


async def test_a_server_socket_comes_back_as_often_as_its_server_does(
    pool: Pool, heard: Recorder, healthy: Healthy
) -> None:
    soon = Reconnect(min_delay=0.01, max_delay=0.05)
    async with websocket_server(echo) as url, FaultProxy(url) as proxy:
        socket = await pool.add_server_socket(proxy.url, id="x", reconnect=soon)
        for generation in (2, 3, 4):
            await proxy.down()
            await healthy.echoes()
            await proxy.up()
            await heard.event(SocketOpened, id="x", generation=generation)
            await socket.send(f"in life {generation}")
            assert (await received(heard, generation - 1, "x"))[-1:] == [
                f"in life {generation}"
            ]
        await pool.remove_socket("x")
        assert_accounted(pool)
