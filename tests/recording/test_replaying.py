"""A recording played again: the same messages, in their time."""

# ruff: noqa: ASYNC240 - the files are small, and in memory

import asyncio
import math
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as rx
from reactivex.testing import TestScheduler

from ssc_rx import InvalidOptionError, Message, MessageType
from ssc_rx import operators as ops
from ssc_rx.recording import RecordingError, replay
from tests.recording.test_reader import END, HEADER

START = 100.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "feed.jsonl"
    path.write_bytes(
        HEADER
        + b'{"t":"event","at_us":0,"name":"SocketOpened","id":"a","facts":{}}\n'
        + b'{"t":"in","at_us":1000000,"id":"a","text":"one"}\n'
        + b'{"t":"out","at_us":1500000,"id":"a","base64":"/w==","control":"ping"}\n'
        + b'{"t":"in","at_us":3000000,"id":"b","base64":"AAE="}\n'
        + END
    )
    return path


ONE = Message("a", MessageType.TEXT, b"one", START + 1)
PING = Message("a", MessageType.PING, b"\xff", START + 1.5)
TWO = Message("b", MessageType.BINARY, b"\x00\x01", START + 3)


async def all_of(stream: Any) -> list[Message]:
    return await stream.pipe(rx.to_list())  # type: ignore[no-any-return]


@pytest.mark.virtual_time
@pytest.mark.parametrize(("speed", "at"), [(1, [1, 3]), (2, [0.5, 1.5]), (0.5, [2, 6])])
async def test_it_takes_the_time_it_took(
    path: Path, speed: float, at: list[float]
) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    times: list[float] = []
    done = asyncio.Event()
    replay(path, speed=speed).subscribe(
        lambda _: times.append(loop.time() - began), on_completed=done.set
    )
    await done.wait()
    assert times == pytest.approx(at, abs=0.002)


async def test_it_can_be_had_at_once(path: Path) -> None:
    got = await all_of(replay(path, speed=math.inf))
    assert got == [ONE, TWO]
    assert [m.time for m in got] == [START + 1, START + 3]


async def test_directions(path: Path) -> None:
    assert await all_of(replay(path, speed=math.inf, direction="out")) == [PING]
    both = await all_of(replay(path, speed=math.inf, direction=None))
    assert both == [ONE, PING, TWO]


def test_it_runs_on_a_test_scheduler(path: Path) -> None:
    scheduler = TestScheduler()
    got: list[tuple[float, Message]] = []
    replay(path, scheduler=scheduler).subscribe(
        lambda m: got.append((scheduler.clock, m))
    )
    scheduler.start()
    assert [m for _, m in got] == [ONE, TWO]
    assert got[1][0] - got[0][0] == pytest.approx(2.0)


async def test_a_pipeline_for_live_messages_runs_on_it(path: Path) -> None:
    stream = replay(path, speed=math.inf).pipe(
        ops.filter(lambda m: m.type is MessageType.TEXT), ops.text()
    )
    assert await all_of(stream) == ["one"]


async def test_each_subscriber_has_it_from_the_beginning(path: Path) -> None:
    stream = replay(path, speed=math.inf)
    assert await all_of(stream) == await all_of(stream) == [ONE, TWO]


@pytest.mark.virtual_time
async def test_disposing_ends_it(path: Path) -> None:
    got: list[Message] = []
    subscription = replay(path).subscribe(got.append)
    await asyncio.sleep(2)
    subscription.dispose()
    await asyncio.sleep(5)
    assert got == [ONE]


async def test_a_subscriber_may_dispose_inside(path: Path) -> None:
    assert await all_of(replay(path, speed=math.inf).pipe(rx.take(1))) == [ONE]


async def test_a_damaged_one_is_played_up_to_there(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(path.read_bytes()[:-60])
    assert ONE in await all_of(replay(path, speed=math.inf))
    assert "line" in caplog.text


def test_wrong_arguments_are_told_at_the_call(path: Path) -> None:
    for speed in (0, -1, math.nan, "fast", True):
        with pytest.raises(InvalidOptionError, match="speed"):
            replay(path, speed=speed)
    with pytest.raises(InvalidOptionError, match="direction"):
        replay(path, direction="up")
    with pytest.raises(RecordingError, match="No such file"):
        replay(path.parent / "nothing")
