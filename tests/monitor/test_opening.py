"""Whether a pool has a monitor."""

import logging
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ssc_rx import InvalidOptionError, Pool
from ssc_rx.monitor.discovery import MonitorError
from tests.monitor.viewing import attached


async def test_by_default_there_is_none(
    runtime: Path, make_pool: Callable[..., Pool]
) -> None:
    async with make_pool() as pool:
        assert pool.monitor_path is None
    assert os.listdir(runtime) == []


async def test_the_option_opens_it_and_stop_removes_it(
    runtime: Path, make_pool: Callable[..., Pool]
) -> None:
    async with make_pool(monitor="stats") as pool:
        path = pool.monitor_path
        assert path is not None
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        async with attached(path) as viewing:
            assert viewing.frames[0].level == "stats"  # type: ignore[union-attr]
    assert not path.exists()


@pytest.mark.parametrize("level", ["stats", "traffic"])
async def test_the_environment_opens_it(
    level: str,
    runtime: Path,
    make_pool: Callable[..., Pool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSC_MONITOR", level)
    async with make_pool() as pool, attached(pool.monitor_path) as viewing:
        assert viewing.frames[0].level == level  # type: ignore[union-attr]


async def test_the_option_wins(
    runtime: Path, make_pool: Callable[..., Pool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSC_MONITOR", "traffic")
    async with make_pool(monitor="off") as pool:
        assert pool.monitor_path is None
    async with (
        make_pool(monitor="stats") as pool,
        attached(pool.monitor_path) as viewing,
    ):
        assert viewing.frames[0].level == "stats"  # type: ignore[union-attr]


@pytest.mark.parametrize("level", ["control", "yes", ""])
async def test_the_environment_can_not_ask_for_more(
    level: str,
    runtime: Path,
    make_pool: Callable[..., Pool],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("SSC_MONITOR", level)
    async with make_pool() as pool:
        assert pool.monitor_path is None
    assert ("use stats or traffic" in caplog.text) == bool(level)


async def test_a_place_that_can_not_be_trusted_stops_who_asked_for_it(
    runtime: Path,
    make_pool: Callable[..., Pool],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (runtime / "ssc-rx").mkdir()
    (runtime / "ssc-rx").chmod(0o777)
    pool = make_pool(monitor="stats")
    with pytest.raises(MonitorError, match="can't be trusted"):
        await pool.start()
    assert pool.stats().state == "stopped"
    monkeypatch.setenv("SSC_MONITOR", "stats")
    with caplog.at_level(logging.ERROR):
        async with make_pool() as pool:  # an operator's wish is no reason to be down
            assert pool.monitor_path is None
    assert "goes on without its monitor" in caplog.text


@pytest.mark.parametrize("option", [{"monitor": "all"}, {"redact": 1}])
def test_what_can_not_be_is_refused(option: dict[str, object]) -> None:
    with pytest.raises(InvalidOptionError):
        Pool(**option)  # type: ignore[arg-type]
