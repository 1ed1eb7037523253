"""What a process holds and may use, from the operating system."""

import os
import resource
from pathlib import Path

__all__ = ["allow_open_files", "cores", "memory_bytes", "open_descriptors", "pin"]

SPARE_FILES = 200
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def cores() -> tuple[int | None, int | None]:
    """A CPU for the pool and one for its peers; `None` where there is no choice."""
    if not hasattr(os, "sched_getaffinity"):
        return None, None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else (None, None)


def pin(core: int | None) -> None:
    """Keep this process on one CPU, where the system can do that."""
    if core is not None:
        os.sched_setaffinity(0, {core})


def allow_open_files(sockets: int) -> str:
    """Raise the limit of open files for this process and those it starts.

    Returns:
        What is wrong, if the system doesn't let it; else nothing.
    """
    needed = sockets + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return ""
    if hard != resource.RLIM_INFINITY and hard < needed:
        return f"{sockets} sockets need {needed} open files; the hard limit is {hard}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
    return ""


def memory_bytes() -> int:
    """The memory that this process has resident now; at most so far without /proc."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def open_descriptors() -> int:
    """How many file descriptors this process has open."""
    folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    return len(os.listdir(folder))
