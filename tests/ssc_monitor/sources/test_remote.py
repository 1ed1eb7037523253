"""Attaching to a monitor, losing it, and finding it again."""

import asyncio
import os
from pathlib import Path

import pytest

from ssc_monitor.sources.remote import RemoteSource, find
from ssc_monitor.sources.source import Attached, Lost
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from tests.ssc_monitor.fake_pool import FakePool, hello, reading, socket_row
from tests.ssc_monitor.sources.attaching import (
    dead_socket,
    following,
    next_of,
    silent_socket,
    watched,
)

READING = reading({"a": socket_row(1)}, begin=True)
EVENTS = wire.Events((wire.Event(1, 1.0, "SocketOpened", "a", {}),))
WATCH = wire.Watch(wire.Selection(words=("btc",)))


# Attaching


async def test_it_gives_the_hello_and_then_every_frame_in_order(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), READING, EVENTS) as pool:
        source = RemoteSource(pool.path)
        assert source.name == "1-a.sock"
        async with watched(source) as frames:
            assert await following(frames, 4) == [
                Attached(pool.path, hello()),
                hello(),
                READING,
                EVENTS,
            ]
            assert source.name == "feeds"


async def test_frames_of_later_versions_are_skipped(monitors: Path) -> None:
    later = b'{"t":"weather","sun":true}'
    async with (
        FakePool(monitors / "1-a.sock", later, hello(), later, READING) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        assert (await following(frames, 3))[1:] == [hello(), READING]


async def test_requests_arrive_in_order(monitors: Path) -> None:
    requests: list[wire.Request] = [WATCH, wire.Get(7), wire.Inspect(1), wire.Watch()]
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        source = RemoteSource(pool.path)
        async with watched(source) as frames:
            await following(frames, 2)
            for request in requests[:-1]:
                source.request(request)
            await pool.until(lambda: len(pool.heard) == 3)
            source.request(requests[-1])
            await pool.until(lambda: len(pool.heard) == 4)
    assert pool.heard == requests


async def test_of_watches_that_wait_the_newest_is_sent(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        source = RemoteSource(pool.path)
        async with watched(source) as frames:
            await following(frames, 2)
            for word in "abc":
                source.request(wire.Watch(wire.Selection(words=(word,))))
            for number in range(1000):
                source.request(wire.Inspect(number))
            await pool.until(lambda: len(pool.heard) >= 64)
    assert pool.heard[0] == wire.Watch(wire.Selection(words=("c",)))
    assert pool.heard[1:] == [wire.Inspect(n) for n in range(63)]


async def test_without_a_link_requests_are_dropped_but_for_the_last_watch(
    monitors: Path,
) -> None:
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        source = RemoteSource(pool.path)
        source.request(wire.Get(1))
        source.request(wire.Watch())
        source.request(WATCH)
        async with watched(source) as frames:
            await following(frames, 1)
            await pool.until(lambda: bool(pool.heard))
    assert pool.heard == [WATCH]


# Losing and finding again


async def test_a_pool_that_stops_says_so(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello()) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        await following(frames, 2)
        await pool.end("the pool\x07 stopped")
        lost = await anext(frames)
    assert lost == Lost("the process ended the link: the pool␇ stopped (1001)")


async def test_a_pool_that_ends_without_a_reason(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello()) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        await following(frames, 2)
        await pool.end("")
        assert await anext(frames) == Lost("the process ended the link (1001)")


async def test_a_broken_link_is_opened_again_at_the_same_path(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        source = RemoteSource(pool.path)
        source.request(WATCH)
        async with watched(source) as frames:
            await following(frames, 2)
            await pool.until(lambda: pool.heard == [WATCH])
            pool.break_off()
            lost = await anext(frames)
            assert isinstance(lost, Lost)
            assert lost.retry
            assert "link broke" in lost.reason
            assert await following(frames, 2) == [Attached(pool.path, hello()), hello()]
            await pool.until(lambda: pool.heard == [WATCH, WATCH])


async def test_a_program_that_was_started_anew_is_found_at_its_new_path(
    monitors: Path,
) -> None:
    again = hello(pid=2, started_at=2e9)
    async with (
        FakePool(monitors / "9-z.sock", hello(pool="another")) as other,
        FakePool(monitors / "8-y.sock", hello(program="other.py")),
        FakePool(monitors / "7-x.sock", refuse=(503, "Full.")),
        FakePool(monitors / "1-a.sock", hello()) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        await following(frames, 2)
        await pool.end()
        assert isinstance(await anext(frames), Lost)
        looking = next_of(frames)
        await other.until(lambda: other.attached > 0)
        async with FakePool(monitors / "2-b.sock", again) as successor:
            assert await looking == Attached(successor.path, again)
            assert await anext(frames) == again
    assert other.attached == 1  # it is known not to be the one


async def test_a_forwarded_socket_has_no_successor_on_this_machine(
    monitors: Path,
) -> None:
    forwarded = monitors.parent / "there.sock"
    async with (
        FakePool(monitors / "1-a.sock", hello()) as here,
        FakePool(forwarded, hello()) as pool,
        watched(RemoteSource(forwarded)) as frames,
    ):
        await following(frames, 2)
        await pool.end()
        assert isinstance(await anext(frames), Lost)
        looking = next_of(frames)
        async with FakePool(forwarded, hello(pid=2)):
            assert await looking == Attached(forwarded, hello(pid=2))
    assert here.attached == 0


async def test_garbage_ends_the_link_with_its_reason(monitors: Path) -> None:
    garbage = b'{"t":"state","time":"\\u001b[2J"}'
    async with (
        FakePool(monitors / "1-a.sock", hello(), garbage) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        _, _, lost = await following(frames, 3)
        assert isinstance(lost, Lost)
        assert "not a frame of ssc-monitor.v1" in lost.reason
        assert lost.reason.isprintable()
        assert isinstance(await anext(frames), Attached)


async def test_a_frame_without_end_ends_the_link(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), b" " * (9 << 20)) as pool,
        watched(RemoteSource(pool.path)) as frames,
    ):
        _, _, lost = await following(frames, 3)
        assert isinstance(lost, Lost)
        assert "(1009)" in lost.reason


async def test_why_there_is_no_link_is_told_once(monitors: Path) -> None:
    path = monitors / "1-a.sock"
    async with watched(RemoteSource(path)) as frames:
        lost = await anext(frames)
        assert isinstance(lost, Lost)
        assert "there is no monitor" in lost.reason
        looking = next_of(frames)
        async with FakePool(path, refuse=(403, "Another user's.")):
            told = await looking
            assert isinstance(told, Lost)
            assert "Another user's." in told.reason
        looking = next_of(frames)
        async with FakePool(path, hello()):
            assert await looking == Attached(path, hello())


# Closing


async def test_closing_ends_a_link(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), READING) as pool:
        source = RemoteSource(pool.path)
        frames = source.frames()
        await following(frames, 3)
        waiting = asyncio.create_task(anext(frames, None))
        await source.close()
        assert await waiting is None
        assert [item async for item in source.frames()] == []
        await pool.until(lambda: not pool.viewers)
        await source.close()


async def test_closing_ends_an_attempt(monitors: Path) -> None:
    with silent_socket(monitors / "1-a.sock") as listener:
        source = RemoteSource(monitors / "1-a.sock")
        waiting = asyncio.create_task(anext(source.frames(), None))
        listener.setblocking(False)
        loop = asyncio.get_running_loop()
        peer, _ = await loop.sock_accept(listener)
        with peer:
            assert await loop.sock_recv(peer, 3) == b"GET"
            await source.close()
            assert await waiting is None


async def test_closing_ends_a_pause(monitors: Path) -> None:
    source = RemoteSource(monitors / "1-a.sock")
    frames = source.frames()
    assert isinstance(await anext(frames), Lost)
    waiting = asyncio.create_task(anext(frames, None))
    await asyncio.sleep(0)
    await source.close()
    assert await waiting is None


async def test_a_reader_that_is_cancelled_leaves_nothing(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        source = RemoteSource(pool.path)

        async def read() -> None:
            async for _ in source.frames():
                pass

        reader = asyncio.create_task(read())
        await pool.until(lambda: bool(pool.viewers))
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        await pool.until(lambda: not pool.viewers)
    assert len(asyncio.all_tasks()) == 1


# Finding


async def test_pools_are_found_by_pid_name_and_path(monitors: Path) -> None:
    (monitors / "note.sock").touch()
    dead_socket(monitors / "7-dead.sock")
    odd = hello(pid=12, pool="odd/\x1b", started_at=1.0)
    async with (
        FakePool(monitors / "11-a.sock", hello(pid=11)) as one,
        FakePool(monitors / "12-b.sock", odd) as two,
        FakePool(monitors / "13-c.sock", refuse=(503, "Full.")) as full,
    ):
        assert {found.path for found in await find()} == {one.path, two.path, full.path}
        for target, path in {
            "11": one.path,
            "feeds": one.path,
            str(one.path): one.path,
            "11-a.sock": one.path,
            "odd/\x1b": two.path,
            "odd/␛": two.path,
            "13": full.path,
        }.items():
            assert [found.path for found in await find(target)] == [path]
        for target in ("1", "nobody", "", "/nowhere/x.sock"):
            assert await find(target) == []
        (found,) = await find("13")
        assert found.hello is None
        assert "HTTP 503: Full." in found.problem
        (found,) = await find(str(monitors))
        assert "is a directory" in found.problem


async def test_a_directory_that_others_can_write_is_not_searched(
    monitors: Path,
) -> None:
    os.chmod(monitors, 0o777)
    with pytest.raises(MonitorError, match="open to others"):
        await find()
