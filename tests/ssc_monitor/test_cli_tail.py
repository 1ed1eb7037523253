"""`ssc-monitor tail`, as a process of its own: what it prints, and how it ends."""

import asyncio
import json
import os
import signal
from pathlib import Path

import pytest

from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import (
    FakePool,
    hello,
    sample,
)
from tests.ssc_monitor.program import (
    BEGIN,
    INTERRUPTIBLE,
    ONE,
    SECOND,
    WITHOUT_OUTPUT,
    End,
    end,
    run,
    start,
)

# The program runs on loops of its own, whatever loop the test has.
pytestmark = [pytest.mark.asyncio(loop_factories=["asyncio"]), pytest.mark.slow]


async def test_tail(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE):
        lines = await run("tail", "-n", "1", "--json")
        text = await run("tail", "-n", "1", "on", "dir:in")
    assert (lines.code, text.code) == (0, 0)
    assert json.loads(lines.out)["text"] == "one"
    assert text.out.endswith(" in    text         3 wss://a/  one\n")
    assert lines.err == text.err
    assert lines.err.startswith("ssc-monitor: 1 message and 0 events shown; seen 1")


async def test_of_several_pools_one_has_to_be_named(monitors: Path) -> None:
    async with (
        FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE),
        FakePool(monitors / "2-b.sock", hello(pid=2), BEGIN, ONE),
    ):
        told = await run("tail")
        one = await run("tail", "--target", "2", "-n", "1")
    assert (told.code, told.out) == (2, "")
    assert "--target" in told.err
    assert "4242 (feeds)" in told.err
    assert one.code == 0


async def test_a_filter_that_is_none_is_told(monitors: Path) -> None:
    told = await run("tail", "size>x")
    assert (told.code, told.out) == (2, "")
    assert told.err.startswith("ssc-monitor: bad filter: ")


async def test_ctrl_c_ends_it_quietly(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        process = await start("tail", program=("-c", INTERRUPTIBLE))
        await pool.until(lambda: bool(pool.heard))
        process.send_signal(signal.SIGINT)
        told = await end(process)
    assert (told.code, told.out) == (130, "")
    assert told.err.startswith("ssc-monitor: 0 messages and 0 events shown; seen 0")
    assert told.err.count("\n") == 1


async def test_sigterm_ends_it_with_its_account(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE) as pool:
        process = await start("tail", "one")
        assert process.stdout is not None
        line = await process.stdout.readline()
        process.terminate()
        told = await end(process)
        await pool.until(lambda: not pool.viewers)
    assert (told.code, told.out) == (143, "")
    assert line.endswith(b"wss://a/  one\n")
    assert "events shown; seen 1" in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", ["", "ls", "top --once"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (15, 143)])
async def test_signals_end_all_commands_quietly(
    monitors: Path, command: str, number: int, code: int
) -> None:
    # One that says nothing keeps them waiting.
    async with FakePool(monitors / "1-a.sock") as pool:
        process = await start(*command.split(), program=("-c", INTERRUPTIBLE))
        await pool.until(lambda: bool(pool.viewers))
        process.send_signal(number)
        assert await end(process) == End(code, "", "")


async def test_a_pipe_that_is_closed_ends_it_in_silence(monitors: Path) -> None:
    out, near = os.pipe()
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN, ONE) as pool:
        process = await start("tail", stdout=near)
        os.close(near)
        assert b"one" in await asyncio.to_thread(os.read, out, 1000)
        os.close(out)
        assert await end(process) == End(0, "", "")
        await pool.until(lambda: not pool.viewers)


async def test_a_link_that_is_lost_ends_it(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), BEGIN) as pool:
        process = await start("tail")
        await pool.until(lambda: bool(pool.heard))
        await pool.end()
        told = await end(process)
    assert told.code == 1
    assert told.err.startswith("ssc-monitor: the process ended the link: the pool stop")


async def test_an_output_without_unicode_gets_escapes(monitors: Path) -> None:
    told = wire.Messages((sample(1, "ü\x1b".encode()),), 1, 1, 1, 0, 0)
    async with FakePool(monitors / "1-a.sock", hello(pool="ü"), *SECOND, told):
        line = await run("tail", "-n", "1", PYTHONIOENCODING="ascii")
        look = await run(PYTHONIOENCODING="ascii")
    assert line.out.endswith(r"\xfc\u241b" + "\n")
    assert look.out.startswith(r"\xfc  app.py")


PLAIN = ("ls", "top --once", "tail -n 1")


async def test_an_output_that_is_closed_does_no_harm(monitors: Path) -> None:
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND, ONE):
        for command in PLAIN:
            told = await run(*command.split(), program=("-c", WITHOUT_OUTPUT))
            assert (told.code, told.out) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
async def test_an_output_that_is_full_is_told(monitors: Path) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    async with FakePool(monitors / "1-a.sock", hello(), *SECOND, ONE):
        for command in PLAIN:
            told = await end(await start(*command.split(), stdout=full))
            assert told.code == 1
            lines = told.err.splitlines()
            assert lines[-1].startswith("ssc-monitor: can't print: [Errno 28]")
            assert len(lines) == 1 + command.startswith("tail")
    os.close(full)
