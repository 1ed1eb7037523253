"""Printing to pipes, files and terminals that are slow, full or gone."""

import asyncio
import os
import pty
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pytest

from ssc_monitor.printer import MAX_WAITING_BYTES, Printer

LINE = "x" * 1023


class Pipe:
    """A pipe of which the test is the reader."""

    def __init__(self) -> None:
        self.out, near = os.pipe()
        self.stream = os.fdopen(near, "w", encoding="utf-8")

    def read(self, count: int = 65536) -> bytes:
        return os.read(self.out, count)

    def read_to_end(self) -> bytes:
        return b"".join(iter(self.read, b""))

    def close_reader(self) -> None:
        os.close(self.out)
        self.out = -1

    def close(self) -> None:
        self.stream.close()
        if self.out >= 0:
            self.close_reader()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


async def printed(stream: TextIO, *lines: str) -> bool:
    printer = Printer(stream)
    for line in lines:
        assert printer.put(line)
    printer.finish()
    return await printer.run()


async def test_lines_arrive_whole_and_in_order(pipe: Pipe) -> None:
    assert await printed(pipe.stream, "one", "zwei «ü»", "␛")
    assert pipe.read().decode() == "one\nzwei «ü»\n␛\n"


async def test_lines_put_while_it_runs_are_printed(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    running = asyncio.create_task(printer.run())
    for n in range(3):
        printer.put(str(n))
        assert await asyncio.to_thread(pipe.read) == b"%d\n" % n
    printer.finish()
    assert await running


async def test_a_slow_reader_gets_everything_and_nothing_else_waits(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    running = asyncio.create_task(printer.run())
    for _ in range(2000):  # far more than a pipe holds
        printer.put(LINE)
    printer.finish()
    for _ in range(3):  # the loop goes on, though nobody reads
        await asyncio.sleep(0)
    assert not running.done()
    reading = asyncio.create_task(asyncio.to_thread(pipe.read_to_end))
    assert await running
    pipe.stream.close()
    assert await reading == (LINE + "\n").encode() * 2000


async def test_lines_for_which_there_is_no_room_are_counted(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    taken = sum(printer.put(LINE) for _ in range(MAX_WAITING_BYTES // 1024 + 100))
    assert printer.left_out == 99
    reading = asyncio.create_task(asyncio.to_thread(pipe.read_to_end))
    printer.finish()
    assert await printer.run()
    pipe.stream.close()
    assert len(await reading) == 1024 * taken


async def test_a_reader_that_leaves_is_noticed_without_another_line(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    running = asyncio.create_task(printer.run())
    printer.put("one")
    assert await asyncio.to_thread(pipe.read) == b"one\n"
    pipe.close_reader()
    assert not await running


async def test_a_reader_that_has_left_is_noticed(pipe: Pipe) -> None:
    pipe.close_reader()
    assert not await printed(pipe.stream, LINE)


async def test_a_reader_that_leaves_a_full_pipe_is_noticed(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    running = asyncio.create_task(printer.run())
    for _ in range(2000):
        printer.put(LINE)
    assert await asyncio.to_thread(pipe.read, 1024)
    pipe.close_reader()
    assert not await running


async def test_cancelling_leaves_nothing_behind(pipe: Pipe) -> None:
    printer = Printer(pipe.stream)
    running = asyncio.create_task(printer.run())
    for _ in range(2000):
        printer.put(LINE)
    await asyncio.to_thread(pipe.read, 1024)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_it_prints_to_a_file_and_to_nowhere(tmp_path: Path) -> None:
    for path in (tmp_path / "lines", Path(os.devnull)):
        with path.open("w", encoding="utf-8") as stream:
            assert await printed(stream, "one", "two")
    assert (tmp_path / "lines").read_text() == "one\ntwo\n"


async def test_it_prints_to_a_terminal() -> None:
    terminal, near = pty.openpty()
    with os.fdopen(near, "w") as stream:
        assert await printed(stream, "one", "two")
        assert os.read(terminal, 100) == b"one\r\ntwo\r\n"
    os.close(terminal)


async def test_what_the_output_can_not_encode_is_escaped(tmp_path: Path) -> None:
    with (tmp_path / "lines").open("w", encoding="ascii") as stream:
        assert await printed(stream, "ü ␛")
    assert (tmp_path / "lines").read_bytes() == b"\\xfc \\u241b\n"


def full_disk() -> TextIO:
    return open("/dev/full", "w")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no such device here")
async def test_a_full_disk_is_an_error() -> None:
    with full_disk() as stream, pytest.raises(OSError, match="No space left"):
        await printed(stream, "one")
