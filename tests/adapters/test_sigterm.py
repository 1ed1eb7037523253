"""A web server is told to end while its clients are busy."""

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from tests.adapters.checks import close_seen, connected
from tests.adapters.process import HostProcess, host_process
from tests.adapters.rows import ROWS

CLIENTS = 8


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
async def test_sigterm_under_load_closes_every_client_and_accounts_for_every_write(
    name: str, tmp_path: Path
) -> None:
    with host_process(name, tmp_path) as host:
        peers = [await _busy(host) for _ in range(CLIENTS)]
        writing = [asyncio.create_task(_write_on(peer)) for peer in peers[::2]]
        host.terminate()
        seen = await asyncio.gather(*map(close_seen, peers))
        await asyncio.gather(*writing)
        await asyncio.to_thread(host.wait_ended)
        assert_accounted(host)
    codes = [told.split()[0] for told in seen]
    assert set(codes[1::2]) <= set(ROWS[name].sigterm.listening.split(" or "))
    assert set(codes[::2]) <= set(ROWS[name].sigterm.talking.split(" or "))


async def _busy(host: HostProcess) -> ClientConnection:
    """A client to which the pool writes."""
    peer = await connected(host.url("load", host.new_id("load")))
    await peer.recv()
    return peer


async def _write_on(peer: ClientConnection) -> None:
    try:
        while True:
            await peer.send(bytes(1024))
            await asyncio.sleep(0)
    except ConnectionClosed:
        pass


def assert_accounted(host: HostProcess) -> None:
    """Its pool has told its end: every accepted write is accounted for."""
    stopped = host.all_said("stopped")
    assert stopped, host.complaints()
    assert all(said["balanced"] for said in stopped), stopped
