"""What a real pool said: the frames of the demo's desk, kept to be shown again.

    python -m tests.ssc_monitor.recorded      # record anew, in a quarter of a minute

Pictures of the documentation are made of these frames, and every later version has to read
them.
"""

import asyncio
import sys
from pathlib import Path

from ssc_monitor.sources.remote import RemoteSource, find
from ssc_monitor.sources.source import Attached, Item
from ssc_rx.monitor import wire

__all__ = ["RECORDED", "Recorded"]

RECORDED = Path(__file__).with_name("desk.jsonl")
SECONDS = 14
SAMPLES_PER_S = 24


class Recorded:
    """Plays the recording, as a source would."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        for line in RECORDED.read_bytes().splitlines():
            frame = wire.decode_frame(line)
            assert frame is not None
            if isinstance(frame, wire.Hello):
                self.items.append(Attached(Path("/run/user/1000/desk.sock"), frame))
            self.items.append(frame)


async def _record() -> None:
    demo = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "examples.demo", "--headless", "--seconds", "16"),
        stdout=asyncio.subprocess.DEVNULL,
    )
    while not (found := await find("desk")):
        await asyncio.sleep(0.1)
    source = RemoteSource(found[0].path)
    source.request(wire.Watch(wire.Selection(rate=SAMPLES_PER_S)))
    lines: list[bytes] = []
    try:
        async with asyncio.timeout(SECONDS):
            async for item in source.frames():
                if isinstance(item, wire.Frame):
                    lines.append(wire.encode(item) + b"\n")
    except TimeoutError:
        pass
    await source.close()
    await demo.wait()
    RECORDED.write_bytes(b"".join(lines))
    sys.stdout.write(f"{RECORDED}: {len(lines)} frames\n")


if __name__ == "__main__":
    asyncio.run(_record())
