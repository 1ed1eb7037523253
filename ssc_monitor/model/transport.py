"""`Transport`: where a recording is played, and how fast. Pure."""

import math
import re
from collections.abc import Callable

__all__ = ["SPEEDS", "PlaceError", "Transport", "place"]

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, math.inf)
"""What the keys step through; `math.inf` is as fast as can be."""

_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,3})?) ?%", re.ASCII)
_TIME = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,6}):)?(\d{1,9}(?:\.\d{1,6})?)", re.ASCII)


class PlaceError(ValueError):
    """What was typed is no place in a recording."""


class Transport:
    """The position in a recording; moved by whoever plays it.

    Args:
        speed: 2 is twice as fast; `math.inf` doesn't wait at all.
        changed: Called when it shall be played otherwise.

    Attributes:
        speed: As above.
        position_s: Seconds after the recording's beginning that are shown.
        length_s: Seconds of the recording, as far as it was read.
        read: How much of the file was read, from 0 to 1: beyond, nothing is known yet.
        paused: Whether it stands still.
        ended: Whether it was played to its end.
        damage: What is wrong with the file; `None` if nothing is, or nothing yet.
        target_s: Where it shall go on, if it isn't there yet.
        jumping: Whether it is being put there: what is shown isn't whole.
        seeks: How often it was somewhere else at once.
    """

    def __init__(
        self, speed: float = 1.0, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.speed = speed
        self._changed = changed
        self.position_s = 0.0
        self.length_s = 0.0
        self.read = 0.0
        self.paused = False
        self.ended = False
        self.damage: str | None = None
        self.target_s: float | None = None
        self.jumping = False
        self.seeks = 0

    @property
    def complete(self) -> bool:
        """Whether all of the file was read: its length is known."""
        return self.read >= 1.0

    @property
    def moving(self) -> bool:
        """Whether time goes on."""
        return not (self.paused or self.ended) and self.target_s is None

    def learn(self, length_s: float, read: float, damage: str | None) -> None:
        """So much of the file was read."""
        self.length_s = max(length_s, self.position_s)
        self.read = read
        self.damage = damage or self.damage

    def pause(self) -> None:
        """Stand still, or go on; at its end, from the beginning."""
        if self.ended:
            self.go(0.0)
            self.paused = False
        else:
            self.paused = not self.paused
            self._changed()

    def faster(self) -> None:
        """To the next speed above."""
        self.speed = next((speed for speed in SPEEDS if speed > self.speed), math.inf)
        self._changed()

    def slower(self) -> None:
        """To the next speed below."""
        below = [speed for speed in SPEEDS if speed < self.speed]
        self.speed = below[-1] if below else SPEEDS[0]
        self._changed()

    def seek(self, by_s: float) -> None:
        """So many seconds on, or back; from where it is going, if it is."""
        start = self.position_s if self.target_s is None else self.target_s
        self.go(start + by_s)

    def go(self, to_s: float) -> None:
        """To so many seconds after the beginning."""
        if self.complete:
            to_s = min(to_s, self.length_s)
        self.target_s = max(0.0, to_s)
        self._changed()

    def arrived(self, at_s: float) -> None:
        """It was put somewhere else."""
        self.position_s = at_s
        self.target_s = None
        self.ended = False
        self.seeks += 1

    def reach(self, at_s: float, *, ended: bool = False) -> None:
        """It was played up to here."""
        self.position_s = max(self.position_s, at_s)
        self.length_s = max(self.length_s, self.position_s)
        self.ended = ended


def place(text: str, length_s: float) -> float:
    """Seconds after the beginning that a text means: "90", "1:30", "0:01:30" or "45%".

    Args:
        text: What was typed.
        length_s: Of the recording.

    Raises:
        PlaceError: If it means none.
    """
    text = text.strip()
    if found := _PERCENT.fullmatch(text):
        if float(found[1]) <= 100:
            return length_s * float(found[1]) / 100
        raise PlaceError("a recording ends at 100%")
    if found := _TIME.fullmatch(text):
        hours, minutes, seconds = found.groups()
        over = (minutes and float(seconds) >= 60) or (hours and int(minutes) >= 60)
        if not over:
            return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)
    raise PlaceError("a time such as 90, 1:30 or 0:01:30, or 45%")
