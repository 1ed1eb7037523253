"""A pool that is looked at again and again."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ssc_monitor.look import Look, Looker, Traffic
from ssc_monitor.rows import SORTS, sorted_rows
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from tests.ssc_monitor.fake_pool import NOW, FakePool, hello, reading, socket_row


async def look(path: Path) -> Look:
    """One look."""
    looker = await Looker.attach(path)
    try:
        return await looker.look()
    finally:
        await looker.close()


def frames(busy: int = 100) -> Sequence[wire.Frame]:
    """A second of a pool whose second socket is the busier one."""
    calm = socket_row(1, messages_in=5, bytes_in=50, latency=0.023)
    first = {"calm": calm, "busy": socket_row(2, messages_in=1000, last_received=NOW)}
    second = {
        "busy": socket_row(
            2,
            messages_in=1000 + busy,
            bytes_in=8 * busy,
            messages_out=12,
            last_received=NOW + 0.8,
        )
    }
    return (
        hello(),
        reading(first, begin=True, messages_in=1005, viewers=3),
        reading(second, time=NOW + 0.5, messages_in=1050, sockets=2, open_sockets=2),
        reading(
            {},
            time=NOW + 1.0,
            sockets=2,
            open_sockets=2,
            messages_in=1005 + busy,
            bytes_in=8 * busy,
            messages_out=12,
            failed={"lost": 2, "closed": 1},
            lag=0.003,
            viewers=3,
        ),
    )


async def test_a_look_tells_exactly_what_happened_in_it(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", *frames()) as pool:
        seen = await look(pool.path)
    assert seen.time == NOW + 1
    assert seen.traffic == Traffic(100, 12, 800, 0)
    (busy, fast), (calm, still) = sorted_rows(seen, "traffic")
    assert (busy.id, fast.messages_in, fast.messages_out) == ("busy", 100, 12)
    assert (calm.id, still) == ("calm", Traffic())


async def test_a_look_ends_with_a_whole_reading(monitors: Path) -> None:
    begin = reading({"a": socket_row(1), "b": socket_row(2)}, begin=True)
    half = wire.State(NOW + 1, rows=(socket_row(1, messages_in=10),))
    rest = reading({"b": socket_row(2, messages_in=20)}, time=NOW + 1, messages_in=30)
    async with FakePool(monitors / "1-a.sock", hello(), begin, half, rest) as pool:
        seen = await look(pool.path)
    assert seen.traffic.messages_in == 30
    assert [traffic.messages_in for _, traffic in seen.sockets] == [10, 20]


async def test_a_socket_that_left_is_not_shown(monitors: Path) -> None:
    rows = {"a": socket_row(1), "b": socket_row(2)}
    left = wire.State(NOW + 0.5, gone=(1,))
    end = reading({}, time=NOW + 1)
    async with FakePool(
        monitors / "1-a.sock", hello(), reading(rows, begin=True), left, end
    ) as pool:
        seen = await look(pool.path)
    assert [socket.id for socket, _ in seen.sockets] == ["b"]


async def test_a_pool_that_tells_nothing_is_given_up(
    monitors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ssc_monitor.look.TIMEOUT_S", 0.2)
    async with FakePool(monitors / "1-a.sock", hello()) as pool:
        with pytest.raises(MonitorError, match="process 4242 told nothing"):
            await look(pool.path)


async def test_a_pool_that_tells_only_once_has_no_rates(
    monitors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ssc_monitor.look.TIMEOUT_S", 0.2)
    once = reading({"a": socket_row(1, messages_in=7)}, begin=True)
    async with FakePool(monitors / "1-a.sock", hello(), once) as pool:
        seen = await look(pool.path)
    assert seen.traffic == Traffic()
    assert seen.sockets[0][0].messages_in == 7
    assert seen.overdue


async def test_the_next_look_tells_what_happened_since_the_last(monitors: Path) -> None:
    def at(seconds: float, messages: int) -> wire.State:
        row = {"a": socket_row(1, messages_in=messages)}
        time = NOW + seconds
        return reading(row, time=time, begin=seconds == 0, messages_in=messages)

    states = at(0, 100), at(2, 120), at(2.5, 500), at(4, 160)
    async with FakePool(monitors / "1-a.sock", hello(), *states) as pool:
        looker = await Looker.attach(pool.path, interval=2)
        first, second = await looker.look(), await looker.look()
        await looker.close()
    assert (first.time, first.traffic.messages_in) == (NOW + 2, 10)
    assert (second.time, second.traffic.messages_in) == (NOW + 4, 20)
    assert second.sockets[0][1].messages_in == 20
    assert not second.overdue
    assert not looker.lost


async def test_a_link_that_is_lost_between_two_looks_is_told(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", *frames()) as pool:
        looker = await Looker.attach(pool.path)
        await looker.look()
        await pool.end()
        with pytest.raises(MonitorError, match="the pool stopped"):
            await looker.look()
        assert looker.lost
        await looker.close()


@pytest.mark.parametrize("sort", SORTS)
async def test_sockets_are_sorted_by_every_column(monitors: Path, sort: str) -> None:
    low = socket_row(1, messages_in=1, messages_out=1, queued=1, latency=None)
    high = socket_row(
        *(2,),
        messages_in=9,
        messages_out=9,
        bytes_in=9,
        queued=9,
        latency=0.1,
        last_received=NOW,
        state="closing",
    )
    begin = reading({"z": socket_row(1), "a": socket_row(2)}, begin=True)
    end = reading({"z": low, "a": high}, time=NOW + 1)
    async with FakePool(monitors / "1-a.sock", hello(), begin, end) as pool:
        seen = await look(pool.path)
    assert [socket.id for socket, _ in sorted_rows(seen, sort)] == ["a", "z"]
