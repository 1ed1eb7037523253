"""`ssc-monitor top`, as a process of its own."""

import json
import os
import signal
from pathlib import Path

import pytest

from ssc_monitor.top import redrawn
from tests.ssc_monitor.fake_pool import NOW, FakePool, hello, reading, socket_row
from tests.ssc_monitor.program import INTERRUPTIBLE, SECOND, end, run, start
from tests.ssc_monitor.terminal import terminal

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]

THREE = (*SECOND, reading({}, time=NOW + 2, sockets=1, messages_in=50))


async def test_without_a_terminal_it_looks_once(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND) as pool:
        bare, asked = await run(), await run("top", "--once")
        named, by_path = await run("feeds"), await run(str(pool.path))
    assert (bare.code, bare.err) == (0, "")
    assert bare.out.startswith("feeds  app.py  pid 4242  running")
    assert "wss://a/" in bare.out
    assert bare == asked == named == by_path


async def test_it_looks_at_several_pools(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), *SECOND),
        FakePool(monitors / "2-b.sock", hello(pid=2), *SECOND),
        FakePool(monitors / "3-c.sock", refuse=(503, "Full.")),
    ):
        lines, text = await run("top", "--once", "--json"), await run()
    assert (lines.code, text.code) == (1, 1)
    assert "Full." in lines.err
    assert {json.loads(line)["pid"] for line in lines.out.splitlines()} == {2, 4242}
    assert text.out.count("\n\n") == 3


async def test_it_looks_as_often_as_it_shall(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *THREE):
        lines = await run("top", "--json", "-n", "2")
        text = await run("top", "-n", "2", "--rows", "0")
    assert (lines.code, lines.err) == (0, "")
    looks = [json.loads(line) for line in lines.out.splitlines()]
    assert [look["messages_in_per_s"] for look in looks] == [0, 50]
    assert [line[:5] for line in text.out.splitlines()] == [
        *("feeds", "1 soc", "and 1", ""),
        *("feeds", "1 soc", "and 1"),
    ]


async def test_it_ends_with_the_last_pool(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND) as pool:
        process = await start("top", "--json")
        assert process.stdout is not None
        await process.stdout.readline()
        await pool.end()
        told = await end(process)
    assert told.code == 1
    assert told.err.endswith("the process ended the link: the pool stopped (1001)\n")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (15, 143)])
async def test_signals_end_it(monitors: Path, number: int, code: int) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND):
        process = await start("top", program=("-c", INTERRUPTIBLE))
        assert process.stdout is not None
        await process.stdout.readline()
        process.send_signal(number)
        told = await end(process)
    assert (told.code, told.err) == (code, "")


async def test_who_reads_it_may_leave(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND) as pool:
        process = await start("top", "--json")
        assert process.stdout is not None
        await process.stdout.readline()
        process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
        await pool.say(reading({}, time=NOW + 2, sockets=1))
        assert process.stderr is not None
        assert (await process.stderr.read(), await process.wait()) == (b"", 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
async def test_a_full_disk_is_told(monitors: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND):
        told = await end(await start("top", "--once", stdout=full))
    os.close(full)
    assert told.code == 1
    assert "can't print" in told.err


async def test_on_a_terminal_a_look_takes_the_place_of_the_last(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), *SECOND) as pool,
        terminal("top", columns=60, rows=6) as it,
    ):
        await it.shows("wss://a/")
        busy = {"wss://a/": socket_row(1, messages_in=30)}
        await pool.say(reading(busy, time=NOW + 2, messages_in=30))
        await it.shows("in 30/s")
        assert it.screen.count("feeds  app.py") == 1
        it.terminate()
        assert await it.ended() == 143


async def test_a_look_fits_the_terminal() -> None:
    text = redrawn("eins\n\n東京東京\nvier", 6, 4)
    assert text == "\x1b[Heins\x1b[K\n\x1b[K\n東京…\x1b[K\n\x1b[J"
