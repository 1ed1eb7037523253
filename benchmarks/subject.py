"""The measured process: `python -m benchmarks.subject JOB PIPE`; started by `run`.

Both sides are driven by the same code, `reading` and `writing`; they differ in
`subject_pool` and `subject_websockets` alone. A phase begins and ends when nothing is
under way, so that all the work for its messages, and no other, falls into its span.
"""

import asyncio
import json
import os
import signal
import sys

from benchmarks.job import Job, Side
from benchmarks.loops import new_loop
from benchmarks.reading import Reading, read
from benchmarks.span import pin
from benchmarks.writing import Writing, write, write_all

__all__ = ["main"]


def _reading(job: Job) -> Reading:
    # Each process imports its own side only, as a program of that side would.
    if job.side == "websockets":
        from benchmarks.subject_websockets import WebsocketsReading

        return WebsocketsReading()
    from benchmarks.subject_pool import PoolReading

    return PoolReading(job)
    from benchmarks.subject_websockets import WebsocketsReading

    return WebsocketsReading()


def _writing(side: Side) -> Writing:
    if side == "pool":
        from benchmarks.subject_pool import PoolWriting

        return PoolWriting()
    from benchmarks.subject_websockets import WebsocketsWriting

    return WebsocketsWriting()


async def _measure(job: Job, pipe: int) -> dict[str, float]:
    match job.kind:
        case "burst" | "sparse":
            return await read(job, _reading(job), pipe)
        case "write_all":
            return await write_all(job, _writing(job.side), pipe)
        case "write":
            return await write(job, _writing(job.side), pipe)


async def _run(job: Job, pipe: int) -> None:
    print(json.dumps(await _measure(job, pipe)), flush=True)
    os._exit(0)  # closing 10,000 sockets in order would take longer than the rest


def main() -> None:
    """Measure, and print the result as JSON."""
    job, pipe = Job.from_json(sys.argv[1]), int(sys.argv[2])
    signal.alarm(job.limit_s)  # should the parent die without a chance to end this
    pin(job.subject_core)
    with asyncio.Runner(loop_factory=new_loop(job.loop)) as runner:
        runner.run(_run(job, pipe))


if __name__ == "__main__":
    main()
