"""A real IPython kernel, driven cell by cell; what each cell shows is kept with it."""

import os
import queue
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from unittest.mock import patch

from jupyter_client.manager import KernelManager

__all__ = ["Cell", "Kernel", "environment"]

PATIENCE_S = 20.0
"""On a busy machine; nothing waits for so long but for what never comes."""


def environment(base: Path) -> dict[str, str]:
    """What keeps Jupyter to this Python, and its files below a directory."""
    own = ("JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    return {name: str(base / name) for name in own} | {
        "JUPYTER_PATH": f"{sys.prefix}/share/jupyter"
    }


@dataclass
class Cell:
    """One execution of a cell, and what came out of it, then or later.

    Attributes:
        printed: What was written to stdout and stderr.
        stderr: What of it was written to stderr.
        shown: The displays and results, each by MIME type; as they were updated.
        error: The name of the exception that ended it, and its text.
        done: Whether it has ended.
    """

    code: str
    printed: str = ""
    stderr: str = ""
    shown: list[dict[str, str]] = field(default_factory=list)
    updates: int = 0
    error: str = ""
    done: bool = False
    _displays: dict[str, int] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All of it as plain text."""
        shown = "\n".join(data.get("text/plain", "") for data in self.shown)
        return f"{self.printed}\n{shown}\n{self.error}"


class Kernel:
    """Runs cells in a process of its own.

    Args:
        cwd: Where it runs; here by default.
        env: Variables of its environment, besides those of this process.

    Attributes:
        strays: What belonged to no cell.
    """

    def __init__(
        self, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self.cwd = cwd
        self.env = env or {}
        self.manager = KernelManager(kernel_name="python3")
        self.cells: dict[str, Cell] = {}
        self.strays: list[dict[str, Any]] = []

    def start(self) -> "Kernel":
        """Begin to start it: it is ready when it is entered."""
        with patch.dict(os.environ, self.env):  # Jupyter itself goes by it as well
            self.manager.start_kernel(
                cwd=self.cwd and str(self.cwd), env=dict(os.environ)
            )
        return self

    def __enter__(self) -> "Kernel":
        if not self.manager.has_kernel:
            self.start()
        self._connect()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
        self.manager.cleanup_resources()

    def _connect(self) -> None:
        self.client = self.manager.blocking_client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)

    def begin(self, code: str, cell: str | None = None) -> Cell:
        """Start a cell, the one with this ID if the front end tells IDs."""
        content = {
            "code": code,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        metadata = {} if cell is None else {"cellId": cell}
        session = self.client.session
        message = session.msg("execute_request", content, metadata=metadata)
        begun = self.cells[message["header"]["msg_id"]] = Cell(code)
        self.client.shell_channel.send(message)
        return begun

    def run(self, code: str, cell: str | None = None) -> Cell:
        """Run a cell to its end."""
        begun = self.begin(code, cell)
        self.until(lambda: begun.done, f"the end of {code!r}")
        return begun

    def must(self, code: str, cell: str | None = None) -> Cell:
        """Run a cell that is to end well."""
        ran = self.run(code, cell)
        assert not ran.error, ran.error
        return ran

    def value(self, expression: str) -> str:
        """What an expression is, as text."""
        return self.must(expression).shown[-1]["text/plain"]

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Read what the kernel says until that holds."""
        deadline = time.monotonic() + PATIENCE_S
        while not holds():
            self.read()
            if time.monotonic() > deadline:
                ran = "\n".join(map(str, self.cells.values()))
                raise AssertionError(f"waited in vain for {what}\n{ran}")

    def read(self, timeout: float = 0.1) -> None:
        """Take what the kernel says next, if it does so in time."""
        try:
            message = self.client.get_iopub_msg(timeout=timeout)
        except queue.Empty:
            return
        parent = message["parent_header"].get("msg_id", "")
        cell = self.cells.get(parent)
        kind, content = message["msg_type"], message["content"]
        if cell is None:
            if kind not in ("status", "iopub_welcome", "shutdown_reply"):
                self.strays.append(message)
            return
        match kind:
            case "stream":
                cell.printed += content["text"]
                if content["name"] == "stderr":
                    cell.stderr += content["text"]
            case "error":
                cell.error = f"{content['ename']}: {content['evalue']}"
            case "execute_result" | "display_data":
                display = content.get("transient", {}).get("display_id")
                if display:
                    cell._displays[display] = len(cell.shown)
                cell.shown.append(content["data"])
            case "update_display_data":
                display = content["transient"]["display_id"]
                for owner in self.cells.values():  # found as front ends find it
                    if display in owner._displays:
                        owner.shown[owner._displays[display]] = content["data"]
                        owner.updates += 1
            case "status" if content["execution_state"] == "idle":
                cell.done = True
            case _:
                pass

    def clean(self, code: str) -> None:
        """Undo by this code what was done here; restart it if it can't be done."""
        try:
            self.must(code)
        except AssertionError:
            self.restart()
        self.cells.clear()
        self.strays.clear()

    def interrupt(self) -> None:
        self.manager.interrupt_kernel()

    def restart(self) -> None:
        self.client.stop_channels()
        self.manager.restart_kernel(now=False)
        self._connect()
