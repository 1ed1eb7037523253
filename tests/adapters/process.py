"""A host in a process of its own, seen from a test."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).parents[2]
LIMIT_S = 15.0
Said = Mapping[str, Any]

_NEVER = ("never retrieved", "was destroyed but it is pending", "never awaited")
"""What Python says on stderr of what nobody took care of."""


class HostProcess:
    """What it said so far; `said` waits for what comes."""

    def __init__(self, process: subprocess.Popen[str], stderr: Path) -> None:
        self._process = process
        self._stderr = stderr
        self._said: list[Said] = []
        self._news = threading.Condition()
        self._over = False
        self._numbers = 0
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.port: int = self._wait(lambda said: said["what"] == "listening")["port"]

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._news:
                self._said.append(json.loads(line))
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def new_id(self, prefix: str) -> str:
        """An ID that no other check uses."""
        self._numbers += 1
        return f"{prefix}-{self._numbers}"

    def url(self, does: str, id: str, **options: object) -> str:
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"ws://127.0.0.1:{self.port}/{does}?id={quote(id, safe='')}{more}"

    async def said(self, what: str, id: str = "") -> Said:
        """The first thing of this kind that it says of this ID."""
        return await asyncio.to_thread(
            self._wait, lambda said: said["what"] == what and said["id"] == id
        )

    def all_said(self, what: str) -> list[Said]:
        with self._news:
            return [said for said in self._said if said["what"] == what]

    def _wait(self, found: Callable[[Said], bool]) -> Said:
        end = time.monotonic() + LIMIT_S
        with self._news:
            while True:
                for said in self._said:
                    if found(said):
                        return said
                left = end - time.monotonic()
                assert left > 0, f"not said: {self._said[-20:]}\n{self.complaints()}"
                assert not self._over, f"it ended\n{self.complaints()}"
                self._news.wait(left)

    def terminate(self) -> None:
        self._process.terminate()

    def wait_ended(self) -> int:
        """Wait for its end; gives its exit status."""
        status = self._process.wait(LIMIT_S)
        self._listener.join(LIMIT_S)
        return status

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait(LIMIT_S)
        self._listener.join(LIMIT_S)
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()

    def complaints(self) -> str:
        return self._stderr.read_text()[-4000:]

    def assert_nothing_unhandled(self) -> None:
        told = self._stderr.read_text()
        assert not any(words in told for words in _NEVER), told[-4000:]


@contextmanager
def host_process(name: str, folder: Path) -> Iterator[HostProcess]:
    """Run a host until the end of the context."""
    stderr = folder / "stderr"
    with stderr.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.adapters.host", name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
    host = None
    try:
        host = HostProcess(process, stderr)
        yield host
        host.terminate()
        host.wait_ended()
        host.assert_nothing_unhandled()
    finally:
        if host is None:  # it never listened
            process.kill()
            process.communicate()
        else:
            host.kill()
