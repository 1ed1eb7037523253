"""One run: a subject and a load, each a fresh process, and what they report."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from importlib.util import find_spec
from typing import Any

from benchmarks.job import Job
from benchmarks.machine import allow_open_files
from benchmarks.result import Failed, NotInstalled, Result, result_of

__all__ = ["run"]

NEEDED = {
    "aiohttp": ("aiohttp", "bench"),
    "picows": ("picows", "bench"),
    "fastapi": ("fastapi", "dev"),
    "fastapi-pool": ("fastapi", "dev"),
}
"""What sides need beside ssc-rx: a package, and the extra that brings it."""
LAST_WORDS_S = 0.5


async def run(job: Job) -> Result:
    """Measure one side once.

    Raises:
        Failed: If a process failed or took too long, or a message went missing.
        NotInstalled: If what is to be measured isn't there.
    """
    package, extra = NEEDED.get(job.side, ("ssc_rx", ""))
    if find_spec(package) is None:
        raise NotInstalled(
            f"{package} is not installed; ./dev bench needs it: "
            f"pip install '.[{extra}]'"
        )
    allow_open_files(job.sockets)
    from_acker, to_acked = os.pipe()
    children: list[Process] = []
    try:
        async with asyncio.timeout(job.limit_s):
            # Who receives acknowledges: the subject if it reads, else the load.
            subject_fd, load_fd = (
                (to_acked, from_acker) if job.dials else (from_acker, to_acked)
            )
            children.append(subject := await _start("subject", job, subject_fd))
            children.append(load := await _start("load", job, load_fd))
            os.close(from_acker)
            os.close(to_acked)
            from_acker = to_acked = -1
            listening, dialling = (load, subject) if job.dials else (subject, load)
            await _introduce(listening, dialling)
            subject_says, load_says = await _reports(subject, load)
    except TimeoutError:
        raise Failed(
            f"not done in {job.limit_s} s: too slow, or a message is missing"
        ) from None
    finally:
        for fd in (from_acker, to_acked):
            if fd != -1:
                os.close(fd)
        await _end(children)
    return result_of(job, subject_says, load_says)


async def _start(name: str, job: Job, fd: int) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"benchmarks.{name}", job.to_json(), str(fd)),
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=[fd],
        start_new_session=True,  # Ctrl-C is for the parent, which ends its children
    )


async def _introduce(listening: Process, dialling: Process) -> None:
    """Tell the one who dials the port of the one who listens."""
    assert listening.stdout is not None
    assert dialling.stdin is not None
    port = await listening.stdout.readline()
    if not port:
        error = await listening.communicate()
        raise Failed(f"no port: {_last_line(error[1])}")
    dialling.stdin.write(port)


async def _reports(subject: Process, load: Process) -> list[dict[str, Any]]:
    """What both have to say when they are done."""
    ends = [
        asyncio.create_task(_report("subject", subject)),
        asyncio.create_task(_report("load", load)),
    ]
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_EXCEPTION)
        # One that failed takes the other down: let both say why.
        await asyncio.wait(ends, timeout=LAST_WORDS_S)
        failures = [e for t in ends if t.done() and (e := t.exception()) is not None]
        if failures:
            raise Failed("; ".join(map(str, failures)))
        return [task.result() for task in ends]
    finally:
        for task in ends:
            task.cancel()


async def _report(name: str, process: Process) -> dict[str, Any]:
    output, errors = await process.communicate()
    if process.returncode != 0:
        raise Failed(f"the {name} failed ({process.returncode}): {_last_line(errors)}")
    report: dict[str, Any] = json.loads(output)
    return report


def _last_line(errors: bytes) -> str:
    lines = errors.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing"


async def _end(children: list[Process]) -> None:
    for child in children:
        if child.returncode is None:
            child.kill()
        await child.wait()
