"""The measured process: `python -m benchmarks.subject JOB PIPE`; started by `run`.

All sides are driven by the same code, `reading`, `writing`, `echoing` and `opening`; they
differ in their `subject_*` alone. A phase begins and ends when nothing is under way, so
that all the work for its messages, and no other, falls into its span.
"""

import asyncio
import json
import os
import signal
import sys

from benchmarks.echoing import Echoing, echo
from benchmarks.job import Job
from benchmarks.loops import new_loop
from benchmarks.opening import accept, dial
from benchmarks.reading import Reading, read
from benchmarks.soaking import soak
from benchmarks.span import pin
from benchmarks.writing import Serving, Writing, write, write_all

__all__ = ["main"]

# Each process imports its own side only, as a program of that side would.


def _reading(job: Job) -> Reading:
    match job.side:
        case "websockets":
            from benchmarks.subject_websockets import WebsocketsReading

            return WebsocketsReading(job)
        case "aiohttp":
            from benchmarks.subject_aiohttp import AiohttpReading

            return AiohttpReading(job)
        case "picows":
            from benchmarks.subject_picows import PicowsReading

            return PicowsReading(job)
        case "raw":
            from benchmarks.subject_raw import RawReading

            return RawReading(job)
        case "pool" | "watched":
            from benchmarks.subject_pool import PoolReading

            return PoolReading(job)
        case "fastapi" | "fastapi-pool":
            raise ValueError("a web framework dials nobody")


def _writing(job: Job) -> Writing:
    match job.side:
        case "websockets":
            from benchmarks.subject_websockets import WebsocketsWriting

            return WebsocketsWriting(job)
        case "aiohttp":
            from benchmarks.subject_aiohttp import AiohttpWriting

            return AiohttpWriting(job)
        case "picows":
            from benchmarks.subject_picows import PicowsWriting

            return PicowsWriting(job)
        case "raw":
            from benchmarks.subject_raw import RawWriting

            return RawWriting(job)
        case "pool" | "watched":
            from benchmarks.subject_pool import PoolWriting

            return PoolWriting(job)
        case "fastapi" | "fastapi-pool":
            raise ValueError("a web framework answers")


def _echoing(job: Job) -> Echoing:
    match job.side:
        case "fastapi":
            from benchmarks.subject_fastapi import ByHand

            return ByHand()
        case "fastapi-pool":
            from benchmarks.subject_fastapi import WithPool

            return WithPool()
        case _:
            raise ValueError(f"{job.side} does not echo")


def _serving(job: Job) -> Serving:
    return _echoing(job) if job.side.startswith("fastapi") else _writing(job)


async def _measure(job: Job, pipe: int) -> dict[str, object]:
    match job.kind:
        case "burst" | "sparse":
            return await read(job, _reading(job), pipe)
        case "soak":
            return await soak(job, _reading(job), pipe)
        case "write_all":
            return await write_all(job, _writing(job), pipe)
        case "write":
            return await write(job, _writing(job), pipe)
        case "echo":
            return await echo(job, _echoing(job), pipe)
        case "accept":
            return await accept(job, _serving(job), pipe)
        case "dial":
            return await dial(job, _reading(job), pipe)


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
