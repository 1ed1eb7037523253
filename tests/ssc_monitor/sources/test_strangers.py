"""Refusals, and what is no monitor at all."""

import asyncio
import os
import re
import socket
from pathlib import Path

import pytest

from ssc_monitor.sources.link import attach
from ssc_monitor.sources.remote import hello_of
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from tests.ssc_monitor.fake_pool import FakePool, hello, reading, socket_row
from tests.ssc_monitor.sources.attaching import (
    dead_socket,
    foreign_process,
    silent_socket,
)

READING = reading({"a": socket_row(1)}, begin=True)
EVENTS = wire.Events((wire.Event(1, 1.0, "SocketOpened", "a", {}),))
WATCH = wire.Watch(wire.Selection(words=("btc",)))


async def test_a_refusal_is_told_in_the_pools_own_words(monitors: Path) -> None:
    full = (503, "8 viewers are attached already,\x1b[2J which is the most.\n")
    async with FakePool(monitors / "1-a.sock", refuse=full) as pool:
        with pytest.raises(
            MonitorError, match=r"HTTP 503: 8 viewers .*,␛.*most\.$"
        ) as told:
            await hello_of(pool.path)
    assert str(told.value).isprintable()


async def test_a_pool_of_another_version_says_which_it_speaks(monitors: Path) -> None:
    path = monitors / "1-a.sock"
    async with FakePool(path, hello(), subprotocols=("ssc-monitor.v2",)):
        with pytest.raises(
            MonitorError, match=r"HTTP 400.*ssc-monitor.v2.*monitor.v1;"
        ):
            await hello_of(path)


async def test_a_server_without_the_subprotocol_is_no_monitor(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), subprotocols=()) as pool:
        with pytest.raises(MonitorError, match=r"doesn't speak ssc-monitor\.v1"):
            await hello_of(pool.path)


async def test_the_first_frame_has_to_be_the_hello(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", READING, hello()) as pool:
        with pytest.raises(MonitorError, match="began with 'state'"):
            await hello_of(pool.path)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\x01garbage\r\n\r\n",
        b"HTTP/1.1 101 Yes\r\nUpgrade: \x1b\r\nConnection: Upgrade\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: ws://a/\r\n\r\n",
    ],
)
async def test_what_is_no_monitor_is_told_apart(monitors: Path, answer: bytes) -> None:
    async def say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_unix_server(say, monitors / "1-a.sock")
    async with server:
        with pytest.raises(MonitorError) as told:
            await hello_of(monitors / "1-a.sock")
    assert re.search(
        "without an answer|in HTTP|redirect|is no monitor", str(told.value)
    )
    assert str(told.value).isprintable()


async def test_a_process_that_says_nothing_is_given_up(monitors: Path) -> None:
    with (
        silent_socket(monitors / "1-a.sock"),
        pytest.raises(MonitorError, match=r"did not answer within 0\.05 s"),
    ):
        await hello_of(monitors / "1-a.sock", timeout=0.05)


async def test_a_process_that_says_no_hello_is_given_up(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock") as pool:
        with pytest.raises(MonitorError, match=r"did not answer within 0\.1 s"):
            await hello_of(pool.path, timeout=0.1)
        await pool.until(lambda: not pool.viewers)


async def test_a_process_that_lets_nobody_in_is_given_up_at_once(
    monitors: Path,
) -> None:
    path = monitors / "1-a.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(0)
        with socket.socket(socket.AF_UNIX) as waits:
            waits.connect(str(path))
            with pytest.raises(MonitorError, match="lets nobody in"):
                await hello_of(path)


async def test_only_a_living_socket_is_attached_to(monitors: Path) -> None:
    (monitors / "directory.sock").mkdir()
    (monitors / "file.sock").touch()
    (monitors / "link.sock").symlink_to(monitors / "living.sock")
    dead_socket(monitors / "dead.sock")
    problems = {
        "missing.sock": "there is no monitor at",
        "directory.sock": "is a directory",
        "file.sock": "is a file",
        "file.sock/deeper": "there is no monitor at",
        "link.sock": "symbolic link",
        "dead.sock": "nobody listens",
        "long" * 25 + ".sock": "there is no monitor at",
        "long" * 100 + ".sock": "can't look at",
    }
    async with FakePool(monitors / "living.sock", hello()):
        for name, problem in problems.items():
            with pytest.raises(MonitorError, match=problem):
                await attach(monitors / name)


async def test_a_path_is_shown_as_what_it_is(monitors: Path) -> None:
    with pytest.raises(MonitorError) as told:
        await hello_of(monitors / "\x1b]0;title\x07\udcff")
    assert str(told.value).isprintable()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
async def test_a_process_of_another_user_is_refused(monitors: Path) -> None:
    path = monitors / "1-a.sock"
    refused = pytest.raises(MonitorError, match="user 65534, not to yours")
    with foreign_process(path), refused:
        await hello_of(path)
