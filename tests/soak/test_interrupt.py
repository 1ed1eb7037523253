"""Ctrl-C, and worse: the pool's process doesn't outlive who started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.soak.running import ROOT

CHILDREN = "/proc/{0}/task/{0}/children"
SAYS_GONE_S = 10.0
# Whatever started the tests may ignore Ctrl-C, and that is inherited.
INTERRUPTIBLE = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("tests.soak", run_name="__main__", alter_sys=True)
"""


def child_of(process: "subprocess.Popen[bytes]") -> int:
    """The pool's process, once it runs."""
    children = Path(CHILDREN.format(process.pid))
    while not (found := children.read_text().split()):
        assert process.poll() is None
        time.sleep(0.01)
    return int(found[0])


def gone(pid: int) -> bool:
    """Whether a process has ended, or is about to be waited for."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="looks into /proc")
@pytest.mark.parametrize(
    ("way", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_no_process_is_left(way: signal.Signals, code: int) -> None:
    command = [sys.executable, "-c", INTERRUPTIBLE, "storm", "--loop", "asyncio"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith(b"soak: seed ")
        child = child_of(process)
        process.send_signal(way)
        assert process.wait() == code
    until = time.monotonic() + SAYS_GONE_S
    while not gone(child):
        assert time.monotonic() < until
        time.sleep(0.01)
