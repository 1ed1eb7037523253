"""`ssc-monitor record`: samples and events of a pool, into a file that can be replayed."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ssc_monitor.reading import Reader, Reading, Say
from ssc_monitor.sources.source import Source
from ssc_monitor.tape import Tape, TapeLines, header_of
from ssc_rx.monitor import wire
from ssc_rx.recording import RecordingError

__all__ = ["RecordOptions", "record"]

PROGRESS_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOptions(Reading):
    """What to record.

    Attributes:
        path: The file.
        seconds: How long; `None` until it is interrupted.
        max_bytes: Bytes, before compression, after which it ends.
        overwrite: Whether to replace a file that is there.
    """

    path: Path
    seconds: float | None = None
    max_bytes: int = 1024**3
    overwrite: bool = False


async def record(
    source: Source, hello: wire.Hello, options: RecordOptions, say: Say, progress: Say
) -> int:
    """Write what a source tells until it is enough, or there is no more.

    Args:
        source: Closed in the end.
        hello: Who is recorded.
        options: What to record.
        say: Tells people something.
        progress: Told how far it is, once a second.

    Returns:
        The exit code: 0 if all that was asked for is in the file, 1 if the link was lost
        or the file can't be made or written.
    """
    loop, full = asyncio.get_running_loop(), asyncio.Event()
    try:
        tape = Tape(
            options.path,
            header_of(hello, hello.time),
            max_bytes=options.max_bytes,
            overwrite=options.overwrite,
            on_full=full.set,
        )
    except RecordingError as error:
        say(str(error).replace("overwrite=True", "--overwrite"))
        await source.close()
        return 1
    begun = loop.time()
    reader = Reader(source, options, TapeLines(hello.time), tape.put, say)
    reader.done = "recorded"
    reading = asyncio.create_task(reader.read(), name="ssc-monitor record reads")
    filling = asyncio.create_task(full.wait(), name="ssc-monitor record waits")
    telling = asyncio.create_task(
        _tell(tape, progress), name="ssc-monitor record tells"
    )
    tasks: tuple[asyncio.Task[Any], ...] = (reading, filling, telling)
    try:
        await asyncio.wait(
            {reading, filling},
            timeout=options.seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not (reading.done() or filling.done()):
            tape.reason = "max_seconds"
        code = reading.result() if reading.done() else 0
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        tape.end(int((loop.time() - begun) * 1e6))
        if tape.error is not None:
            say(f"can't write {options.path}: {tape.error.strerror or tape.error}")
        progress("")
        say(f"{reader.account()}: {tape.where}")
    return code if tape.error is None else 1


async def _tell(tape: Tape, progress: Say) -> None:
    while True:
        tape.flush()
        await asyncio.sleep(PROGRESS_S)
        progress(tape.account)
