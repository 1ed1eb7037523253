"""Messages and events as they come, and a true account of them."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from ssc_monitor.model.filter import Filter
from ssc_monitor.sources.remote import RemoteSource
from ssc_monitor.tail import TailOptions, tail
from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import (
    NOW,
    FakePool,
    hello,
    reading,
    sample,
    socket_row,
)

BEGIN = reading({"wss://a/": socket_row(1), "b\x1b": socket_row(2)}, begin=True)


def event(sequence: int, name: str, id: str = "wss://a/", **facts: Any) -> wire.Event:
    return wire.Event(sequence, NOW + sequence, name, id, facts)


def batch(*samples: wire.Sample, seen: int = 0, out: int = 0) -> wire.Messages:
    """The first batch after a `Watch`."""
    n = len(samples)
    return wire.Messages(samples, seen or n, n + out, n, out, 0)


class Tail:
    """Runs `tail` into a file."""

    def __init__(self, directory: Path, pool: FakePool, **options: Any) -> None:
        self.said: list[str] = []
        self._path = directory / "out"
        self._out = self._path.open("w", encoding="utf-8")
        self._source = RemoteSource(pool.path)
        self._options = TailOptions(**options)

    async def run(self) -> int:
        with self._out:
            return await tail(self._source, self._options, self._out, self.said.append)

    @property
    def lines(self) -> list[str]:
        return self._path.read_text().splitlines()


async def test_messages_and_events_are_printed_as_they_come(
    monitors: Path, tmp_path: Path
) -> None:
    told = (
        wire.Events((event(1, "SocketOpened", generation=1),)),
        batch(sample(2, b"one"), sample(3, b"\x1b[2J", number=2, direction="out")),
        wire.Events((event(2, "SocketClosed", info={"code": 1000, "by": "us"}),)),
    )
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, *told) as pool:
        run = Tail(tmp_path, pool, limit=4)
        assert await run.run() == 0
        await pool.until(lambda: not pool.viewers)
    assert [line.partition(" ")[2] for line in run.lines] == [
        "event wss://a/  open",
        "in    text         3 wss://a/  one",
        "out   text         4 b␛  ␛[2J",
        "event wss://a/  closed 1000 normal closure, by us",
    ]
    (account,) = run.said
    assert account == (
        "2 messages and 2 events shown; seen 2, matched 2, sent 2, sampled out 0, "
        "dropped 0"
    )


async def test_json_gives_ids_as_they_are(monitors: Path, tmp_path: Path) -> None:
    told = batch(sample(1, b"x", number=2), sample(2, b"y", number=7))
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, told) as pool:
        run = Tail(tmp_path, pool, json=True, limit=2)
        assert await run.run() == 0
    assert [json.loads(line)["id"] for line in run.lines] == ["b\x1b", "#7"]


async def test_it_prints_no_more_lines_than_asked_for(
    monitors: Path, tmp_path: Path
) -> None:
    told = batch(*(sample(n, b"%d" % n) for n in range(1, 100)))
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, told) as pool:
        run = Tail(tmp_path, pool, limit=3)
        assert await run.run() == 0
    assert [line[-1] for line in run.lines] == ["1", "2", "3"]


async def test_events_of_before_are_not_printed(monitors: Path, tmp_path: Path) -> None:
    past = wire.Event(1, NOW - 1, "SocketOpened", "wss://a/", {})
    told = wire.Events((past, event(2, "SubscriberFailed")))
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, told) as pool:
        run = Tail(tmp_path, pool, json=True, limit=1)
        assert await run.run() == 0
    assert [json.loads(line)["event"] for line in run.lines] == ["SubscriberFailed"]


async def test_the_source_is_asked_for_what_the_filter_wants(
    monitors: Path, tmp_path: Path
) -> None:
    def answer(request: wire.Request) -> list[wire.Frame]:
        kept, other = sample(1, b"btc 1"), sample(2, b"btc x")
        return [wire.Events((event(1, "SocketOpened"),)), batch(other, kept, seen=9)]

    filter = Filter.parse(r"btc dir:in /\d/")
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, answer=answer) as pool:
        run = Tail(tmp_path, pool, filter=filter, preview=77, limit=1)
        assert await run.run() == 0
    (watch,) = pool.heard
    assert isinstance(watch, wire.Watch)
    assert watch.messages is not None
    assert (watch.messages.words, watch.messages.direction) == (("btc",), "in")
    assert watch.messages.preview == 77
    assert [line.split("  ")[-1] for line in run.lines] == ["btc 1"]
    assert run.said[0].startswith("1 message and 0 events shown; seen 9, matched 2,")


async def test_what_was_not_sampled_is_told(monitors: Path, tmp_path: Path) -> None:
    async with FakePool(
        monitors / "1-a.sock",
        hello(),
        BEGIN,
        wire.Messages((), 500, 500, 0, 500, 0),
        wire.Messages((sample(1, b"x"),), 1000, 1000, 1, 990, 9),
    ) as pool:
        run = Tail(tmp_path, pool, limit=1)
        assert await run.run() == 0
    assert run.lines[0].strip() == "999 more, not sampled"
    assert (
        "seen 1,000, matched 1,000, sent 1, sampled out 990, dropped 9" in run.said[0]
    )


async def test_a_pool_without_traffic_says_so(monitors: Path, tmp_path: Path) -> None:
    problem = wire.Problem("this pool shows\x1b no messages")
    told = wire.Events((event(1, "SocketOpened"),), missed=3)
    async with FakePool(
        monitors / "1-a.sock", hello(level="stats"), BEGIN, problem, told
    ) as pool:
        run = Tail(tmp_path, pool, limit=1)
        assert await run.run() == 0
    assert run.said[0] == "this pool shows␛ no messages"
    assert run.said[1].endswith("; 3 events missed")


async def test_a_filter_on_a_pool_without_traffic_ends_it(
    monitors: Path, tmp_path: Path
) -> None:
    problem = wire.Problem("this pool shows no messages")
    async with FakePool(
        monitors / "1-a.sock", hello(level="stats"), BEGIN, problem
    ) as pool:
        run = Tail(tmp_path, pool, filter=Filter.parse("btc"))
        assert await run.run() == 1
    assert run.said[0] == "this pool shows no messages"
    assert run.lines == []


async def test_it_ends_when_the_link_is_lost(monitors: Path, tmp_path: Path) -> None:
    told = batch(sample(1, b"x"))
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, told) as pool:
        run = Tail(tmp_path, pool)
        running = asyncio.create_task(run.run())
        await pool.until(lambda: bool(pool.heard))
        await pool.end()
        assert await running == 1
    assert "the pool stopped" in run.said[0]
    assert run.said[1].startswith("1 message and")
    assert len(run.lines) == 1


async def test_it_goes_on_when_it_shall(monitors: Path, tmp_path: Path) -> None:
    told = batch(sample(1, b"x"), seen=10, out=5)
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, told) as pool:
        run = Tail(tmp_path, pool, reattach=True, limit=2)
        running = asyncio.create_task(run.run())
        await pool.until(lambda: bool(pool.heard))
        pool.break_off()
        assert await running == 0
        assert pool.attached == 2
    assert [line[-1] for line in run.lines if "not sampled" not in line] == ["x", "x"]
    lost, again, account = run.said
    assert "link broke" in lost
    assert again == "attached again, to process 4242"
    assert "seen 20, matched 12, sent 2, sampled out 10" in account


async def test_a_reader_that_leaves_ends_it_in_silence(monitors: Path) -> None:
    out, near = os.pipe()
    said: list[str] = []
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        with os.fdopen(near, "w") as stream:
            source = RemoteSource(pool.path)
            running = asyncio.create_task(
                tail(source, TailOptions(), stream, said.append)
            )
            await pool.until(lambda: bool(pool.heard))
            os.close(out)
            assert await running == 0
        await pool.until(lambda: not pool.viewers)
    assert said == []


async def test_what_a_slow_reader_has_no_room_for_is_counted(monitors: Path) -> None:
    many = batch(*(sample(n, b"x" * 4000) for n in range(1, 401)))
    out, near = os.pipe()
    said: list[str] = []
    everything_came = asyncio.Event()

    def say(text: str) -> None:
        said.append(text)
        everything_came.set()

    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, *[many] * 4) as pool:
        with os.fdopen(near, "w") as stream, os.fdopen(out) as reader:
            source = RemoteSource(pool.path)
            options = TailOptions(json=True)
            running = asyncio.create_task(tail(source, options, stream, say))
            await pool.until(lambda: bool(pool.heard))
            await pool.end()
            await everything_came.wait()
            reading = asyncio.create_task(asyncio.to_thread(reader.readlines))
            assert await running == 1
            stream.close()
            lines = await reading
    assert {json.loads(line)["size"] for line in lines} == {4000}
    account = said[-1]
    assert account.startswith(f"{len(lines):,} messages and 0 events shown; seen ")
    assert f"; {1600 - len(lines):,} left out, as the output is too slow" in account


async def test_cancelling_gives_the_account(monitors: Path, tmp_path: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        run = Tail(tmp_path, pool)
        running = asyncio.create_task(run.run())
        await pool.until(lambda: bool(pool.heard))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        await pool.until(lambda: not pool.viewers)
    assert len(run.said) == 1
    assert run.said[0].startswith("0 messages and 0 events shown; seen 0,")
