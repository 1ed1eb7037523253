"""Whom the monitor lets in, and what bad viewers do to it: nothing."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from ssc_rx import Pool
from ssc_rx.monitor import wire
from ssc_rx.monitor.server import MAX_VIEWERS
from tests.far_end import AddPeer
from tests.monitor.viewing import attached

EVERYTHING = wire.Watch(wire.Selection())


# Whom it lets in


async def test_no_more_viewers_than_it_can_serve(watched: Pool) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(MAX_VIEWERS):
            await stack.enter_async_context(attached(watched.monitor_path))
        with pytest.raises(InvalidStatus) as refused:
            await stack.enter_async_context(attached(watched.monitor_path))
        assert refused.value.response.status_code == 503
        assert b"8 viewers" in refused.value.response.body
    async with attached(watched.monitor_path):
        pass  # there is room again


async def test_no_page_of_a_browser(watched: Pool) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with attached(watched.monitor_path, origin="http://localhost"):
            pass
    assert refused.value.response.status_code == 403


async def test_no_viewer_of_another_protocol(watched: Pool) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with attached(watched.monitor_path, subprotocols=["ssc-monitor.v9"]):
            pass
    assert refused.value.response.status_code == 400
    assert wire.SUBPROTOCOL.encode() in refused.value.response.body


async def test_a_viewer_of_several_protocols_gets_ours(watched: Pool) -> None:
    both = ["ssc-monitor.v9", wire.SUBPROTOCOL]
    async with attached(watched.monitor_path, subprotocols=both) as viewing:
        assert viewing.connection.subprotocol == wire.SUBPROTOCOL


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_no_other_user(watched: Pool) -> None:
    path = watched.monitor_path
    assert path is not None
    # The directory keeps others out; let one in, to see the second guard.
    path.parent.chmod(0o711)
    path.parent.parent.chmod(0o711)
    path.chmod(0o666)
    code = f"""
import os, socket
os.setuid(65534)
s = socket.socket(socket.AF_UNIX); s.connect({str(path)!r})
s.sendall(b"GET / HTTP/1.1\\r\\nHost: a\\r\\nUpgrade: websocket\\r\\n"
    b"Connection: Upgrade\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n"
    b"Sec-WebSocket-Version: 13\\r\\n"
    b"Sec-WebSocket-Protocol: ssc-monitor.v1\\r\\n\\r\\n")
print(s.recv(12))
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=subprocess.PIPE
    )
    output, _ = await process.communicate()
    assert output == b"b'HTTP/1.1 403'\n"


# Bad viewers


@pytest.mark.parametrize(
    "garbage", [b"\xff", b"{}", b"[]", b"x" * 1000, b'{"t":"watch","messages":7}']
)
async def test_garbage_is_answered_by_a_close(watched: Pool, garbage: bytes) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.connection.send(garbage)
        with pytest.raises(ConnectionClosed) as closed:
            await viewing.until(lambda: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1002


async def test_requests_of_a_later_version_are_ignored(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        await viewing.connection.send('{"t":"teleport"}')
        await viewing.reading()
        await viewing.reading()


async def test_a_line_of_a_gibibyte_is_not_read(watched: Pool) -> None:
    async with attached(watched.monitor_path) as viewing:
        header = bytes([0x81, 0xFF]) + (1 << 30).to_bytes(8, "big") + bytes(4)
        viewing.connection.transport.write(header)
        with pytest.raises(ConnectionClosed) as closed:
            await viewing.until(lambda: False)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


async def test_half_a_request_harms_nobody(watched: Pool, add_peer: AddPeer) -> None:
    peer = await add_peer("a")
    async with (
        attached(watched.monitor_path) as dribbling,
        attached(watched.monitor_path) as viewing,
    ):
        dribbling.connection.transport.write(bytes([0x81, 0xFE, 0x01]))
        await viewing.ask(EVERYTHING)
        await viewing.hear(wire.Messages)
        peer.send("hello")
        await viewing.until(lambda: viewing.samples)
        await dribbling.reading()


@pytest.mark.parametrize("words", [b"", b"GET", b"\x16\x03\x01", b"\x00" * 100])
async def test_a_stranger_leaves_no_trace(
    watched: Pool, words: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = watched.monitor_path
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.connect(str(path))
        stranger.sendall(words)
    async with attached(path) as viewing:
        await viewing.reading()
    assert caplog.text == ""


async def test_a_flood_of_requests_waits_its_turn(
    watched: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    loop = asyncio.get_running_loop()
    async with attached(watched.monitor_path) as viewing:
        await viewing.reading()
        began = loop.time()
        for _ in range(30):
            await viewing.ask(wire.Inspect(1))
        await viewing.until(lambda: len(viewing.of(wire.Details)) == 30)
        assert loop.time() - began > 0.5  # 50 a second
        for _ in range(30):
            await viewing.ask(EVERYTHING)
        await viewing.reading()


VIEWER = """
import asyncio, sys
from tests.monitor.viewing import attached
async def main():
    async with attached(sys.argv[1]) as viewing:
        await viewing.reading()
        print("attached", flush=True)
        await viewing.until(lambda: False)
asyncio.run(main())
"""


async def test_a_viewer_that_is_killed_leaves_nothing_behind(
    watched: Pool, add_peer: AddPeer
) -> None:
    await add_peer("a")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", VIEWER, str(watched.monitor_path)),
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"attached\n"
    async with attached(watched.monitor_path) as viewing:
        assert (await viewing.reading()).viewers == 2
        process.send_signal(signal.SIGKILL)
        await process.wait()
        while (await viewing.reading()).viewers != 1:
            pass
    names = sorted(task.get_name() for task in asyncio.all_tasks())
    assert sum("viewer" in name for name in names) <= 1
