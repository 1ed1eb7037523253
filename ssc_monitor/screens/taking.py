"""`TakingScreen`: the keys that copy and save what is shown."""

import asyncio
from collections.abc import Iterable
from typing import BinaryIO, NamedTuple

from ssc_monitor.model.visible import visible
from ssc_monitor.screens.deck import DeckScreen
from ssc_monitor.taking import TakingError, create, osc52, write
from ssc_rx.errors import counted

__all__ = ["Taken", "TakingScreen"]


class Taken(NamedTuple):
    """What is copied or saved.

    Attributes:
        what: In a few words of this program's own.
        parts: Its bytes.
    """

    what: str
    parts: Iterable[bytes]


class TakingScreen(DeckScreen):
    """A screen on which something can be copied and saved."""

    def to_copy(self, *, raw: bool) -> Taken | None:
        """What is copied: as it is shown, or `raw` as it came; `None` for nothing."""
        raise NotImplementedError

    def to_save(self) -> Taken | None:
        """What is saved; `None` for nothing."""
        raise NotImplementedError

    @property
    def file_name(self) -> str:
        """What the file is called, if the user has no better name."""
        raise NotImplementedError

    def action_copy(self) -> None:
        """Copy what is shown."""
        self._copy(raw=False)

    def action_copy_raw(self) -> None:
        """Copy what came."""
        self._copy(raw=True)

    def action_save(self) -> None:
        """Ask for a file's name, and save."""
        taken = self.to_save()
        if taken is None:
            self._tell("there is nothing to save here", wrong=True)
            return

        def answered(name: str) -> str:
            try:
                file = create(name)
            except TakingError as error:
                return str(error)
            self.run_worker(self._save(taken, file, name.strip()), name="saves")
            return ""

        self.ask(
            "save as",
            answered,
            text=self.file_name,
            remark=f"{taken.what}  ⏎ save, to a new file that is yours alone  esc don't",
        )

    async def _save(self, taken: Taken, file: BinaryIO, name: str) -> None:
        wrong = await asyncio.to_thread(write, file, taken.parts)
        told = wrong or f"{taken.what} saved"
        self._tell(f"{visible(name, 80)}: {told}", wrong=bool(wrong))

    def _copy(self, *, raw: bool) -> None:
        taken = self.to_copy(raw=raw)
        if taken is None:
            self._tell("select something to copy first: j, k", wrong=True)
            return
        data = b"".join(taken.parts)
        try:
            self.host.write_to_terminal(osc52(data))
        except TakingError as error:
            self._tell(str(error), wrong=True)
            return
        size = counted(len(data), "byte")
        self._tell(f"{taken.what} sent to the terminal's clipboard ({size})")

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        severity = "warning" if wrong else "information"
        self.host.notify(text, severity=severity, markup=False)
