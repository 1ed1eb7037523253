"""The receiver of a transport under test: it remembers each call, in order."""

import asyncio
from collections.abc import Callable
from typing import Any

from ssc_rx.events import CloseInfo
from ssc_rx.message import MessageType

__all__ = ["RecordingReceiver"]


class RecordingReceiver:
    """A `ssc_rx.ports.Receiver` that takes notes.

    Attributes:
        calls: ("message", type, payload), ("pong", payload), ("closed", info) …
        react: Called inside `on_message`, after it was noted.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.react: Callable[[], None] | None = None
        self._changed = asyncio.Event()

    def _note(self, *call: Any) -> None:
        self.calls.append(call)
        self._changed.set()

    def on_data(self, now: float) -> None:
        """Not noted: how often it comes is the transport's affair."""

    def on_message(self, type: MessageType, payload: bytes) -> None:
        """Note it, and react."""
        assert isinstance(type, MessageType)
        self._note("message", type, payload)
        if self.react is not None:
            self.react()

    def on_pong(self, payload: bytes) -> None:
        """Note it."""
        self._note("pong", payload)

    def on_writable(self) -> None:
        """Note it."""
        self._note("writable")

    def on_closing(self, error: Exception | None) -> None:
        """Note it."""
        self._note("closing", error)

    def on_closed(self, info: CloseInfo) -> None:
        """Note it."""
        self._note("closed", info)

    def of(self, kind: str) -> list[Any]:
        """What the calls of one kind brought; single values without a tuple."""
        found = [call[1:] for call in self.calls if call[0] == kind]
        return [values[0] if len(values) == 1 else values for values in found]

    @property
    def texts(self) -> list[str]:
        """The payloads of its messages, decoded."""
        return [payload.decode() for _, payload in self.of("message")]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until it was told enough; the test's own time limit bounds it."""
        while not holds():
            self._changed.clear()
            await self._changed.wait()

    async def has(self, n: int) -> None:
        """Wait until it was told `n` messages."""
        await self.until(lambda: len(self.of("message")) >= n)

    async def closed(self) -> CloseInfo:
        """Wait for the last call, and check that it was the last and the only one."""
        await self.until(lambda: bool(self.of("closed")))
        assert len(self.of("closed")) == 1
        assert self.calls[-1][0] == "closed"
        info = self.of("closed")[0]
        assert isinstance(info, CloseInfo)
        return info
