"""What a figure was measured on: facts, CPUs, and the limit of open files."""

import os
import platform
import resource
from importlib.metadata import PackageNotFoundError, version

from benchmarks.result import Failed

__all__ = ["allow_open_files", "cores", "machine_facts"]

PACKAGES = (
    *("ssc-rx", "websockets", "reactivex", "msgspec", "uvloop"),
    *("aiohttp", "picows", "aiofastnet", "fastapi", "starlette", "uvicorn"),
)


def machine_facts(cores: tuple[int, int] | None) -> dict[str, object]:
    """Versions and hardware, for the JSON file."""
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "cpu_count": os.cpu_count(),
        "subject_core": cores[0] if cores else None,
        "load_core": cores[1] if cores else None,
        "load_average": os.getloadavg(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def cores() -> tuple[int, int] | None:
    """A CPU for the subject and one for the load; `None` if they can't be had."""
    if not hasattr(os, "sched_getaffinity"):
        return None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else None


def allow_open_files(sockets: int) -> None:
    """Raise the limit of open files to what a process with that many sockets needs.

    Raises:
        Failed: If the system doesn't let it.
    """
    needed = sockets + 100
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        if hard != resource.RLIM_INFINITY and hard < needed:
            raise Failed(
                f"needs {needed} open files, the hard limit is {hard}; raise it "
                "(ulimit -Hn, as root), or leave this row out with --only"
            )
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
