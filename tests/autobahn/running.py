"""One run: the suite on one side, the pool in a process of its own on the other."""

import asyncio
import json
import os
import shutil
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from tests.autobahn.cases import CaseSet
from tests.autobahn.report import Report, read
from tests.autobahn.suite import FOLDER, wstest_command
from tests.autobahn.under_test import AGENT

__all__ = ["LOOPS", "SIDES", "Loop", "Side", "complaint_of", "reports_of", "run"]

Side = Literal["server", "client"]
Loop = Literal["asyncio", "uvloop"]
SIDES: tuple[Side, ...] = ("server", "client")
LOOPS: tuple[Loop, ...] = ("asyncio", "uvloop")
ROOT = Path(__file__).parent.parent.parent

# The suite cuts messages into up to 65,536 fragments; websockets takes 4,096 unless told.
ENVIRONMENT = {"WEBSOCKETS_MAX_FRAGMENTS": "70000"}


async def run(side: Side, loop: Loop, cases: CaseSet) -> Report:
    """Test one side of the pool on one event loop.

    A run that breaks off, or takes longer than it may, leaves a short report: what it
    said on the way is in the folder that `reports_of` names.
    """
    folder = reports_of(side, loop, cases)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    test = _test_server if side == "server" else _test_client
    try:
        async with asyncio.timeout(cases.minutes * 60):
            exit_code = await test(loop, cases, folder)
    except TimeoutError:
        return read(folder, AGENT, f"not over after {cases.minutes} minutes")
    return read(folder, AGENT, complaint_of(exit_code, folder / "pool.log"))


def complaint_of(exit_code: int, log: Path) -> str:
    """What was wrong with the pool's process, whatever the suite thinks of it."""
    if exit_code != 0:
        return f"the pool's process ended with exit code {exit_code}"
    if "Traceback" in log.read_text(encoding="utf-8"):
        return "the pool's process told of an error that nobody handled"
    return ""


def reports_of(side: Side, loop: Loop, cases: CaseSet) -> Path:
    """Where a run leaves its report and its logs."""
    return FOLDER / "reports" / f"{cases.name}-{side}-{loop}"


async def _test_server(loop: Loop, cases: CaseSet, folder: Path) -> int:
    async with _process(_under_test("server", loop), folder / "pool.log") as pool:
        url = await _line_of(pool)
        spec = _write_spec(folder, cases.spec(servers=[{"agent": AGENT, "url": url}]))
        command = wstest_command("fuzzingclient", spec)
        async with _process(command, folder / "suite.log") as suite:
            await suite.wait()
        assert pool.stdin is not None
        pool.stdin.close()  # which ends it
        return await pool.wait()


async def _test_client(loop: Loop, cases: CaseSet, folder: Path) -> int:
    url = f"ws://127.0.0.1:{_free_port()}"
    spec = _write_spec(folder, cases.spec(url=url))
    command = wstest_command("fuzzingserver", spec)
    async with _process(command, folder / "suite.log") as suite:
        await _line_of(suite)  # it listens
        pool = _process(_under_test("client", loop, url), folder / "pool.log")
        async with pool as process:
            return await process.wait()


def _under_test(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "tests.autobahn.under_test", *arguments]


def _write_spec(folder: Path, spec: dict[str, object]) -> Path:
    path = folder / "spec.json"
    path.write_text(json.dumps(spec | {"outdir": str(folder)}), encoding="utf-8")
    return path


def _free_port() -> int:
    """The suite compares the Host header with the port it was told, so 0 won't do."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def _process(command: Sequence[str], log: Path) -> AsyncIterator[Process]:
    """A process that is gone when this is left; what it says goes to `log`."""
    environment = os.environ | ENVIRONMENT
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=errors, cwd=ROOT, env=environment
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line_of(process: Process) -> str:
    """The next line that it tells; empty if it ended."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()
