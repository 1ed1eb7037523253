"""What was composed for a pool before, in a file of its own: shell-like, bounded."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import cast
from urllib.parse import quote

from ssc_monitor.model.draft import FORMATS, Draft

__all__ = ["History", "history_path"]

MAX_DRAFTS = 200
MAX_CHARACTERS = 16 * 1024
"""A longer one is remembered until the end, and not written."""
MAX_FILE_BYTES = 4 * MAX_DRAFTS * MAX_CHARACTERS


def history_path(pool: str) -> Path:
    """Where a pool's history is kept: `$XDG_STATE_HOME/ssc-rx/composed/`.

    Pools of the same name share one.
    """
    state = os.environ.get("XDG_STATE_HOME", "")
    root = Path(state) if os.path.isabs(state) else Path.home() / ".local" / "state"
    name = quote(pool.encode(errors="backslashreplace"), safe=" ")[:60]
    digest = sha256(pool.encode(errors="backslashreplace")).hexdigest()[:8]
    return root / "ssc-rx" / "composed" / f"{name}-{digest}.jsonl"


class History:
    """Drafts, oldest first, and a place among them.

    What can't be read or written is no reason not to send: `problem` tells it.

    Args:
        path: The file.

    Attributes:
        problem: Why the file can't be read or written; empty if it can.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        self._drafts = self._read()
        self._at = len(self._drafts)
        self._unsent: Draft | None = None

    def __len__(self) -> int:
        return len(self._drafts)

    def older(self, current: Draft) -> Draft | None:
        """The one before; `None` if there is none. What is typed now isn't forgotten."""
        if self._at == len(self._drafts):
            self._unsent = current
        if self._at == 0:
            return None
        self._at -= 1
        return self._drafts[self._at]

    def newer(self) -> Draft | None:
        """The one after; after the last what was typed, `None` if that is there now."""
        if self._at == len(self._drafts):
            return None
        self._at += 1
        if self._at == len(self._drafts):
            return self._unsent
        return self._drafts[self._at]

    def add(self, draft: Draft) -> None:
        """Remember what was sent, and write the file; one that repeats moves up."""
        if not draft.text.strip():
            return
        self._drafts = [*(d for d in self._drafts if d != draft), draft][-MAX_DRAFTS:]
        self._at, self._unsent = len(self._drafts), None
        self._write()

    def _read(self) -> list[Draft]:
        try:
            with self.path.open("rb") as file:
                lines = file.read(MAX_FILE_BYTES).splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            self._failed(error)
            return []
        return list(_drafts(lines))[-MAX_DRAFTS:]

    def _write(self) -> None:
        """Write it anew, beside the old one, and put it in its place."""
        lines = [
            json.dumps({"as": draft.format, "text": draft.text}) + "\n"
            for draft in self._drafts
            if len(draft.text) <= MAX_CHARACTERS
        ]
        folder = self.path.parent
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # Such a file has mode 0600 from its beginning.
            with NamedTemporaryFile("w", dir=folder, delete=False) as file:
                new = Path(file.name)
                try:
                    file.writelines(lines)
                    file.close()
                    new.replace(self.path)
                except BaseException:
                    with suppress(OSError):
                        new.unlink()
                    raise
        except OSError as error:
            self._failed(error)

    def _failed(self, error: OSError) -> None:
        self.problem = f"the history can't be kept: {error.strerror or error}"


def _drafts(lines: Iterable[bytes]) -> Iterable[Draft]:
    """Those lines that are some; the others are passed over."""
    for line in lines:
        try:
            row: object = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if not isinstance(row, dict):
            continue
        fields = cast(dict[str, object], row)
        text, format = fields.get("text"), fields.get("as")
        for known in FORMATS:
            if isinstance(text, str) and format == known:
                yield Draft(text, known)
