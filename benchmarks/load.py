"""The load process: `python -m benchmarks.load JOB PIPE`; started by `run`."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from benchmarks.acks import AckReader, AckWriter
from benchmarks.job import Job
from benchmarks.load_echo import Echoed
from benchmarks.load_receiver import Receiver
from benchmarks.load_sender import Sender
from benchmarks.loops import new_loop, uvloop_installed
from benchmarks.span import pin

__all__ = ["main"]


def _give_up(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """A callback failed: nobody awaits it, so the run would hang."""
    print(context.get("exception") or context["message"], file=sys.stderr, flush=True)
    os._exit(1)


async def _load(job: Job, pipe: int) -> dict[str, object]:
    asyncio.get_running_loop().set_exception_handler(_give_up)
    if not job.dials:
        kind = Echoed if job.kind == "echo" else Receiver
        receiver = kind(job, AckWriter(pipe, job.step))
        return await receiver.run(int(sys.stdin.readline()))
    sender = Sender(job, AckReader(pipe, job.step))
    print(await sender.listen(), flush=True)
    return await sender.run()


def main() -> None:
    """Load, and print what that took as JSON."""
    job, pipe = Job.from_json(sys.argv[1]), int(sys.argv[2])
    signal.alarm(job.limit_s)  # should the parent die without a chance to end this
    pin(job.load_core)
    make_loop = new_loop("uvloop" if uvloop_installed() else "asyncio")
    with asyncio.Runner(loop_factory=make_loop) as runner:
        print(json.dumps(runner.run(_load(job, pipe))), flush=True)
        os._exit(0)  # as the subject


if __name__ == "__main__":
    main()
