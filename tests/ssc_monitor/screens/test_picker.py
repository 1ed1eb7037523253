"""Choosing a pool."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from ssc_monitor.screens.main import MainScreen
from ssc_monitor.screens.picker import PickerScreen
from ssc_monitor.sources import remote
from ssc_monitor.sources.source import Found
from ssc_rx.monitor import wire
from ssc_rx.monitor.discovery import MonitorError
from tests.ssc_monitor.scripted import Scripted, hello
from tests.ssc_monitor.shown import Shown, shown
from tests.ssc_monitor.stage import Stage

ONE = Found(Path("/run/ssc-rx/1-a.sock"), hello(pool="feeds", pid=1))
TWO = Found(Path("/run/ssc-rx/2-b.sock"), hello("stats", pool="orders", pid=2))
BROKEN = Found(Path("/run/ssc-rx/3-c.sock"), None, "it doesn't answer")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, Scripted]]:
    """The sources that were made, in place of links to real sockets."""
    made: list[tuple[Path, Scripted]] = []

    def make(path: Path, known: wire.Hello | None) -> Scripted:
        source = Scripted(Stage(seconds=1).items)
        made.append((path, source))
        return source

    monkeypatch.setattr(remote, "RemoteSource", make)
    return made


def find(monkeypatch: pytest.MonkeyPatch, found: Sequence[Found]) -> None:
    async def find() -> list[Found]:
        return list(found)

    monkeypatch.setattr(remote, "find", find)


async def until(it: Shown, text: str) -> None:
    while text not in it.text:
        await it.settle()


async def test_choosing_one_attaches_to_it(
    opened: list[tuple[Path, Scripted]],
) -> None:
    async with shown((100, 20), choices=(ONE, TWO, BROKEN)) as it:
        await it.settle()
        assert "feeds" in it.line("▸")
        await it.press("j")
        assert "orders" in it.line("▸")
        await it.press("enter")
        assert [path for path, _ in opened] == [TWO.path]
        assert isinstance(it.app.screen, MainScreen)
        await until(it, "LIVE")


async def test_one_that_cannot_be_attached_to_says_why(
    opened: list[tuple[Path, Scripted]],
) -> None:
    async with shown((100, 20), choices=(ONE, BROKEN)) as it:
        await it.press("G", "enter")
        assert "it doesn't answer" in it.line("▸")
        assert opened == []
        await it.press("g", "G", "k")
        assert "feeds" in it.line("▸")


async def test_escape_without_a_pool_ends_the_app() -> None:
    async with shown((100, 20), choices=(ONE,)) as it:
        await it.press("escape")
        assert it.app._exit


async def test_t_goes_to_another_pool_and_leaves_the_first(
    opened: list[tuple[Path, Scripted]], monkeypatch: pytest.MonkeyPatch
) -> None:
    find(monkeypatch, [ONE, TWO])
    async with shown((100, 20), stage=Stage(seconds=1)) as it:
        await it.press("j", "enter", "t")
        assert isinstance(it.app.screen, PickerScreen)
        await until(it, "orders")
        await it.press("j", "enter")
        assert isinstance(it.app.screen, MainScreen)
        await until(it, "LIVE")
        assert it.source.closed
        assert [path for path, _ in opened] == [TWO.path]
        await it.press("t", "escape")
        assert isinstance(it.app.screen, MainScreen)


async def test_r_looks_again_and_the_cursor_stays_on_its_pool(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with shown((100, 20), choices=(ONE, TWO)) as it:
        await it.press("j")
        find(monkeypatch, [BROKEN, ONE, TWO])
        await it.press("r")
        await until(it, "it doesn't answer")
        assert "orders" in it.line("▸")


async def test_without_a_pool_it_says_how_to_open_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    find(monkeypatch, [])
    async with shown((100, 20), choices=()) as it:
        await it.settle()
        assert 'monitor="traffic"' in it.text
        assert "SSC_MONITOR=traffic" in it.text


async def test_a_directory_that_cannot_be_trusted_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def find() -> list[Found]:
        raise MonitorError("/run/ssc-rx is open to others")

    monkeypatch.setattr(remote, "find", find)
    async with shown((100, 20), choices=()) as it:
        await until(it, "is open to others")
