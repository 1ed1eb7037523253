"""A viewer of the measured pool's monitor, on the load's CPU.

`python -m benchmarks.viewer PATH CPU` reads all it is told until the pool goes away.
"""

import asyncio
import subprocess
import sys
from pathlib import Path

from websockets.asyncio.client import unix_connect
from websockets.exceptions import ConnectionClosed

from benchmarks.span import pin
from ssc_rx.monitor import wire

__all__ = ["Viewer"]


class Viewer:
    """The viewer's process, as the measured one knows it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def attach(cls, path: Path, core: int | None) -> "Viewer":
        """Start one; it has attached when this returns."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "benchmarks.viewer", str(path)),
            *(() if core is None else (str(core),)),
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        if await process.stdout.readline() != b"attached\n":
            raise RuntimeError("the viewer could not attach")
        return cls(process)

    async def left(self) -> None:
        """Wait until it has ended, after the pool has."""
        await self._process.wait()

    def check(self) -> None:
        """Raise if it didn't stay."""
        if self._process.returncode is not None:
            raise RuntimeError("the viewer left")


async def _watch(path: str) -> None:
    async with unix_connect(
        path,
        "ws://localhost/",
        subprotocols=[wire.SUBPROTOCOL],
        compression=None,
        ping_interval=None,
        max_size=None,
    ) as connection:
        everything = wire.Watch(messages=wire.Selection())
        await connection.send(wire.encode(everything), text=True)
        await connection.recv()
        print("attached", flush=True)
        try:
            async for frame in connection:
                wire.decode_frame(frame)
        except ConnectionClosed:
            pass


def main() -> None:
    """Watch until the pool is gone."""
    pin(int(sys.argv[2]) if len(sys.argv) > 2 else None)
    asyncio.run(_watch(sys.argv[1]))


if __name__ == "__main__":
    main()
