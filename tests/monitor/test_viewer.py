"""One viewer: what it misses when it is slow, and when it is cut off."""

import asyncio
from typing import Any

import pytest

from ssc_rx.monitor import wire
from ssc_rx.monitor.chronicle import Chronicle
from ssc_rx.monitor.roll import Roll
from ssc_rx.monitor.survey import Survey
from ssc_rx.monitor.viewer import PATIENCE_S, Viewer
from tests.monitor.fakes import FakePool
from tests.monitor.viewing import turns

pytestmark = pytest.mark.virtual_time


class Slow:
    """A connection whose peer reads when it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.sent: list[wire.Frame] = []
        self.aborted = False
        self.transport: Any = self

    async def send(self, data: bytes, *, text: bool) -> None:
        await self.reads.wait()
        frame = wire.decode_frame(data)
        assert text
        assert frame is not None
        self.sent.append(frame)

    def abort(self) -> None:
        self.aborted = True


class Broken(Slow):
    """A connection that fails as none should."""

    async def send(self, data: bytes, *, text: bool) -> None:
        raise RuntimeError("a fault")


def make(connection: Slow | None = None) -> tuple[FakePool, Survey, Slow, Viewer]:
    pool, roll, connection = FakePool(), Roll(), connection or Slow()
    survey = Survey(pool, roll)
    viewer = Viewer(connection, survey, Chronicle(pool, roll))  # type: ignore[arg-type]
    return pool, survey, connection, viewer


async def test_a_viewer_that_reads_nothing_is_cut_off() -> None:
    _, survey, connection, viewer = make()
    loop = asyncio.get_running_loop()
    frames, _ = await survey.read(0.0, 1)
    viewer.publish(frames)
    await viewer.pump()
    assert connection.aborted
    assert loop.time() == pytest.approx(PATIENCE_S)
    assert viewer.idle.is_set()


async def test_one_that_was_busy_is_told_all_anew() -> None:
    pool, survey, connection, viewer = make()
    socket = pool.add("a")
    pump = asyncio.ensure_future(viewer.pump())
    viewer.publish((await survey.read(0.0, 1))[0])
    socket.receive()
    viewer.publish((await survey.read(0.0, 1))[0])  # missed
    viewer.publish(())
    assert not viewer.idle.is_set()
    connection.reads.set()
    await turns()
    assert viewer.idle.is_set()
    told = len(connection.sent)
    viewer.publish((await survey.read(0.0, 1))[0])
    await turns()
    states = [f for f in connection.sent[told:] if isinstance(f, wire.State)]
    assert states[0].begin
    assert states[1].rows[0].messages_in == 1
    told = len(connection.sent)
    viewer.publish((await survey.read(0.0, 1))[0])  # from now on what changes
    await turns()
    (state,) = connection.sent[told:]
    assert isinstance(state, wire.State)
    assert not state.begin
    pump.cancel()


async def test_a_fault_of_ours_ends_the_viewer_not_the_pool(
    caplog: pytest.LogCaptureFixture,
) -> None:
    _, survey, connection, viewer = make(Broken())
    viewer.publish((await survey.read(0.0, 1))[0])
    await viewer.pump()
    assert connection.aborted
    assert "the monitor failed to tell a viewer" in caplog.text
