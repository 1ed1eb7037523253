"""What a real pool said: the frames of the demo's desk, kept to be shown again.

    python -m tests.ssc_monitor.recorded      # record anew, in a quarter of a minute

Pictures of the documentation are made of these frames, and every later version has to read
them.
"""

import asyncio
import sys
from pathlib import Path

from ssc_monitor.sources.remote import RemoteSource, find
from ssc_monitor.sources.source import Attached
from ssc_rx.monitor import wire
from tests.ssc_monitor.stage import Stage

__all__ = ["RECORDED", "recorded"]

RECORDED = Path(__file__).with_name("desk.jsonl")
SECONDS = 14
SAMPLES_PER_S = 24


def recorded() -> Stage:
    """A stage on which the recording is played."""
    stage = Stage(seconds=0)
    stage.items = []
    for line in RECORDED.read_bytes().splitlines():
        frame = wire.decode_frame(line)
        assert frame is not None
        if isinstance(frame, wire.Hello):
            stage.items.append(Attached(Path("/run/user/1000/desk.sock"), frame))
        stage.items.append(frame)
    return stage


async def _record() -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.demo", "--headless", "--seconds", "16"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    while not (found := await find("desk")):  # noqa: ASYNC110 - it is no event of ours
        await asyncio.sleep(0.1)
    source = RemoteSource(found[0].path)
    source.request(wire.Watch(wire.Selection(rate=SAMPLES_PER_S)))
    lines: list[bytes] = []
    try:
        async with asyncio.timeout(SECONDS):
            async for item in source.frames():
                lines += [wire.encode(item)] if isinstance(item, wire.Frame) else []
    except TimeoutError:
        pass
    await source.close()
    await demo.wait()
    RECORDED.write_bytes(b"\n".join([*lines, b""]))
    sys.stdout.write(f"{RECORDED}: {len(lines)} frames\n")


if __name__ == "__main__":
    asyncio.run(_record())
