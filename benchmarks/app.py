"""`ssc-monitor` in a real terminal, attached to a large pool: what it costs, how it feels.

    python -m benchmarks.app          # or: ./dev bench --only app

The program runs in a pseudo-terminal of 160x50 that is read at once, on a CPU of its own.
CPU and memory are the operating system's figures for its process; key to paint is the time
from the key being written to the first output that shows its effect.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import termios
import time
from dataclasses import asdict, dataclass

from benchmarks.machine import cores

__all__ = ["AppCosts", "measure", "report"]

SOCKETS, MESSAGES_PER_S = 10_000, 100_000
COLUMNS, ROWS = 160, 50
SETTLE_S = 35.0
"""Until the history of messages is full."""
IDLE_S, TYPING_S = 15.0, 15.0
KEY_INTERVAL_S = 0.3
MAX_PAINT_S = 5.0
FIRST_SCREEN = re.compile(rb"IN/s")
SORTED_BY = re.compile(rb"\xe2\x96\xbc([A-Z/]+)")
"""The head of the column by which the table is sorted."""
BARS = {"first_screen_s": 0.8, "cpu": 0.35, "key_p95_ms": 100.0, "growth_mib": 5.0}


@dataclass(frozen=True, slots=True)
class AppCosts:
    """What was found.

    Attributes:
        first_screen_s: From the start of the process to the first useful screen.
        cpu: Share of a core while nobody types.
        cpu_typing: The same with three keys a second.
        key_p50_ms, key_p95_ms: From a key to its effect on the screen.
        keys: How many keys.
        rss_mib: Memory at the end.
        growth_mib: How much more that is than at the beginning.
        output_kb_per_s: What a terminal, or an SSH link, has to take.
        pool_cpu: Share of a core that the watched process used.
    """

    first_screen_s: float
    cpu: float
    cpu_typing: float
    key_p50_ms: float
    key_p95_ms: float
    keys: int
    rss_mib: float
    growth_mib: float
    output_kb_per_s: float
    pool_cpu: float


class Terminal:
    """A program in a pseudo-terminal."""

    def __init__(self, command: list[str], core: int | None) -> None:
        self.started = time.monotonic()
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            if core is not None:
                os.sched_setaffinity(0, {core})
            terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            os.execvpe(command[0], command, os.environ | terminal)
        self.written = 0

    def read(self, seconds: float) -> bytes:
        """What it writes in so many seconds, at the first chance."""
        if not select.select([self._fd], [], [], max(0.0, seconds))[0]:
            return b""
        data = os.read(self._fd, 1 << 16)
        self.written += len(data)
        return data

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._fd, keys)

    def drain(self, seconds: float) -> None:
        """Read for so long."""
        end = time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            self.read(rest)

    def until(self, pattern: re.Pattern[bytes], seconds: float) -> bytes:
        """Read until the pattern comes; returns its first group, or all of it.

        Raises:
            RuntimeError: If it doesn't come.
        """
        seen, end = b"", time.monotonic() + seconds
        while (rest := end - time.monotonic()) > 0:
            seen = seen[-64:] + self.read(rest)
            if found := pattern.search(seen):
                return found[found.re.groups and 1]
        raise RuntimeError(f"{pattern.pattern!r} did not come within {seconds} s")

    def close(self) -> None:
        """Quit, and end it if it doesn't."""
        self.type(b"q")
        end = time.monotonic() + 3
        while time.monotonic() < end:
            try:
                self.read(0.1)
            except OSError:  # it has closed its side
                break
        if os.waitpid(self.pid, os.WNOHANG) == (0, 0):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self._fd)


def cpu_s(pid: int) -> float:
    """CPU seconds of a process so far, user and system."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_mib(pid: int) -> float:
    """Resident memory of a process."""
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no memory")


def measure(sockets: int = SOCKETS, per_s: int = MESSAGES_PER_S) -> AppCosts:
    """Run both processes, for a minute and a half."""
    pool = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.app_pool", str(sockets), str(per_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert pool.stdout is not None
    path = pool.stdout.readline().decode().strip()
    found = cores()
    command = [sys.executable, "-m", "ssc_monitor", path]
    terminal = Terminal(command, found[1] if found else None)
    try:
        terminal.until(FIRST_SCREEN, MAX_PAINT_S)
        first_screen_s = time.monotonic() - terminal.started
        terminal.drain(SETTLE_S)
        memory, written = rss_mib(terminal.pid), terminal.written
        cpu, pool_cpu = cpu_s(terminal.pid), cpu_s(pool.pid)
        terminal.drain(IDLE_S)
        cpu = (cpu_s(terminal.pid) - cpu) / IDLE_S
        pool_cpu = (cpu_s(pool.pid) - pool_cpu) / IDLE_S
        output = (terminal.written - written) / IDLE_S
        began = time.monotonic()
        typing = cpu_s(terminal.pid)
        delays = _keys(terminal)
        typing = (cpu_s(terminal.pid) - typing) / (time.monotonic() - began)
        terminal.drain(1)
        rss = rss_mib(terminal.pid)
    finally:
        terminal.close()
        pool.communicate()
    return AppCosts(
        first_screen_s=first_screen_s,
        cpu=cpu,
        cpu_typing=typing,
        key_p50_ms=statistics.median(delays) * 1000,
        key_p95_ms=statistics.quantiles(delays, n=20)[-1] * 1000,
        keys=len(delays),
        rss_mib=rss,
        growth_mib=rss - memory,
        output_kb_per_s=output / 1000,
        pool_cpu=pool_cpu,
    )


def _keys(terminal: Terminal) -> list[float]:
    """Sort by the next column again and again; how long that takes to show."""
    delays: list[float] = []
    end = time.monotonic() + TYPING_S
    terminal.type(b">")
    column = terminal.until(SORTED_BY, MAX_PAINT_S)
    while time.monotonic() < end:
        terminal.drain(KEY_INTERVAL_S)
        pressed = time.monotonic()
        terminal.type(b">")
        while terminal.until(SORTED_BY, MAX_PAINT_S) == column:
            pass
        delays.append(time.monotonic() - pressed)
        terminal.type(b"<")
        while terminal.until(SORTED_BY, MAX_PAINT_S) != column:
            pass
    return delays


def report(costs: AppCosts) -> str:
    """For people."""
    found = asdict(costs)
    lines = [f"ssc-monitor, {SOCKETS:,} sockets, {MESSAGES_PER_S:,} messages a second:"]
    for name, value in found.items():
        bar = BARS.get(name)
        verdict = ""
        if bar is not None:
            verdict = f"  at most {bar:g}: {'shown' if value <= bar else 'MISSED'}"
        lines.append(f"  {name:<16} {value:8.2f}{verdict}")
    return "\n".join(lines)


if __name__ == "__main__":
    result = measure()
    print(report(result))
    print(json.dumps(asdict(result)), file=sys.stderr)
