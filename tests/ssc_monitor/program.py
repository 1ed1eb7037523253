"""The real program, run as a process of its own."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass

from websockets.asyncio.server import ServerConnection

from ssc_rx.monitor import wire
from tests.ssc_monitor.fake_pool import (
    NOW,
    reading,
    sample,
    socket_row,
)

BEGIN = reading({"wss://a/": socket_row(1)}, begin=True)
SECOND = (BEGIN, reading({}, time=NOW + 1, sockets=1))
ONE = wire.Messages((sample(1, b"one"),), 1, 1, 1, 0, 0)
PROGRAM = ("-m", "ssc_monitor")
# Whatever started the tests may ignore Ctrl-C, and that is inherited.
INTERRUPTIBLE = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from ssc_monitor.cli import main
sys.exit(main(sys.argv[1:]))
"""
WITHOUT_OUTPUT = """
import os, sys
os.close(1)
os.execv(sys.executable, [sys.executable, "-m", "ssc_monitor", *sys.argv[1:]])
"""


@dataclass
class End:
    """How a run ended."""

    code: int | None
    out: str
    err: str


async def start(
    *arguments: str,
    program: tuple[str, ...] = PROGRAM,
    stdin: int = DEVNULL,
    stdout: int = PIPE,
    **environment: str,
) -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *program,
        *arguments,
        stdin=stdin,
        stdout=stdout,
        stderr=PIPE,
        env=os.environ | {"PYTHONWARNINGS": "error"} | environment,
    )


async def end(process: Process) -> End:
    out, err = await process.communicate()
    return End(process.returncode, (out or b"").decode(), err.decode())


async def run(
    *arguments: str, program: tuple[str, ...] = PROGRAM, **environment: str
) -> End:
    return await end(await start(*arguments, program=program, **environment))


async def greet(connection: ServerConnection) -> None:
    assert connection.request is not None
    await connection.send(connection.request.headers.get("X-Who", "stranger"))
    await connection.wait_closed()
