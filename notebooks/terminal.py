"""Commands and pictures of a terminal, while the notebook's pools go on.

`!command` would stop the kernel until the command has ended, and with it every pool.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

__all__ = ["Screen", "run", "screen"]

WIDTH, HEIGHT = 110, 30
SETTLED_S = 1.2
"""From the first frame until rates are known."""


async def run(command: str) -> None:
    """Run a command and print what it says."""
    here = Path(sys.executable).parent  # where pip put ssc-monitor
    process = await asyncio.create_subprocess_shell(
        command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=os.environ | {"PATH": f"{here}{os.pathsep}{os.environ.get('PATH', '')}"},
    )
    try:
        said, _ = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it was interrupted
    print(said.decode(), end="")


class Screen:
    """A picture of a terminal."""

    def __init__(self, svg: str) -> None:
        self._svg = svg

    def __repr__(self) -> str:
        return "<Screen of ssc-monitor>"

    def _repr_html_(self) -> str:
        return f'<div style="max-width:900px">{self._svg}</div>'


async def screen(pool: str, *keys: str) -> Screen:
    """What `ssc-monitor POOL` shows after these keys were pressed.

    In a process of its own, as it would be in a terminal. Needs `ssc-rx[monitor]`.

    Raises:
        RuntimeError: If there is no such pool, or no picture can be taken.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "terminal", pool, *keys),
        cwd=Path(__file__).parent,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        svg, wrong = await process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if process.returncode:
        raise RuntimeError(wrong.decode().strip().splitlines()[-1])
    return Screen(svg.decode())


async def _picture(pool: str, keys: list[str]) -> str:
    # Here, as this alone needs Textual.
    from ssc_monitor.app import MonitorApp
    from ssc_monitor.sources.remote import RemoteSource, find

    found = next(iter(await find(pool)), None)
    if found is None or found.hello is None:
        sys.exit(f"there is no pool {pool!r} to watch: Pool(..., monitor='traffic')")
    app = MonitorApp(RemoteSource(found.path, found.hello))
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        await asyncio.sleep(SETTLED_S)
        await pilot.press(*keys)
        await asyncio.sleep(0.3)
        return app.export_screenshot(title=f"ssc-monitor {pool}")


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(_picture(sys.argv[1], sys.argv[2:])))
