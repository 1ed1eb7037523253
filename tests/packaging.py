"""Build the package, install it as a user would, and use it: python -m tests.packaging"""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent

USE = """
import asyncio, sys, ssc_rx, ssc_monitor
async def main():
    async with ssc_rx.Pool() as pool, pool.serve(id=lambda r: "client") as server:
        await pool.add_server_socket(server.url, id="server")
        got = asyncio.get_running_loop().create_future()
        pool.messages.subscribe(got.set_result)
        pool.write(ssc_rx.Message.of("server", "packaged"))
        return (await got).text
assert asyncio.run(main()) == "packaged"
assert "site-packages" in ssc_rx.__file__, ssc_rx.__file__
print(ssc_rx.__version__)
"""


OWN_FOLDERS = ("tests", "benchmarks", "examples", "notebooks")


def run(*command: object) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True
    )
    if done.returncode != 0:
        sys.exit(f"failed: {command}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        run(sys.executable, "-m", "build", "--outdir", place, ROOT)
        (wheel,) = place.glob("*.whl")
        names = set(zipfile.ZipFile(wheel).namelist())
        for wanted in (
            *("ssc_rx/py.typed", "ssc_monitor/py.typed"),
            *("ssc_rx/pool.py", "ssc_monitor/app.tcss"),
        ):
            assert wanted in names, f"{wanted} is missing in {wheel.name}"
        strays = {
            n
            for n in names
            if n.startswith(("tests", "benchmarks", "examples", "notebooks"))
        }
        assert not strays, f"{wheel.name} holds {sorted(strays)}"
        venv.create(place / "venv", with_pip=True)
        python = place / "venv" / "bin" / "python"
        run(python, "-m", "pip", "install", "-q", wheel)
        version = run(python, "-I", "-c", USE).strip()
        assert version in wheel.name
        monitor = place / "venv" / "bin" / "ssc-monitor"
        assert run(monitor, "--version").split()[-1] == version
        run(python, "-m", "pip", "install", "-q", f"{wheel}[monitor]")
        run(
            python,
            "-I",
            "-c",
            "from ssc_monitor.app import MonitorApp; MonitorApp(None)",
        )
    sys.stdout.write(f"packaged, installed and used: ssc-rx {version}\n")


if __name__ == "__main__":
    main()
