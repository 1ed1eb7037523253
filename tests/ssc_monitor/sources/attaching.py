"""Attaching to pools, and to what is none, at Unix sockets."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from pathlib import Path

from ssc_monitor.sources.remote import RemoteSource
from ssc_monitor.sources.source import Item
from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import reading, socket_row

READING = reading({"a": socket_row(1)}, begin=True)
EVENTS = wire.Events((wire.Event(1, 1.0, "SocketOpened", "a", {}),))
WATCH = wire.Watch(wire.Selection(words=("btc",)))


@asynccontextmanager
async def watched(source: RemoteSource) -> AsyncIterator[AsyncIterator[Item]]:
    """The frames of a source that is closed in the end."""
    async with aclosing(source.frames()) as frames:
        yield frames
    await source.close()


async def following(frames: AsyncIterator[Item], n: int) -> list[Item]:
    return [await anext(frames) for _ in range(n)]


def next_of(frames: AsyncIterator[Item]) -> asyncio.Task[Item]:
    async def first() -> Item:
        return await anext(frames)

    return asyncio.create_task(first())


def silent_socket(path: Path) -> socket.socket:
    """A socket that lets everybody connect and never says anything."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def dead_socket(path: Path) -> None:
    """What a process leaves behind that was killed."""
    silent_socket(path).close()


@contextmanager
def foreign_process(path: Path) -> Iterator[None]:
    """Another user's process that listens; whose it is, is settled by `listen`."""
    code = (
        "import os, socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]);"
        "os.setuid(65534); s.listen(); print(flush=True); s.accept()[0].recv(1)"
    )
    command = [sys.executable, "-c", code, os.fspath(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield
