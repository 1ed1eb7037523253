"""A recording as a source that is played once, to be printed: see also `player`."""

import asyncio
import math
from collections.abc import AsyncGenerator
from pathlib import Path

from ssc_monitor.model.visible import visible
from ssc_monitor.sources.pause import pause
from ssc_monitor.sources.playback import Playback, hello_of
from ssc_monitor.sources.source import RECORDED, Attached, Item, Lost
from ssc_rx.monitor import wire
from ssc_rx.recording import RecordingFile

__all__ = ["ReplaySource"]

TICK_S = 0.1
LINES_PER_TICK = 2_000
"""What is played before others get a turn, however fast it is."""


class ReplaySource:
    """Plays a recording from its beginning to its end.

    Args:
        path: The file.
        speed: 2 is twice as fast; `math.inf` doesn't wait at all.

    Attributes:
        played: Whether it was played to its end, undamaged.

    Raises:
        RecordingError: If it can't be read, or is none.
    """

    def __init__(self, path: Path, speed: float = 1.0) -> None:
        self._file = RecordingFile(path)
        self._playback = Playback(self._file.header)
        self._speed = speed
        self.played = False
        self._closed = False
        self._wake = asyncio.Event()

    @property
    def name(self) -> str:
        """The file's."""
        return visible(self._file.path.name, 80)

    async def frames(self) -> AsyncGenerator[Item, None]:
        """See `Source.frames`."""
        playback = self._playback
        hello = hello_of(self._file.header)
        yield Attached(self._file.path, hello)
        yield hello
        lines = iter(self._file)
        begun = asyncio.get_running_loop().time()
        line = next(lines, None)
        while not self._closed:
            now = (asyncio.get_running_loop().time() - begun) * self._speed
            taken = 0
            at_s = 0.0 if math.isinf(now) else now
            while line is not None and taken < LINES_PER_TICK:
                if line.at_us / 1e6 > now:
                    break
                at_s = max(at_s, line.at_us / 1e6)
                playback.take(line)
                taken += 1
                line = next(lines, None)
            for frame in playback.frames(at_s):
                yield frame
            if line is None:
                self.played = self._file.damage is None
                yield Lost(self._end(), retry=False)
                return
            at_once = taken == LINES_PER_TICK or math.isinf(self._speed)
            await pause(0.0 if at_once else TICK_S, self._wake)

    def _end(self) -> str:
        damage = self._file.damage
        return (
            "the recording ended"
            if damage is None
            else f"the recording: {visible(damage)}"
        )

    @property
    def why_not(self) -> str:
        """See `Source.why_not`."""
        return RECORDED

    def request(self, request: wire.Request) -> None:
        """See `Source.request`: it is played to who looks for these words in payloads.

        All else a viewer takes from what is played by itself.
        """
        if isinstance(request, wire.Watch):
            selection = request.messages
            self._playback.words = () if selection is None else selection.words

    async def close(self) -> None:
        """See `Source.close`."""
        self._closed = True
        self._wake.set()
